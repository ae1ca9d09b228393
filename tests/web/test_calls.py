"""An owner's calls: each figure opens its calls, the address keeps what was asked, the file holds what is shown."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from models import AuditEntry, Call, Did, User, utcnow
from tests.web import seed

LIST = "/shops/1/calls"


@pytest.fixture
def filled(cast):
    seed.calls(cast)
    return cast


def rows(page: str) -> int:
    return len(re.findall(r'<li class="call ', page))


def test_each_figure_opens_exactly_as_many_calls(as_, filled):
    browser = as_("owner")
    figures = re.findall(r'<a href="([^"]+group=[^"]+)"[^>]*>(.*?)</a>', browser.get(LIST).text, re.S)
    assert len(figures) >= 8
    total = 0
    for href, text in figures:
        shown = int(re.findall(r"\d+", re.sub("<[^>]+>", "", text))[0])
        assert rows(browser.get(href.replace("&amp;", "&")).text) == shown
        total += shown
    assert total >= 10


def test_the_same_address_gives_the_page_and_its_fragment(as_, filled):
    browser, asked = as_("owner"), f"{LIST}?group=lost&did=1&from=2020-01-01"
    page, fragment = browser.get(asked).text, browser.get(asked, headers={"HX-Request": "true"}).text
    assert fragment.strip() in page and fragment.lstrip().startswith('<div id="calls">')
    assert '<option value="lost" selected>' in page and 'value="2020-01-01"' in page


def test_nonsense_in_the_address_asks_for_nothing(as_, filled):
    browser = as_("owner")
    whole = rows(browser.get(LIST).text)
    for nonsense in ("group=x", "from=0001-01-01", "to=9999-12-31", "from=x&to=2026-13-01", "did=x", "before=x", f"did={2**64}",
                     f"before={10**30}", "operator=-1"):  # fmt: skip
        assert rows(browser.get(f"{LIST}?{nonsense}").text) == whole


def test_a_foreign_number_or_operator_in_the_address_finds_nothing_of_another_shop(as_, filled):
    foreign = Did.get(Did.shop == filled.soap)
    assert rows(as_("owner").get(f"{LIST}?did={foreign.id}").text) == 0
    foreign_call = Call.get(Call.shop == filled.soap)
    assert rows(as_("owner").get(f"{LIST}?before={foreign_call.id}").text) == rows(as_("owner").get(LIST).text)


def test_earlier_calls_follow_without_a_gap_and_keep_what_was_asked(as_, cast):
    for number in range(120):
        seed.call(cast.tea, f"c{number}", None, seed.utcnow(), "informed")
    browser, address, seen = as_("owner"), f"{LIST}?group=apart", []
    while address:
        page = browser.get(address).text
        seen += re.findall(r"/calls/(c\d+)\"", page)
        more = re.search(r'href="([^"]*before=\d+[^"]*)"', page)
        address = more and more[1].replace("&amp;", "&")
        assert not address or "group=apart" in address
    assert len(seen) == len(set(seen)) == 120


# --- the file -----------------------------------------------------------------------------------------------------


def table(answer, separator: str = ";") -> list[list[str]]:
    assert answer.data.startswith(b"\xef\xbb\xbf") and answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=separator))


@pytest.mark.parametrize("asked", ["", "?group=lost", "?group=answered&did=1", "?from=2030-01-01"])
def test_the_file_holds_the_calls_that_are_listed(as_, filled, asked):
    browser = as_("owner")
    head, *lines = table(browser.get(f"/shops/1/calls.csv{asked}"))
    assert len(lines) == rows(browser.get(LIST + asked).text)
    assert head[:3] == ["Дата", "Час", "Клієнт"] and all(len(line) == len(head) for line in lines)
    assert asked.replace("?", "").replace("&", " ") == AuditEntry.get(AuditEntry.action == "calls.export").detail


def test_the_file_goes_on_behind_the_first_page(as_, cast):
    for number in range(70):
        seed.call(cast.tea, f"c{number}", None, seed.utcnow(), "informed")
    assert len(table(as_("owner").get("/shops/1/calls.csv"))) == 71


def test_the_file_masks_numbers_to_whom_the_list_does(as_, filled):
    owner, coordinator = (as_(who).get("/shops/1/calls.csv").text for who in ("owner", "coordinator"))
    assert "067 123 0987" in owner
    assert "067 123 0987" not in coordinator and "+380 67 ••• •• 87" in coordinator


def test_no_cell_is_computed_by_a_spreadsheet(as_, filled):
    evil = '=HYPERLINK("http://evil.example";"x")'
    Did.update(label=evil).where(Did.shop == filled.tea).execute()
    User.update(name="@SUM(1;2)\r\n=1").where(User.id == filled.operator.id).execute()
    lines = table(as_("owner").get("/shops/1/calls.csv"))
    cells = {cell for line in lines for cell in line}
    assert f"'{evil}" in cells and "'@SUM(1;2)\r\n=1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_separator_is_that_of_the_readers_spreadsheet(as_, filled):
    User.update(language="en").where(User.id == filled.owner.id).execute()
    assert table(as_("owner").get("/shops/1/calls.csv"), ",")[0][:2] == ["Date", "Time"]


def test_a_call_that_the_owners_mobile_took_says_so_and_has_a_list_of_its_own(as_, cast):
    seed.calls(cast)
    type(cast.owner).update(language="en").where(type(cast.owner).id == cast.owner.id).execute()
    his = seed.call(cast.tea, "his.1", seed.CUSTOMERS[0], utcnow(), "answered")
    owner = as_("owner")
    page = owner.get("/shops/1/calls").text
    assert "1 of the answered was taken by the owner's mobile." in unescape(page)
    listed = owner.get("/shops/1/calls?group=by_mobile").text
    assert set(re.findall(r'href="/shops/1/calls/([^"?]+)"', listed)) == {his.key}
    for told in (listed, owner.get(f"/shops/1/calls/{his.key}").text):
        assert "taken by the owner's mobile" in unescape(told).lower()
    assert "taken by the owner's mobile" in owner.get("/shops/1/calls.csv?group=by_mobile").text
    assert his.key not in owner.get("/shops/1/calls?group=by_operator").text
