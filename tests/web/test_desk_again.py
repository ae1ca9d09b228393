"""A call promised from the desk: the shop's time, moved into its hours and said so, refused in words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from models import Callback, CallRequest, Outcome, utcnow
from tests.web import seed

HX = {"HX-Request": "true"}
LIVE = "/desk/calls/live.1"
KYIV = ZoneInfo("Europe/Kyiv")


@pytest.fixture
def live(cast):
    seed.calls(cast)
    seed.alive(cast)


def next_weekday(hour: int) -> dt.datetime:
    """The next Wednesday at this hour in Kyiv."""
    day = utcnow().astimezone(KYIV).date() + dt.timedelta(days=1)
    while day.weekday() != 2:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour), KYIV)


def ask(browser, at: str):
    return browser.post(f"{LIVE}/again", data={"at": at}, headers=HX)


def test_the_key_asks_when_and_the_time_becomes_a_callback_due_then(as_, live):
    browser, at = as_("operator"), next_weekday(16)
    asked = browser.post(f"{LIVE}/outcome", data={"kind": "call_again"}, headers=HX).text
    assert 'name="at"' in asked and "data-focus" in asked
    answer = ask(browser, at.strftime("%Y-%m-%dT%H:%M"))
    assert answer.status_code == 200 and "16:00" in answer.text
    promised = Callback.get(Callback.customer == seed.CUSTOMERS[4], Callback.closed_at.is_null())
    assert promised.due_at == at and promised.requests.get().call_key == "live.1"
    assert Outcome.get(Outcome.call_key == "live.1").kind == "call_again"
    assert "16:00" in browser.get(LIVE).text


def test_a_time_out_of_hours_is_moved_and_said_so(as_, live):
    answer = ask(as_("operator"), next_weekday(3).strftime("%Y-%m-%dT%H:%M"))
    assert "09:00" in answer.text and "неробочий час" in answer.text


@pytest.mark.parametrize("at", ["", "never", "2020-01-01T10:00", "2099-01-01T10:00"])
def test_a_time_that_is_none_is_refused_beside_the_field_and_stays_typed(as_, live, at):
    answer = ask(as_("operator"), at)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert not CallRequest.select().exists() and not Outcome.select().exists()
