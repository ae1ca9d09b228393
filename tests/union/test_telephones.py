"""A browser telephone lives as long as its log-in, and a person has one."""

from __future__ import annotations

import datetime as dt

import pytest

from models import Role, Session, Telephone, User, utcnow
from union import people, sessions, telephones
from union.audit import BOX


@pytest.fixture
def user(db):
    user = User.create(email="o@example.com", name="Оля", password_hash="x")
    people.give_role(user, "operator", None, BOX)
    return user


def log_in(user: User) -> Session:
    return Session.get(Session.token_hash == sessions.token_hash(sessions.start(user, "")))


def test_the_newest_log_in_takes_the_telephone(user):
    first, second = log_in(user), log_in(user)
    old, new = telephones.hand_out(first, BOX), telephones.hand_out(second, BOX)
    assert (telephones.of(first), telephones.of(second)) == (None, new)
    assert (old.secret, old.aor) != (new.secret, new.aor)
    sessions.end(first, BOX)
    assert telephones.of(second) == new


def test_a_new_password_ends_every_telephone_but_that_of_the_log_in_that_changed_it(user):
    own = log_in(user)
    telephones.hand_out(own, BOX)
    people.set_password(user, "dovhyi-parol-1", BOX, keep=own)
    assert telephones.of(own)
    people.set_password(user, "dovhyi-parol-2", BOX)
    assert telephones.of(own) is None


@pytest.mark.parametrize("what", ["nothing", "unused", "log-in ended", "locked out", "no role"])
def test_what_only_time_takes_falls_too(user, what):
    now, session = utcnow(), log_in(user)
    telephones.hand_out(session, BOX)
    if what == "unused":
        Session.update(seen_at=now - dt.timedelta(hours=73)).execute()
    elif what == "log-in ended":
        Session.update(ended_at=now).execute()
    elif what == "locked out":
        User.update(is_active=False).execute()
    elif what == "no role":
        Role.update(ends_at=now).execute()
    assert telephones.end_stale(now, hours=72) == (what != "nothing")
    assert Telephone.select().where(Telephone.ends_at.is_null()).exists() == (what == "nothing")
