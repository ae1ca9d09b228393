"""The operator's page: presence by one key, callbacks taken, dialled and settled, every refusal in words."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models import Attempt, Callback, IngestMark, Presence, WeekHours
from settings import ROOT
from tests.web import seed
from web.callback_list import NOT_DONE

HX = {"HX-Request": "true"}


@pytest.fixture
def tea_promise(cast):
    """A customer of the tea shop, which is open whenever the tests run, waits, and nobody has taken him."""
    seed.calls(cast)
    WeekHours.delete().execute()
    return Callback.get(Callback.customer == seed.CUSTOMERS[2])


def press(browser, promise, deed, **form):
    return browser.post(f"/callbacks/{promise.id}/{deed}", data=form, headers=HX)


def notice(answer) -> str:
    assert answer.status_code == 409
    return unescape(re.search(r'id="(?:presence-)?notice">.*?</svg> (.*?)</p>', answer.text, re.S)[1])


def test_signing_on_taking_a_break_and_leaving_are_rows(as_, cast):
    browser = as_("operator")
    for kind in ("ready", "rest", "ready", "off"):
        assert browser.post("/desk/presence", data={"kind": kind}).status_code == 302
    kinds = [(row.kind, row.ended_because) for row in Presence.select().order_by(Presence.id)]
    assert kinds == [("ready", "rest"), ("rest", "ready"), ("ready", "signed-off")]


def test_a_break_before_signing_on_and_a_break_that_is_none_are_refused(as_, cast):
    browser = as_("operator")
    assert "станьте на лінію" in notice(browser.post("/desk/presence", data={"kind": "meal"}, headers=HX))
    assert "немає" in notice(browser.post("/desk/presence", data={"kind": "sleep"}, headers=HX))


def test_letting_a_call_ring_out_is_said_with_one_key_to_return(as_, cast):
    Presence.create(user=cast.operator, kind="unanswered")
    browser = as_("operator")
    assert 'id="unanswered"' in browser.get("/desk").text
    assert 'id="unanswered"' not in browser.post("/desk/presence", data={"kind": "ready"}, headers=HX).text


def test_she_sees_which_shop_rings_and_who_waits(as_, cast):
    seed.calls(cast)
    seed.alive(cast)
    page = as_("operator").get("/desk").text
    card = re.search(r'<article id="call".*?</article>', page, re.S)[0]
    assert ">Мильна майстерня</h1>" in card and "+380 63 ••• •• 11" in card
    assert len(re.findall(r'id="waiting-call-\d+"', page)) == 2


def test_a_callback_is_taken_dialled_confirmed_and_settled(as_, cast, tea_promise):
    browser = as_("operator")
    assert press(browser, tea_promise, "claim").status_code == 200
    assert press(browser, tea_promise, "attempt").status_code == 200
    attempt = Attempt.get(Attempt.ended_at.is_null())
    assert (attempt.user, attempt.customer, attempt.sent_at) == (cast.operator, tea_promise.customer, None)
    Attempt.update(ended_at=attempt.wanted_at, result="answered").where(Attempt.id == attempt.id).execute()
    Callback.update(to_confirm=True).where(Callback.id == tea_promise.id).execute()
    assert 'value="machine"' in browser.get("/desk/callbacks", headers=HX).text
    assert press(browser, tea_promise, "outcome", outcome="talked").status_code == 200
    assert Callback.get_by_id(tea_promise.id).closed_because == "talked"


def test_of_two_who_take_it_the_second_is_told_who_has_it(as_, cast, tea_promise):
    assert press(as_("operator"), tea_promise, "claim").status_code == 200
    assert "Ірина Мороз" in notice(press(as_("trainee"), tea_promise, "claim"))


def test_what_is_settled_stays_settled(as_, cast, tea_promise):
    Callback.update(closed_at=tea_promise.opened_at, closed_because="got_through").execute()
    assert "додзвонилися пізніше" in notice(press(as_("operator"), tea_promise, "claim"))


def test_a_number_that_must_not_be_dialled_says_why(as_, cast, tea_promise):
    abroad = Callback.get(Callback.not_callable == "foreign")
    browser = as_("operator")
    press(browser, abroad, "claim")
    assert "за кордон" in notice(press(browser, abroad, "attempt"))
    assert Attempt.select().where(Attempt.ended_at.is_null()).count() == 0


def test_nothing_is_dialled_while_facts_are_late(as_, cast, tea_promise):
    browser = as_("operator")
    press(browser, tea_promise, "claim")
    IngestMark.update(ticked_at="2026-01-01T00:00:00.000000+00:00").execute()
    assert "не набираємо" in notice(press(browser, tea_promise, "attempt"))


def test_every_refusal_of_the_rules_has_its_words(as_, cast):
    rules = "".join((ROOT / "calls" / f"{name}.py").read_text() for name in ("callbacks", "attempts"))
    assert set(re.findall(r'Refused\("(\w+)"', rules)) <= set(NOT_DONE)


def test_leaving_the_line_gives_back_what_she_held(as_, cast, tea_promise):
    browser = as_("operator")
    browser.post("/desk/presence", data={"kind": "ready"})
    press(browser, tea_promise, "claim")
    browser.post("/desk/presence", data={"kind": "off"})
    assert press(as_("trainee"), tea_promise, "claim").status_code == 200


@pytest.mark.parametrize(("address", "root"), [
    ("/desk/presence", '<section id="presence"'), ("/desk/line", '<section class="card line-card" id="line"'),
    ("/desk/calls", '<section id="call"'), ("/desk/calls/a7.1", '<article id="call"'),
    ("/desk/calls/a7.1/state", '<p id="call-state"'), ("/desk/callbacks", '<section class="card callback-list"'),
])  # fmt: skip
def test_each_part_comes_alone_when_asked_for_and_within_the_page_for_a_browser_without_script(
    as_, cast, address, root
):
    seed.calls(cast)
    browser = as_("operator")
    fragment, page = browser.get(address, headers=HX).text, browser.get(address, follow_redirects=True).text
    assert fragment.lstrip().startswith(root) and "<html" not in fragment and "<html" in page
