"""The order on the desk: saved as typed, summed by the server, placed once, and never a dictated number back."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest

from calls import numbers
from models import Call, Leg, Order, OrderCorrection, OrderLine, Outbox, Outcome, Shop, utcnow
from orders import orders as rules
from tests.web import seed

KEY = "a7.1"
PANE = f"/desk/calls/{KEY}/order"
HX = {"HX-Request": "true"}
DICTATED = "067 555 44 33"
FORMS = ("+380675554433", "0675554433", "675554433", "067 555 4433", DICTATED)
FORM = {
    "customer_name": "Ганна Петренко", "title": ["Да Хун Пао", "Піала", ""], "quantity": ["2", "1", "1"],
    "price": ["450,50", "1 120", ""], "delivery": "Нова пошта 12", "comment": "після 18",
}  # fmt: skip


@pytest.fixture
def served(cast):
    seed.calls(cast)
    return cast


@pytest.fixture
def browser(as_, served):
    return as_("operator")


def token_of(page: str) -> str:
    return re.search(r'name="token" value="([0-9a-f]{32})"', page)[1]


def opened(browser, path: str = PANE) -> dict:
    """The form as it is sent, with its token."""
    return FORM | {"token": token_of(browser.get(path, headers=HX).text)}


def test_the_pane_is_a_fragment_of_its_own_and_a_page_without_script(browser):
    fragment, page = browser.get(PANE, headers=HX).text, browser.get(PANE).text
    assert fragment.lstrip().startswith('<section id="order-pane"') and "<html" not in fragment
    assert "<html" in page and f'formaction="{PANE}"' in page


def test_typing_is_saved_as_it_stands_and_summed_by_the_server(browser):
    form = opened(browser) | {"price": ["450,50", "дорого", ""]}
    answer = browser.post(f"{PANE}/draft", data=form, headers=HX)
    assert answer.status_code == 200 and 'id="order-saved"' in answer.text
    assert "901,00" in re.search(r'id="line-0-sum".*?</output>', answer.text, re.S)[0]
    assert "901,00" in re.search(r'id="order-sum".*?</output>', answer.text, re.S)[0]
    assert 'id="price-1-fault"' in answer.text
    again = browser.get(PANE, headers=HX).text
    assert 'value="дорого"' in again and "Нова пошта 12" in again and token_of(again) == form["token"]
    assert (Order.select().count(), Order.get().state) == (1, "draft")


def test_a_blank_line_follows_when_the_last_one_is_used(browser):
    form = opened(browser)
    assert "beforeend:#order-lines" not in browser.post(f"{PANE}/draft", data=form, headers=HX).text
    full = form | {"title": ["Да Хун Пао", "Піала", "Чабань"]}
    grown = browser.post(f"{PANE}/draft", data=full, headers=HX).text
    assert "beforeend:#order-lines" in grown and 'id="title-3"' in grown


def test_placing_tells_the_shops_owner_and_shows_the_number(browser, served):
    answer = browser.post(PANE, data=opened(browser), headers=HX)
    order = Order.get()
    assert answer.status_code == 200 and "№ 1" in answer.text and "2 021,00" in answer.text.replace("\xa0", " ")
    assert (order.state, order.sum_minor, order.customer) == ("new", 202100, Call.get(Call.key == KEY).customer)
    assert OrderLine.select().count() == 2 and Outcome.get().kind == "order"
    mail = Outbox.get()
    assert (mail.kind, mail.about, mail.recipient) == ("order", f"order:{order.id}", "olena@tea.example")
    assert numbers.national(order.customer) in mail.text and "/shops/1/orders/1" in mail.text


def test_a_form_sent_twice_is_one_order_and_one_letter(browser):
    form = opened(browser)
    for _ in range(2):
        assert "№ 1" in browser.post(PANE, data=form, headers=HX).text
    assert (Order.select().count(), Outbox.select().count()) == (1, 1)
    assert 'name="title"' in browser.get(f"{PANE}?more=1", headers=HX).text


@pytest.mark.parametrize(
    ("field", "wrong", "fault", "said"),
    [
        ("customer_name", "", "order-name", "Заповніть"),
        ("price", ["", "1", ""], "price-0", "Заповніть"),
        ("price", ["4,505", "1", ""], "price-0", "250,50"),
        ("quantity", ["пів", "1", "1"], "quantity-0", "кількість"),
        ("title", ["", "", ""], "title-0", "Заповніть"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_everything_typed_stays(browser, field, wrong, fault, said):
    answer = browser.post(PANE, data=opened(browser) | {field: wrong}, headers=HX)
    assert answer.status_code == 422
    assert said in unescape(re.search(rf'id="{fault}-fault">([^<]+)', answer.text)[1])
    for kept in ("Нова пошта 12", "після 18", *(word for word in wrong if word)):
        assert kept in answer.text
    assert Order.get().state == "draft" and Outbox.select().count() == 0


def test_without_script_the_same_form_saves_places_and_comes_back(browser):
    form = opened(browser)
    assert browser.post(f"{PANE}/draft", data=form).status_code == 302
    assert "Нова пошта 12" in browser.get(f"{PANE}?more=1").text
    placed = browser.post(PANE, data=form)
    assert placed.status_code == 303 and "№ 1" in browser.get(placed.location).text


def test_a_form_of_another_call_or_another_person_is_out_of_date(browser, as_, served):
    form = opened(browser)
    browser.post(f"{PANE}/draft", data=form, headers=HX)
    assert browser.post("/desk/calls/a6.1/order", data=form, headers=HX).status_code == 422
    Leg.create(call=Call.get(Call.key == KEY), uniqueid="t", party="operator", user=served.trainee, rang_at=utcnow())
    assert as_("trainee").post(PANE, data=form, headers=HX).status_code == 422
    assert browser.post(PANE, data=FORM | {"token": "x"}, headers=HX).status_code == 422
    assert Order.get().state == "draft"


def test_a_call_that_is_not_hers_has_no_order(as_, served):
    for method in ("get", "post"):
        assert getattr(as_("trainee"), method)(PANE).status_code == 404


def test_she_sees_what_the_customer_waits_for_with_this_shop_only(browser, served):
    seed.orders(served)
    Order.update(customer=Call.get(Call.key == KEY).customer).where(Order.shop == served.soap).execute()
    page = browser.get(f"{PANE}?more=1", headers=HX).text
    assert "№ 8" in page and "Клієнтка мила" not in page
    assert len(re.findall(r'class="order-state', page)) == len(rules.open_orders(served.tea, seed.CUSTOMERS[2]))


# --- the dictated number -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_open", [False, True])
def test_a_dictated_number_never_comes_back_to_her_in_no_page_header_or_log(browser, served, caplog, is_open):
    """Not even where the shop shows its customers' numbers."""
    caplog.set_level(logging.INFO)  # as the processes log
    Shop.update(numbers_open=is_open).execute()
    form = opened(browser)
    answers = [browser.post(f"{PANE}/telephone", data=form | {"telephone": DICTATED}, headers=HX)]
    assert "+380 67 ••• •• 33" in answers[0].text
    answers += [
        browser.post(f"{PANE}/draft", data=form | {"telephone": DICTATED}, headers=headers) for headers in (HX, {})
    ]
    answers += [browser.get(PANE, headers=headers) for headers in (HX, {})]
    answers += [browser.post(PANE, data=form | {"telephone": DICTATED, "customer_name": ""}, headers=HX)]
    answers += [browser.post(PANE, data=form | {"telephone": f"{DICTATED} 1", "customer_name": ""}, headers=HX)]
    answers += [browser.post(f"{PANE}/telephone", data=form | {"telephone": f"{DICTATED} Оля"}, headers=HX)]
    answers += [browser.post(PANE, data=form | {"telephone": DICTATED}, headers=HX)]
    answers += [browser.get(address, headers=HX) for address in (PANE, f"{PANE}?more=1", "/desk")]
    assert Order.get().customer == FORMS[0] and Order.get().state == "new"
    for answer in answers:
        for written in FORMS:
            assert written not in answer.text and written not in str(answer.headers)
    assert not any(written in caplog.text for written in FORMS)


