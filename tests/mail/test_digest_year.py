"""Four hundred days of every letter, across both clock changes, with everything that goes wrong on a cheap box.

Three schedulers run by mistake, each as a thread with a connection of its own; the box is off for hours and for days;
processes die between any two steps. A real SMTP server counts what it accepted.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

import models
from ledger import periods
from mail import digest_choices, digests, hers, monthly, outbox, weekly
from mail.digest_choices import Choice
from models import Callback, Outbox, Run, utcnow
from tests.web import seed, seed_money
from union import audit

SCHEDULERS = 3
FIRST = dt.date(2026, 2, 1)
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
REASONS = {"off", "not_chosen", "late", "no_calls"}
WRITERS = (digests, weekly, monthly, hers)


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
    """When the schedulers look, in order: now and then hours or days without any; to the end of all that was begun."""
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
    now = start + dt.timedelta(days=days, hours=9)
    while Run.select().where(Run.ended_at.is_null() | (Run.fault != "")).exists():
        now += dt.timedelta(hours=3)
        yield now


def all_at_once(now: dt.datetime, settings) -> None:
    """Each scheduler by itself does what is due at this instant."""
    start = threading.Barrier(SCHEDULERS)

    def scheduler() -> None:
        with models.database.connection_context():
            start.wait()
            try:
                for writer in random.sample(WRITERS, len(WRITERS)):
                    writer.queue_due(now, settings)
            except Killed:
                return
            outbox.send_due(utcnow(), settings)

    threads = [threading.Thread(target=scheduler) for _ in range(SCHEDULERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_letter_is_accepted_once_and_none_is_missing_without_a_reason(
    settings, change, tmp_path, post, times, deadly
):
    settings = change(settings, smtp_unknown_seconds=300, smtp_seconds=20)
    whose = readers(tmp_path)
    for first, days in stretches(times(400)):
        Run.delete().execute()
        Outbox.delete().execute()
        post.taken.clear()
        for now in moments(first, days, random.Random(7)):
            periods.close_due(now, settings)
            all_at_once(now, settings)
        while Outbox.select().where(Outbox.due_at.is_null(False)).exists():
            outbox.send_due(utcnow(), settings)
        check(whose, post.taken)


def readers(tmp_path) -> set[str]:
    """A union of which there is something to tell every day; one owner wants no letter of the month. Whose jobs run."""
    cast = seed.union(tmp_path / "prompts")
    for shop, key in ((cast.tea, "t.1"), (cast.soap, "s.1")):
        seed.call(shop, key, None, utcnow(), "closed")
    long_ago = dt.datetime.combine(FIRST, dt.time(), dt.UTC)
    Callback.create(shop=cast.tea, did=cast.did, customer=seed.CUSTOMERS[0], opened_at=long_ago, due_at=long_ago)
    seed_money.item("Сервер", "server", 50_000, {"kind": "split", "basis": "equal"}, FIRST)
    digest_choices.choose(cast.other_owner, cast.soap, "daily", Choice(True, 23, (0, 1, 2, 3, 4)), audit.BOX)
    digest_choices.turn_off(cast.other_owner, cast.soap, "monthly", audit.BOX)
    of_shops = ((cast.tea, cast.owner), (cast.soap, cast.other_owner))
    return {
        *(f"{kind}:{shop.id}:{owner.id}" for kind in ("digest", "week", "monthly") for shop, owner in of_shops),
        *(f"hers:0:{user.id}" for user in (cast.operator, cast.trainee)),
        f"health:0:{cast.coordinator.id}",
    }


def check(whose: set[str], taken: Counter[str]) -> None:
    """Without a gap, each date has a run that is over, and each letter was accepted exactly once."""
    written = Counter()
    for job in whose:
        runs = list(Run.select().where(Run.job == job).order_by(Run.local_date))
        dates = [run.local_date for run in runs]
        assert dates == list(following(dates[0], len(dates), 31 if job.startswith("monthly") else 1)), job
        assert [run for run in runs if run.ended_at is None or run.fault] == []
        assert {run.outcome for run in runs} <= REASONS | {"1"}
        written[job.partition(":")[0]] += sum(run.outcome == "1" for run in runs)
    assert {run.job for run in Run.select()} == whose
    assert set(taken.values()) == {1} and all(written.values()), written
    assert len(taken) == written.total() == Outbox.select().count()


def following(first: dt.date, count: int, days: int) -> Iterator[dt.date]:
    """So many dates, a day or (31 days) a month apart."""
    for _ in range(count):
        yield first
        first += dt.timedelta(days=days)
        first = first.replace(day=1) if days > 1 else first
