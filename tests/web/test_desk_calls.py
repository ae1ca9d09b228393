"""A call on the desk: whose it is, what it shows of the customer, what she writes and says of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from models import Call, CallNote, Did, Leg, Order, Outcome, Shop, utcnow
from tests.web import seed
from tests.web.test_pages import FULL_NUMBER

HX = {"HX-Request": "true"}
LIVE = "/desk/calls/live.1"


@pytest.fixture
def live(cast):
    """The operator speaks with a customer whom the soap shop knows."""
    seed.calls(cast)
    seed.alive(cast)
    seed.known_customer(cast)


def card(browser, address: str = LIVE) -> str:
    answer = browser.get(address, headers=HX)
    assert answer.status_code == 200
    return answer.text


def test_the_card_says_which_shop_what_to_say_who_calls_and_what_there_was(as_, live):
    shown = card(as_("operator"))
    assert "Мильна майстерня</h1>" in shown and "Ірина" in re.search(r"<q.*?</q>", shown, re.S)[0]
    assert "Наталя Білик" in shown and "+380 63 ••• •• 11" in shown
    assert "№ 41" in shown and "Коробка прийшла" in shown and "лаванду" in shown


def test_the_greeting_is_in_the_language_of_who_calls_not_in_hers(as_, cast):
    seed.calls(cast)
    shown = card(as_("operator"), f"/desk/calls/new.1?did={Did.get(Did.shop == cast.soap).id}")
    assert re.search(r'<q lang="ru">(.*?)</q>', shown)[1] == "Мильна майстерня, добрый день, меня зовут Ірина."


def test_what_a_customer_had_with_another_shop_is_not_shown(as_, live, cast):
    """He has called the tea shop, too: whoever serves the soap shop learns nothing of it."""
    of_tea = Call.get(Call.shop == cast.tea, Call.customer == seed.CUSTOMERS[4])
    CallNote.create(call_key=of_tea.key, shop=cast.tea, user=cast.operator, text="п'є лише улун")
    Order.create(shop=cast.tea, number=77, call_key="", state="new", customer=of_tea.customer, customer_name="Наталя Чайна",
                 placed_at=utcnow())  # fmt: skip
    shown = card(as_("operator"))
    assert "улун" not in shown and "77" not in shown and "Чайна" not in shown


def test_a_call_of_another_operator_does_not_exist(as_, live):
    for address in (LIVE, f"{LIVE}/state"):
        assert as_("trainee").get(address, headers=HX).status_code == 404
    for deed in ("note", "outcome"):
        assert as_("trainee").post(f"{LIVE}/{deed}", data={"text": "x", "kind": "order"}).status_code == 404
    assert not CallNote.get_or_none(CallNote.call_key == "live.1")


def test_a_call_that_is_no_fact_yet_is_known_by_its_did_and_shows_nothing_of_the_customer(as_, live, cast):
    shown = card(as_("operator"), f"/desk/calls/new.9?did={cast.did.id}")
    assert "Чайна лавка</h1>" in shown and "•••" not in shown
    assert f'hx-get="/desk/calls/new.9?did={cast.did.id}"' in shown
    Call.create(
        key="new.9", direction="in", shop=cast.tea, did=cast.did, customer=seed.CUSTOMERS[0], arrived_at=utcnow()
    )
    Leg.create(call=Call.get(Call.key == "new.9"), uniqueid="n", party="operator", user=cast.operator, rang_at=utcnow())
    assert "+380 67 ••• •• 87" in card(as_("operator"), f"/desk/calls/new.9?did={cast.did.id}")


@pytest.mark.parametrize("did", ["0", "99999", "-1", "x", str(2**70), ""])
def test_a_call_nobody_knows_of_a_number_nobody_has_is_not_found(as_, live, did):
    assert as_("operator").get(f"/desk/calls/new.9?did={did}", headers=HX).status_code == 404


def test_the_test_shop_rings_on_no_desk(as_, live, cast):
    Shop.update(is_test=True).where(Shop.id == cast.tea.id).execute()
    assert as_("operator").get(f"/desk/calls/new.9?did={cast.did.id}", headers=HX).status_code == 404


def test_a_withheld_customer_has_no_history(as_, live, cast):
    hers = Call.get(Call.key == "live.1")
    Call.update(customer=None, withheld=True).where(Call.id == hers.id).execute()
    shown = card(as_("operator"))
    assert "Наталя" not in shown and "номер приховано" in shown


def test_a_note_is_kept_as_it_is_typed_and_is_there_again(as_, live):
    browser = as_("operator")
    for text in ("Хоче", "Хоче 3 шт."):
        answer = browser.post(f"{LIVE}/note", data={"text": text}, headers=HX)
        assert answer.status_code == 200 and "збережено" in answer.text
    assert [note.text for note in CallNote.select().where(CallNote.call_key == "live.1")] == ["Хоче 3 шт."]
    assert ">Хоче 3 шт.</textarea>" in browser.get(LIVE).text


def test_a_note_that_is_too_long_changes_nothing_and_says_so(as_, live):
    browser = as_("operator")
    browser.post(f"{LIVE}/note", data={"text": "коротко"}, headers=HX)
    answer = browser.post(f"{LIVE}/note", data={"text": "ї" * 4001}, headers=HX)
    assert answer.status_code == 422 and "4000" in answer.text
    assert CallNote.get(CallNote.call_key == "live.1").text == "коротко"


def test_what_it_came_to_may_be_said_again_and_the_last_word_counts(as_, live):
    browser = as_("operator")
    assert browser.post(f"{LIVE}/outcome", data={"solved": "yes"}, headers=HX).status_code == 409
    for said in ({"kind": "advice"}, {"kind": "advice"}, {"solved": "no"}, {"kind": "order"}):
        assert browser.post(f"{LIVE}/outcome", data=said, headers=HX).status_code == 200
    rows = Outcome.select().where(Outcome.call_key == "live.1").order_by(Outcome.id)
    assert [(row.kind, row.solved) for row in rows] == [("advice", None), ("advice", False), ("order", False)]
    assert re.search(r'value="order" class="chosen"', browser.get(LIVE).text)
    assert browser.post(f"{LIVE}/outcome", data={"kind": "nonsense"}, headers=HX).status_code == 409


def test_the_owner_reads_on_the_calls_page_what_it_came_to_and_the_note(as_, live, cast):
    browser = as_("operator")
    browser.post(f"{LIVE}/outcome", data={"kind": "complaint"}, headers=HX)
    browser.post(f"{LIVE}/outcome", data={"solved": "no"}, headers=HX)
    browser.post(f"{LIVE}/note", data={"text": "Мило <розтануло>"}, headers=HX)
    page = as_("other_owner").get(f"/shops/{cast.soap.id}/calls/live.1").text
    assert "Скарга" in page and "не вирішено" in page and "Мило &lt;розтануло&gt;" in page
    assert "розтануло" not in as_("coordinator").get(f"/shops/{cast.soap.id}/calls/live.1").text


def test_her_calls_of_the_day_can_be_come_back_to(as_, live):
    Leg.update(rang_at=utcnow() - dt.timedelta(hours=13)).where(Leg.uniqueid == "a0.1x").execute()
    shown = card(as_("operator"), "/desk/calls")
    assert 'href="/desk/calls/a7.1"' in shown and 'href="/desk/calls/a0.1"' not in shown
    assert "скажіть" in shown  # answered, and she has not said what it came to
    assert 'href="/desk/calls/a7.1"' not in card(as_("trainee"), "/desk/calls")


def test_no_part_of_a_call_carries_a_whole_number(as_, live):
    browser = as_("operator")
    browser.post(f"{LIVE}/note", data={"text": "x"}, headers=HX)
    for address in (LIVE, f"{LIVE}/state", "/desk/calls", "/desk", "/desk/line", "/desk/presence"):
        for headers in (HX, {}):
            assert not FULL_NUMBER.search(browser.get(address, headers=headers, follow_redirects=True).text)
