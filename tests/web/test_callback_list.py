"""The operators' list: rows that stay where they are, newcomers behind a count, one key for the next."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from models import Attempt, Callback, Promise, WeekHours, utcnow
from tests.web import seed

HX = {"HX-Request": "true"}


@pytest.fixture
def browser(as_, cast):
    """The operator's; the shops are open whenever the tests run, and four customers who can be called wait."""
    WeekHours.delete().execute()
    seed.calls(cast)
    return as_("operator")


def listing(browser, query: str = "") -> str:
    return browser.get(f"/desk/callbacks{query}", headers=HX).text


def rows(text: str) -> list[int]:
    return [int(row) for row in re.findall(r'id="callback-(\d+)"', text)]


def again(browser, text: str) -> str:
    """What its own poll brings."""
    return browser.get(re.search(r'hx-get="([^"]*)" hx-trigger', text)[1].replace("&amp;", "&"), headers=HX).text


def newcomer(cast, minutes: float, customer: str = "+380661234567") -> Callback:
    seed.missed(cast, cast.soap, f"n{customer}", customer, utcnow() - dt.timedelta(minutes=minutes), "abandoned_line")
    return Callback.get(Callback.customer == customer)


def test_it_is_in_order_of_what_was_promised_and_says_how_late_in_words(browser):
    text = listing(browser)
    waiting = [Callback.get_by_id(row) for row in rows(text) if not Callback.get_by_id(row).not_callable]
    promised = [row.promises.order_by(Promise.id.desc()).get().call_by for row in waiting]
    assert promised == sorted(promised) and len(waiting) == 3
    assert re.search(r'class="bad">чекає', text) and "запізнення" in text


def test_who_comes_meanwhile_is_counted_and_moves_nobody(browser, cast):
    before = listing(browser)
    urgent = newcomer(cast, 300)
    after = again(browser, before)
    assert rows(after) == rows(before)
    link = re.search(r'id="callbacks-new" href="([^"]*)"', after)
    assert link and ">1 нов" in after.replace("\n", "")
    assert rows(browser.get(link[1], headers=HX).text)[0] == urgent.id


def test_what_is_settled_meanwhile_stays_in_its_place_and_says_so(browser):
    before = listing(browser)
    first = rows(before)[0]
    Callback.update(closed_at=utcnow(), closed_because="got_through").where(Callback.id == first).execute()
    after = again(browser, before)
    assert rows(after) == rows(before)
    assert re.search(rf'settled" id="callback-{first}".*?додзвонилися пізніше', after, re.S)
    assert first not in rows(listing(browser))


def test_taking_one_leaves_the_order_alone(browser):
    before = listing(browser)
    shown = re.search(r'name="shown" value="([^"]*)"', before)[1]
    third = rows(before)[2]
    after = browser.post(f"/callbacks/{third}/claim", data={"shown": shown}, headers=HX).text
    assert rows(after) == rows(before)
    assert f'class="promise hers " id="callback-{third}"' in after


def test_next_takes_the_first_dials_and_puts_the_list_in_order(browser, cast):
    urgent = newcomer(cast, 300)
    text = browser.post("/callbacks/next", data={"shown": "1.2"}, headers=HX).text
    attempt = Attempt.get(Attempt.ended_at.is_null())
    assert (attempt.callback, attempt.user, rows(text)[0]) == (urgent, cast.operator, urgent.id)
    told = browser.post("/callbacks/next", headers=HX)
    assert told.status_code == 409 and 'id="notice"' in told.text


def test_what_is_not_due_yet_is_folded_and_unfolds(browser, cast):
    later = newcomer(cast, 3)
    Callback.update(due_at=utcnow() + dt.timedelta(days=2)).where(Callback.id == later.id).execute()
    folded = listing(browser)
    assert later.id not in rows(folded)
    link = re.search(r'id="callbacks-later" href="([^"]*)"', folded)[1].replace("&amp;", "&")
    unfolded = browser.get(link, headers=HX).text
    assert rows(unfolded) == [*rows(folded), later.id]
    assert rows(again(browser, unfolded)) == rows(unfolded)


def test_without_script_the_list_is_a_page_and_a_key_leads_back_to_it(browser):
    assert "<html" in browser.get("/desk/callbacks").text
    first = rows(listing(browser))[0]
    answer = browser.post(f"/callbacks/{first}/claim")
    assert answer.status_code == 302 and answer.location.endswith("/desk/callbacks")


def test_a_forged_list_of_rows_is_harmless(browser):
    assert rows(listing(browser, "?shown=99999.x.-1.2." + "7." * 500)) == rows(listing(browser, "?shown=2"))
