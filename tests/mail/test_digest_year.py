"""Four hundred days of digests, across both clock changes, with everything that goes wrong on a cheap box.

Three schedulers run by mistake, each as a thread with a connection of its own; the box is off for hours and for days;
processes die between any two steps. A real SMTP server counts what it accepted.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter

import pytest

import models
from mail import digest_choices, digests, outbox
from mail.digest_choices import Choice
from models import Outbox, Run, utcnow
from tests.web import seed
from union import audit

SCHEDULERS = 3
FIRST = dt.date(2026, 2, 1)
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
REASONS = {"off", "not_chosen", "late"}


class Killed(BaseException):
    """The process is gone: nobody catches it, nothing is tidied up."""


@pytest.fixture
def deadly(monkeypatch):
    """About every tenth letter is the last thing its process does: before it is queued, or just after."""
    chance, queue = random.Random(400), outbox.queue

    def dying(*args, **kwargs):
        if chance.random() < 0.05:
            raise Killed
        mail = queue(*args, **kwargs)
        if chance.random() < 0.05:
            raise Killed
        return mail

    monkeypatch.setattr(outbox, "queue", dying)


def stretches(days: int) -> list[tuple[dt.date, int]]:
    """So many days in all: one stretch where it is long enough, else one about each clock change."""
    if days >= 400:
        return [(FIRST, days)]
    half = dt.timedelta(days=days // 4)
    return [(change - half, days // 2) for change in (SPRING, AUTUMN)]


def moments(first: dt.date, days: int, chance: random.Random):
    """When the schedulers look, in order: now and then a night, a day or a week without any."""
    off_until = None
    start = dt.datetime.combine(first, dt.time(), dt.UTC)
    for hour in range(days * 24 + 8):
        now = start + dt.timedelta(hours=hour, minutes=chance.randrange(60))
        if off_until and now < off_until:
            continue
        if chance.random() < 0.01:
            off_until = now + dt.timedelta(hours=chance.choice((1, 9, 30, 100)))
        elif chance.random() < 0.5:
            yield now
    yield from (start + dt.timedelta(days=days, hours=hour) for hour in (9, 12, 15, 18, 21))


def all_at_once(now: dt.datetime, settings) -> None:
    """Each scheduler by itself does what is due at this instant."""
    start = threading.Barrier(SCHEDULERS)

    def scheduler() -> None:
        with models.database.connection_context():
            start.wait()
            try:
                digests.queue_due(now, settings)
            except Killed:
                return
            outbox.send_due(utcnow(), settings)

    threads = [threading.Thread(target=scheduler) for _ in range(SCHEDULERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_digest_is_accepted_once_and_none_is_missing_without_a_reason(
    settings, change, tmp_path, post, times, deadly
):
    settings = change(settings, smtp_unknown_seconds=300, smtp_seconds=20)
    cast = seed.union(tmp_path / "prompts")
    for shop, key in ((cast.tea, "t.1"), (cast.soap, "s.1")):
        seed.call(shop, key, None, utcnow(), "closed")
    digest_choices.choose(cast.other_owner, cast.soap, "daily", Choice(True, 23, (0, 1, 2, 3, 4)), audit.BOX)
    whose = {f"digest:{cast.tea.id}:{cast.owner.id}", f"digest:{cast.soap.id}:{cast.other_owner.id}"}
    for first, days in stretches(times(400)):
        Run.delete().execute()
        Outbox.delete().execute()
        post.taken.clear()
        for now in moments(first, days, random.Random(7)):
            all_at_once(now, settings)
        outbox.send_due(utcnow(), settings)
        check(whose, post.taken)


def check(whose: set[str], taken: Counter[str]) -> None:
    """Without a gap, each date has a run that is over, and each letter was accepted exactly once."""
    written = 0
    for job in whose:
        runs = list(Run.select().where(Run.job == job).order_by(Run.local_date))
        dates = [run.local_date for run in runs]
        assert dates == [dates[0] + dt.timedelta(days=number) for number in range(len(dates))]
        assert [run for run in runs if run.ended_at is None or run.fault] == []
        assert {run.outcome for run in runs} <= REASONS | {"1"}
        written += sum(run.outcome == "1" for run in runs)
    assert {run.job for run in Run.select()} == whose
    assert set(taken.values()) == {1}
    assert len(taken) == written == Outbox.select().count()
