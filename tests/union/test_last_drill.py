"""How it stands with the rehearsals of the last resort, when one is due, and who begins it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

import settings as spilka
from models import AuditEntry, Did, Drill, Queue, Shop, Trunk, User, utcnow
from union import last_drill
from union.audit import Actor

KYIV = ZoneInfo("Europe/Kyiv")
NIGHT = dt.datetime(2026, 11, 22, 5, 10, tzinfo=KYIV)


@pytest.fixture
def number(db) -> Did:
    """A number that customers ring."""
    shop = Shop.create(name="Чай", queue=Queue.create(name="Усі"))
    return Did.create(number="+380442000001", shop=shop, trunk=Trunk.create(name="Тест"))


def of(days_ago: float, fault: str = "", now: dt.datetime = NIGHT) -> Drill:
    at = (now - dt.timedelta(days=days_ago)).astimezone(dt.UTC)
    return Drill.create(wanted_at=at, starts_at=at, ends_at=at, fault=fault)


def settings(**changed) -> spilka.Settings:
    return spilka.Settings(secret_key="s" * 32, ami_secret="a" * 16, **changed)


@pytest.mark.parametrize(
    ("past", "ills"),
    [
        ([], ("none",)),
        ([(29, "")], ()),
        ([(31, "")], ("late",)),
        ([(3, ""), (2, "calls")], ("failed",)),
        ([(40, "shops")], ("failed", "late")),
        ([(40, "calls"), (2, "")], ()),
    ],
)
def test_what_is_wrong_is_what_the_last_one_said_and_its_age(db, past, ills):
    for days_ago, fault in past:
        of(days_ago, fault)
    assert last_drill.standing(NIGHT.astimezone(dt.UTC)).ills == ills


@pytest.mark.parametrize(
    ("past", "at", "days", "is_due"),
    [
        ([], NIGHT, 28, True),
        ([], NIGHT.replace(hour=11), 28, False),
        ([], NIGHT.replace(hour=3), 28, False),
        ([], NIGHT, 0, False),
        ([(27, "")], NIGHT, 28, False),
        ([(28, "")], NIGHT, 28, True),
        ([(1, "calls")], NIGHT, 28, True),
    ],
)
def test_it_is_due_at_night_when_the_last_is_old_or_failed(number, past, at, days, is_due):
    for days_ago, fault in past:
        of(days_ago, fault)
    assert last_drill.is_due(at, settings(drill_days=days)) is is_due


def test_it_is_not_due_where_nobody_can_call(db):
    assert not last_drill.is_due(NIGHT, settings())


def test_a_wish_is_one_however_often_it_is_made_and_is_told_in_the_journal(number):
    user = User.create(email="c@spilka.example", name="Тарас", password_hash="x")
    first = last_drill.want(user, Actor(user), utcnow())
    assert last_drill.want(user, Actor(user), utcnow()) == first
    assert [entry.action for entry in AuditEntry.select()] == ["drill.want"]
    assert not last_drill.is_due(NIGHT, settings())


def test_of_two_that_would_begin_it_one_does(db):
    user = User.create(email="c@spilka.example", name="Тарас", password_hash="x")
    wish = last_drill.want(user, Actor(user), utcnow())
    assert [last_drill.start(Drill.get_by_id(wish.id), utcnow()) for _ in range(2)] == [True, False]
