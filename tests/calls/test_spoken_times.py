"""When a customer will be called, said in recorded pieces."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from calls.spoken_times import next_call
from pbx import names

KYIV = ZoneInfo("Europe/Kyiv")
NOW = dt.datetime(2026, 11, 20, 19, 30, tzinfo=KYIV)  # a Friday


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        ((20, 21, 0), "will-call-today hour-21"),
        ((21, 9, 0), "will-call-tomorrow hour-9"),
        ((21, 9, 30), "will-call-tomorrow hour-9 minute-30"),
        ((23, 10, 0), "will-call-monday hour-10"),
        ((26, 8, 15), "will-call-thursday hour-8 minute-15"),
        ((27, 9, 0), "will-call-first-day"),
        ((30, 9, 0), "will-call-first-day"),
    ],
)
def test_it_is_said_as_people_say_it(opens, said):
    day, hour, minute = opens
    assert " ".join(next_call(dt.datetime(2026, 11, day, hour, minute, tzinfo=KYIV), NOW, KYIV)) == said


def test_at_once_or_never_is_not_said():
    assert next_call(NOW, NOW, KYIV) == next_call(None, NOW, KYIV) == ()


def test_a_time_between_two_fives_is_said_as_the_later_even_past_midnight():
    at = dt.datetime(2026, 11, 20, 23, 58, tzinfo=KYIV)
    assert next_call(at, NOW, KYIV) == ("will-call-tomorrow", "hour-0")


def test_it_is_said_in_the_shops_zone():
    at = dt.datetime(2026, 11, 20, 23, 0, tzinfo=dt.UTC)  # one in the morning in Kyiv
    assert next_call(at, NOW, KYIV) == ("will-call-tomorrow", "hour-1")


def test_every_minute_of_a_fortnight_has_its_recorded_pieces():
    for minutes in range(0, 14 * 1440, 7):
        pieces = next_call(NOW + dt.timedelta(minutes=minutes + 1), NOW, KYIV)
        assert pieces and set(pieces) <= set(names.TIMES)
