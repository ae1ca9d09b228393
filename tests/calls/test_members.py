"""What Asterisk tells of a member and what follows from it; the queues themselves are tried in tests/flows."""

from __future__ import annotations

import datetime as dt

import pytest

import models
import settings
from calls import presence
from calls.members import Members
from pbx.ami import QueueMember

SETTINGS = settings.load({"SPILKA_SECRET_KEY": "k" * 40, "SPILKA_AMI_SECRET": "a" * 20})
NOON = dt.datetime(2026, 1, 21, 12, 0, 0, 500000, tzinfo=dt.UTC)


@pytest.fixture
def operator(db):
    queue = models.Queue.create(name="all shops")
    user = models.User.create(email="o@example.com", name="o", password_hash="x")
    models.Phone.create(user=user, secret="s" * 20)
    models.QueueOperator.create(queue=queue, user=user)
    presence.sign_on(user, NOON)
    return user


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def members(clock):
    """Its connection is never used here: no method that asks Asterisk is called."""
    return Members(None, SETTINGS, lambda: clock[0])


def member(user, status: int = 1, paused: bool = False, reason: str = "", paused_at: int = 0) -> QueueMember:
    return QueueMember("line-1", presence.interface(user.id), 0, paused, reason, paused_at, status)


def test_a_telephone_must_be_out_of_reach_for_the_whole_time(members, clock, operator):
    for second, status in ((0, 5), (20, 5), (25, 1), (26, 5), (50, 5), (55, 4)):
        clock[0] = second
        members.sign_off_the_silent([member(operator, status)])
        assert presence.current(operator), second
    clock[0] = 57
    members.sign_off_the_silent([member(operator, 5)])
    assert presence.current(operator) is None
    assert presence.last_ended(operator).ended_because == "unreachable"


@pytest.mark.parametrize(
    ("paused", "reason", "seconds", "kind"),
    [
        (True, "Auto-Pause", 60, "unanswered"),
        (True, "Auto-Pause", 0, "unanswered"),  # told in whole seconds, so perhaps in the same one
        (True, "Auto-Pause", -60, "ready"),  # older than her return
        (True, "meal", 60, "ready"),
        (False, "Auto-Pause", 60, "ready"),
    ],
)
def test_only_a_pause_of_the_queues_own_since_she_is_ready_means_unanswered(
    members, operator, paused, reason, seconds, kind
):
    members.notice(member(operator, 1, paused, reason, int(NOON.timestamp()) + seconds))
    assert presence.current(operator).kind == kind


def test_a_stranger_among_the_members_is_no_fault(members, db):
    stranger = QueueMember("line-1", "Local/x", 0, True, "Auto-Pause", 1, 5)
    members.notice(stranger)
    members.sign_off_the_silent([stranger])
