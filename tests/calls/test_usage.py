"""Hours are counted from presence, clipped to what is asked for."""

from __future__ import annotations

import datetime as dt

import models
from calls import presence, usage

NOON = dt.datetime(2026, 1, 21, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_hours_are_counted_by_kind_and_clipped_to_the_interval(db):
    user = models.User.create(email="o@example.com", name="o", password_hash="x")
    models.QueueOperator.create(queue=models.Queue.create(name="all"), user=user)
    presence.sign_on(user, NOON)
    presence.wind_up(user, NOON + HOUR, NOON + 2 * HOUR)
    presence.ready(user, NOON + 1.25 * HOUR)
    presence.take_break(user, "meal", NOON + 3 * HOUR)
    presence.sign_off(user, at=NOON + 4 * HOUR)
    presence.sign_on(user, NOON + 6 * HOUR)
    assert usage.presence_seconds(user, NOON, NOON + 7 * HOUR) == {"ready": 13500, "after_call": 900, "meal": 3600}
    assert usage.presence_seconds(user, NOON + 0.5 * HOUR, NOON + 1.5 * HOUR) == {"ready": 2700, "after_call": 900}
    assert usage.presence_seconds(user, NOON + 4 * HOUR, NOON + 6 * HOUR) == {}


def test_who_is_still_at_work_is_counted_until_now_and_not_into_the_future(db):
    user = models.User.create(email="o@example.com", name="o", password_hash="x")
    now = models.utcnow()
    models.Presence.create(user=user, kind="ready", starts_at=now - HOUR)
    assert 3600 <= usage.presence_seconds(user, now - 2 * HOUR, now + 5 * HOUR)["ready"] < 3660
