"""Keep Asterisk's queues as presence says: the scheduler's hand on the line.

`keep()` is called after every change and asks Asterisk only when there is a reason: somebody's presence changed, a
member let a call ring out, the connection is new, or it is time to compare everything anyway. What Asterisk alone
knows goes the other way: a member it paused by itself did not answer; one whose telephone it has not reached for
long is signed off. Nothing is remembered that a restart may not lose.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable

from calls import overflow, presence, reserve, shift
from calls.presence import Change, Member, Place
from models import Attempt, Placeholder, User, utcnow
from pbx.ami import Ami, AmiError, QueueMember
from pbx.names import AUTO_PAUSE
from settings import Settings

log = logging.getLogger(__name__)
UNREACHABLE_STATES = (4, 5)  # Asterisk's device states: invalid, unavailable


class Members:
    """The membership of every queue. monotonic is the clock of waits; tests give their own."""

    def __init__(self, ami: Ami, settings: Settings, monotonic: Callable[[], float] = time.monotonic):
        self.ami, self.settings, self.monotonic = ami, settings, monotonic
        self.done: tuple | None = None  # for which connection and which members the queues were last made right
        self.due = 0.0
        self.silent_since: dict[int, float] = {}  # user id -> when her telephone was first found out of reach

    def is_due(self) -> bool:
        """Whether it is time to compare everything, reason or none."""
        return self.monotonic() >= self.due

    def keep(self, news: Iterable[dict[str, str]] = ()) -> None:
        """Compare and correct, if there is a reason to; news: what Asterisk told unasked. Raises AmiError."""
        asked_away = any(event.get("PausedReason") == AUTO_PAUSE for event in news)
        wanted = self.wanted()
        if asked_away or self.done != (self.ami.connections, wanted) or self.is_due():
            self.reconcile()

    def are_right(self) -> bool:
        """Whether the queues were made what presence says now: whoever waits in one without a member is thrown out."""
        return self.done == (self.ami.connections, self.wanted())

    def wanted(self) -> dict[Place, Member]:
        """The members the queues must have now."""
        now = utcnow()
        present = presence.patient(presence.signed_on(), now, self.settings)
        return presence.line_now(dialling(), overflow.held_back(now), reserve.apart(reserve.releases()), present)

    def reconcile(self) -> None:
        """Make every queue right, whatever was done before. Raises AmiError."""
        self.due = self.monotonic() + self.settings.reconcile_seconds
        found = self.ami.queue_members()
        for member in found:
            self.notice(member)
        self.sign_off_the_silent(found)
        wanted = self.wanted()
        for change in presence.changes(wanted, actual(found)):
            carry_out(self.ami, change)
        self.done = (self.ami.connections, wanted)

    def notice(self, member: QueueMember) -> None:
        """A member whom the queue itself paused let a call ring out."""
        user = presence.user_of(member.interface)
        if user and member.paused and member.reason == AUTO_PAUSE:
            # told in whole seconds: at most a second after what is told
            at = min(utcnow(), dt.datetime.fromtimestamp(member.paused_at + 1, dt.UTC))
            if presence.rang_out(user, at):
                log.info("operator %s let a call ring out", user)

    def sign_off_the_silent(self, members: Iterable[QueueMember]) -> None:
        """Whose telephone has been out of reach for unreachable_seconds leaves the line, with the reason."""
        silent = {presence.user_of(m.interface) for m in members if m.status in UNREACHABLE_STATES} - {None}
        now = self.monotonic()
        self.silent_since = {user: self.silent_since.get(user, now) for user in silent}
        for user, since in self.silent_since.items():
            if now - since >= self.settings.unreachable_seconds and presence.current(user):
                log.info("operator %s is signed off: her telephone cannot be reached", user)
                shift.end(User.get_by_id(user), presence.UNREACHABLE)


def dialling() -> frozenset[int]:
    """Users with a callback under way, from the wish to the end: meanwhile the line does not ring them.

    Not those whom the line itself rang for a kept place: it knows that they are busy."""
    by_hand = Attempt.public_id.not_in(Placeholder.select(Placeholder.public_id))
    rows = Attempt.select(Attempt.user).where(Attempt.ended_at.is_null() & by_hand).distinct().tuples()
    return frozenset(user for (user,) in rows)


def actual(members: Iterable[QueueMember]) -> dict[Place, Member]:
    return {(m.queue, m.interface): Member(m.penalty, m.paused, m.reason) for m in members}


def carry_out(ami: Ami, change: Change) -> None:
    """Do one change; one that Asterisk refuses (a queue not loaded yet) is logged and comes again next time."""
    queue, name, member = change.queue, change.interface, change.member
    try:
        if change.action == "remove":
            ami.queue_remove(queue, name)
        elif change.action == "add":
            ami.queue_add(queue, name, member.penalty, member.paused, member.reason)
        elif change.action == "penalty":
            ami.queue_penalty(queue, name, member.penalty)
        else:
            ami.queue_pause(queue, name, member.paused, member.reason)
    except AmiError as refusal:
        if not refusal.permanent:
            raise
        log.warning("%s %s in %s: %s", change.action, name, queue, refusal)
