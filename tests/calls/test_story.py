"""A call told step by step, and a shop's log with what became of its missed calls."""

from __future__ import annotations

import datetime as dt

import pytest

from calls import call_log, story
from calls.call_log import Filter
from models import Call
from tests.web import seed


@pytest.fixture
def cast(db, tmp_path):
    cast = seed.union(tmp_path)
    seed.calls(cast)
    return cast


def test_an_answered_call_is_told_with_the_keys_words_and_who_picked_up(cast):
    call = Call.get(Call.key == "a7.1")
    told = [(round((step.at - call.arrived_at).total_seconds()), step.code, step.detail) for step in story.tell(call)]
    assert told == [
        (0, "arrived", ""), (2, "greeting", ""), (6, "key", "2 Доставка"), (8, "key", "1 Київ"), (10, "line", ""),
        (14, "rang", "Ірина Мороз"), (20, "waited", ""), (20, "picked_up", "Ірина Мороз"), (160, "ended", "operator"),
    ]  # fmt: skip


def test_a_story_holds_no_number_of_a_customer(cast):
    for call in Call.select():
        assert not any(call.customer and call.customer[-7:] in str(step) for step in story.tell(call))


def test_a_day_is_the_shops_own(cast):
    """23:30 in Kyiv is still that day, though it is the next but for two hours in UTC."""
    late = seed.call(cast.tea, "late.1", None, dt.datetime(2026, 11, 20, 21, 59, tzinfo=dt.UTC), "closed")
    day = dt.date(2026, 11, 20)
    assert late in call_log.calls(cast.tea, Filter(first=day, last=day), 10)
    assert late not in call_log.calls(cast.tea, Filter(first=day + dt.timedelta(days=1)), 50)


def test_the_log_goes_on_where_it_stopped(cast):
    whole = call_log.calls(cast.tea, Filter(), 50)
    first = call_log.calls(cast.tea, Filter(), 5)
    assert first + call_log.calls(cast.tea, Filter(), 50, before=first[-1].id) == whole


def test_another_shops_calls_are_never_in_it(cast):
    assert {call.shop_id for call in call_log.calls(cast.soap, Filter(), 50)} == {cast.soap.id}
    foreign = Call.get(Call.shop == cast.tea)
    assert call_log.calls(cast.soap, Filter(), 50, before=foreign.id) == call_log.calls(cast.soap, Filter(), 50)