def test_a_wrong_number_is_said_beside_its_field_which_keeps_what_was_typed(browser):
    answer = browser.post(f"{PANE}/telephone", data=opened(browser) | {"telephone": "067 12"}, headers=HX)
    assert answer.status_code == 422 and answer.headers["HX-Retarget"] == "#order-telephone-fault"
    assert 'id="order-telephone-fault"' in answer.text and "<input" not in answer.text


def test_the_callers_own_number_can_be_taken_again(browser, served):
    form = opened(browser)
    browser.post(f"{PANE}/telephone", data=form | {"telephone": DICTATED}, headers=HX)
    browser.post(f"{PANE}/telephone", data=form, headers=HX)
    assert (Order.get().customer, Order.get().is_dictated) == (Call.get(Call.key == KEY).customer, False)


def test_the_shop_is_told_the_dictated_number_whole(browser, as_):
    browser.post(PANE, data=opened(browser) | {"telephone": DICTATED}, headers=HX)
    assert "067 555 4433" in as_("owner").get("/shops/1/orders/1").text
    assert "067 555 4433" in Outbox.get().text and "067 555 4433" in Outbox.get().html


# --- mending what was placed -------------------------------------------------------------------------------------


@pytest.fixture
def placed(browser) -> Order:
    browser.post(PANE, data=opened(browser), headers=HX)
    return Order.get(Order.call_key == KEY)


