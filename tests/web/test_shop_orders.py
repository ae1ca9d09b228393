"""A shop's orders as its owner meets them: figures that open their lists, one-tap deeds, corrections, the file."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from models import AuditEntry, Order, OrderChange, OrderCorrection, utcnow
from orders import orders as rules
from tests.web import seed
from union.audit import Actor

LIST = "/shops/1/orders"
HX = {"HX-Request": "true"}
FORM = {
    "customer_name": "Ганна Петренко", "telephone": "067 555 44 33", "title": ["Чабань", ""], "quantity": ["3", "1"],
    "price": ["99,90", ""], "delivery": "самовивіз", "comment": "",
}  # fmt: skip


@pytest.fixture
def filled(cast):
    seed.calls(cast)
    seed.orders(cast)
    return cast


@pytest.fixture
def browser(as_, filled):
    return as_("owner")


def numbers_of(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li class="order" id="order-(\d+)"', page)]


def links(page: str) -> list[tuple[str, int]]:
    """The figures of a page that open a list: its address and the figure."""
    found = re.findall(r'<a href="([^"]*(?:orders|calls)\?[^"]*)"[^>]*>(.*?)</a>', page, re.S)
    plain = [(unescape(href), re.sub(r"<[^>]+>", " ", text)) for href, text in found]
    return [(href, int(number[1])) for href, text in plain if (number := re.search(r"(\d+)\s*$", text))]


# --- the list ----------------------------------------------------------------------------------------------------


def test_each_figure_opens_exactly_as_many_orders(browser):
    figures = links(browser.get(LIST).text)
    assert len(figures) == 4
    for href, figure in figures:
        assert len(numbers_of(browser.get(href).text)) == figure
    assert {figure for _, figure in figures} > {1, 2}


@pytest.mark.parametrize(
    ("text", "found"),
    [("8", [8]), ("№ 8", [8]), ("верещ", [3]), ("ГАННА", [1]), ("063 222 33 11", [9, 5]), ("нікого", []), ("' OR 1=1 --", [])],
)  # fmt: skip
def test_orders_are_found_by_number_name_and_telephone(browser, text, found):
    assert numbers_of(browser.get(LIST, query_string={"q": text}).text) == found


def test_the_same_address_gives_the_page_and_its_fragment(browser):
    asked = f"{LIST}?state=open&q=а"
    page, fragment = browser.get(asked).text, browser.get(asked, headers=HX).text
    assert fragment.strip() in page and fragment.lstrip().startswith('<div id="orders">')


def test_nonsense_in_the_address_asks_for_nothing(browser):
    for nonsense in ("state=x", "from=x", "did=x", f"did={2**64}", "operator=-1", f"before={10**30}"):
        assert len(numbers_of(browser.get(f"{LIST}?{nonsense}").text)) == 9


def test_earlier_orders_follow_without_a_gap(as_, cast):
    seed.calls(cast)
    for _ in range(120):
        seed.order(cast, cast.tea, "Олег", utcnow(), (), None)
    browser, address, seen = as_("owner"), f"{LIST}?operator=0", []
    while address:
        page = browser.get(address).text
        seen += numbers_of(page)
        more = re.search(r'href="([^"]*before=\d+[^"]*)"', page)
        address = more and unescape(more[1])
        assert not address or "operator=0" in address
    assert seen == list(range(120, 0, -1))


def test_the_file_holds_the_list_and_no_cell_can_be_computed(browser, filled):
    Order.update(customer_name="=HYPERLINK(1)", comment="@x", delivery="-1+1").where(Order.number == 9).execute()
    answer = browser.get(f"{LIST}.csv?state=confirmed")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["9", "2"]
    assert rows[1][4] == "'=HYPERLINK(1)" and rows[1][9] == "'-1+1" and rows[1][10] == "'@x"
    assert rows[1][5] == "063 222 3311" and rows[1][7] == "2021"
    assert AuditEntry.select().where(AuditEntry.action == "orders.export").count() == 1


def test_a_foreign_order_is_not_there(browser, filled):
    assert browser.get("/shops/2/orders/1").status_code == 404
    assert browser.get(f"{LIST}/999").status_code == browser.get(f"{LIST}/{10**30}").status_code == 404
    assert "Клієнтка мила" not in browser.get(LIST).text


# --- one order ---------------------------------------------------------------------------------------------------


def test_an_order_shows_its_call_its_recording_and_who_took_it(browser, filled, settings):
    seed.recording(filled, "a7.1", settings.recordings_dir)
    page = browser.get(f"{LIST}/8").text
    assert "/shops/1/calls/a7.1" in page and 'class="deed hear"' in page and "Ірина Мороз" in page
    assert 'href="tel:+380931112233"' in page


def test_one_tap_moves_it_and_one_tap_takes_that_back(browser):
    moved = browser.post(f"{LIST}/8/changes", data={"state": "confirmed"}, headers=HX)
    assert (
        moved.status_code == 200
        and 'id="order-undo"' in moved.text
        and moved.text.lstrip().startswith('<div id="order">')
    )
    undone = browser.post(f"{LIST}/8/undo", headers=HX)
    assert 'id="order-undo"' not in undone.text
    states = [
        change.state for change in OrderChange.select().join(Order).where(Order.number == 8).order_by(OrderChange.id)
    ]
    assert states[-3:] == ["new", "confirmed", "new"]
    assert browser.post(f"{LIST}/8/undo").status_code == 409


def test_without_script_a_deed_leads_back_to_the_order(browser):
    assert browser.post(f"{LIST}/8/changes", data={"state": "confirmed"}).location == f"{LIST}/8"


def test_cancelling_needs_a_reason_typed_or_touched(browser):
    answer = browser.post(f"{LIST}/8/changes", data={"state": "cancelled", "reason": " "}, headers=HX)
    assert answer.status_code == 422 and 'id="reason-cancelled-fault"' in answer.text
    browser.post(f"{LIST}/8/changes", data={"state": "cancelled", "chosen": "1"})
    last = OrderChange.select().order_by(OrderChange.id.desc()).first()
    assert (
        last.state == "cancelled" and last.reason and Order.get(Order.number == 8, Order.shop == 1).state == "cancelled"
    )


def test_a_deed_that_comes_too_late_is_told_in_words(browser, filled):
    rules.change(Order.get(Order.number == 8, Order.shop == 1), "confirmed", "", Actor(filled.owner), utcnow())
    answer = browser.post(f"{LIST}/8/changes", data={"state": "confirmed"}, headers=HX)
    assert answer.status_code == 409 and 'role="alert"' in answer.text


# --- entering and correcting -------------------------------------------------------------------------------------


def test_an_owner_enters_an_order_without_a_call_once(browser):
    token = re.search(r'name="token" value="(\w+)"', browser.get(f"{LIST}/new").text)[1]
    for _ in range(2):
        assert browser.post(f"{LIST}/new", data=FORM | {"token": token}).location == f"{LIST}/10"
    made = Order.get(Order.shop == 1, Order.number == 10)
    assert (made.operator, made.did, made.sum_minor, made.customer) == (None, None, 29970, "+380675554433")


def test_what_is_wrong_is_said_beside_the_fields_and_everything_typed_stays(browser):
    answer = browser.post(f"{LIST}/new", data=FORM | {"telephone": "12", "price": ["багато", ""], "customer_name": ""})
    assert answer.status_code == 422
    for field in ("telephone", "price-0", "customer_name"):
        assert f'id="{field}-fault"' in answer.text
    assert 'value="багато"' in answer.text and "самовивіз" in answer.text
    assert Order.select().where(Order.shop == 1).count() == 9


def test_one_more_line_keeps_what_was_typed(browser):
    page = browser.post(f"{LIST}/new", data=FORM | {"more": "1"}).text
    assert 'value="Чабань"' in page and 'id="title-1"' in page


def test_a_correction_and_the_margin_stand_in_the_history(browser):
    form = FORM | {"margin": "120"}
    assert browser.post(f"{LIST}/8/edit", data=form).location == f"{LIST}/8"
    page = browser.get(f"{LIST}/8").text
    assert "<del>" in page and "Чабань × 3" in page and "Олена Кравець" in page
    assert Order.get(Order.number == 8, Order.shop == 1).margin_minor == 12000
    assert browser.post(f"{LIST}/8/edit", data=form).status_code == 303 and OrderCorrection.select().count() == 1
    assert browser.post(f"{LIST}/8/edit", data=form | {"margin": "так"}).status_code == 422


# --- the funnel --------------------------------------------------------------------------------------------------


def test_every_figure_of_the_funnel_is_its_list(browser):
    figures = links(browser.get(f"{LIST}/funnel?month={utcnow():%Y-%m}").text)
    assert len(figures) > 15
    for href, figure in figures:
        page = browser.get(href).text
        listed = len(re.findall(r'<li class="call ', page)) if "/calls?" in href else len(numbers_of(page))
        assert listed == figure, href


def test_a_small_sample_says_so(browser):
    assert 'class="doubt"' in browser.get(f"{LIST}/funnel").text


def test_a_month_that_is_none_is_this_one(browser):
    assert browser.get(f"{LIST}/funnel?month=2026-99").text == browser.get(f"{LIST}/funnel").text