MENDED = {**FORM, "quantity": ["3", "1", "1"], "delivery": "Укрпошта 79000"}


def test_she_mends_her_order_while_it_is_new_and_the_shop_is_told_what_is_different(as_, served, browser, placed):
    page = f"/desk/calls/{KEY}/orders/{placed.number}"
    assert page in browser.get(PANE, headers=HX).text
    form = browser.get(page, headers=HX).text
    assert 'value="Да Хун Пао"' in form and "Нова пошта 12" in form and 'name="telephone"' not in form
    for _ in range(2):  # sent twice, mended once
        answer = browser.post(page, data=MENDED, headers=HX)
        assert answer.status_code == 200 and "2 471,50" in unescape(answer.text).replace("\xa0", " ")
    order = Order.get_by_id(placed.id)
    assert (order.sum_minor, order.delivery, order.customer) == (247150, "Укрпошта 79000", placed.customer)
    mended = OrderCorrection.get()
    assert mended.user == served.operator and OrderCorrection.select().count() == 1
    history = unescape(as_("owner").get(f"/shops/1/orders/{order.number}").text)
    assert "<del>Нова пошта 12</del> Укрпошта 79000" in history and served.operator.name in history
    letter = Outbox.get(Outbox.about == f"order-correction:{mended.id}")
    assert (letter.recipient, letter.kind) == (served.owner.email, "order")
    assert "- Нова пошта 12" in letter.text and "+ Укрпошта 79000" in letter.text
    text = letter.text.replace("\xa0", " ")
    assert "- Да Хун Пао, 2 × 450,50" in text and "+ Да Хун Пао, 3 × 450,50" in text
    assert "- Піала" not in text and "1 × 1 120,00" in text, "what is as it was stands in the whole order alone"
    assert not any(number in answer.text for number in FORMS + numbers_of(order))


def numbers_of(order: Order) -> tuple[str, ...]:
    return order.customer, order.customer[-9:], numbers.national(order.customer)


def test_what_is_wrong_in_a_mended_order_is_said_beside_it_and_nothing_is_changed(browser, placed):
    page = f"/desk/calls/{KEY}/orders/{placed.number}"
    wrong = browser.post(page, data=MENDED | {"price": ["дорого", "1 120", ""], "customer_name": ""}, headers=HX)
    assert wrong.status_code == 422 and 'id="price-0-fault"' in wrong.text and "Укрпошта 79000" in wrong.text
    assert 'value="дорого"' in wrong.text and 'aria-describedby="order-name-fault" aria-invalid="true"' in wrong.text
    more = browser.post(page, data=MENDED | {"more": "1"}, headers=HX)
    assert more.status_code == 200 and 'id="line-2"' in more.text
    assert OrderCorrection.select().count() == 0 and Order.get_by_id(placed.id).delivery == "Нова пошта 12"


def test_what_the_shop_has_taken_on_she_cannot_mend(as_, served, browser, placed):
    page = f"/desk/calls/{KEY}/orders/{placed.number}"
    as_("owner").post(f"/shops/1/orders/{placed.number}/changes", data={"state": "confirmed"})
    assert page not in browser.get(PANE, headers=HX).text
    assert "взялася" in browser.get(page, headers=HX).text
    refused = browser.post(page, data=MENDED, headers=HX)
    assert refused.status_code == 422 and "взялася" in refused.text and "Укрпошта 79000" in refused.text
    assert Order.get_by_id(placed.id).delivery == "Нова пошта 12"


def test_what_the_shop_has_altered_is_the_shops(as_, browser, placed):
    edit = FORM | {"telephone": placed.customer, "delivery": "Дзвонити 067 000 11 22"}
    assert as_("owner").post(f"/shops/1/orders/{placed.number}/edit", data=edit).status_code == 303
    page = f"/desk/calls/{KEY}/orders/{placed.number}"
    assert browser.post(page, data=MENDED, headers=HX).status_code == 422
    assert "067 000" not in browser.get(page, headers=HX).text


def test_an_order_of_another_call_or_person_is_not_there(as_, browser, placed):
    for path in (f"/desk/calls/{KEY}/orders/99", f"/desk/calls/a6.1/orders/{placed.number}"):
        assert browser.get(path).status_code == browser.post(path, data=MENDED).status_code == 404
    assert as_("trainee").get(f"/desk/calls/{KEY}/orders/{placed.number}").status_code == 404
