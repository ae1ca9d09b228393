"""What each operator is doing, and so who is a member of which queue.

Rules: she is in the line only after signing on; a break keeps her a member, paused, so that callers still wait for
her return; letting a call ring out makes her `unanswered` until she presses one key; a telephone out of reach for
long signs her off. At most one row of a person is open (the database holds it); every change closes one row and
opens the next in one transaction. Pages write here, the scheduler makes Asterisk agree: nothing here talks to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models import Phone, Presence, Queue, QueueOperator, User, database, utcnow

READY, UNANSWERED = "ready", "unanswered"
BREAKS = ("rest", "meal", "training", "technical")
SIGNED_OFF, UNREACHABLE = "signed-off", "unreachable"
CALLBACK_PAUSE = "callback"  # why a member is paused while a callback of hers runs

Place = tuple[str, str]  # (queue name, interface) in Asterisk


class NotAllowed(Exception):
    """The change makes no sense for this person now; reason: not-signed-on, no-queue, unknown-kind."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Member:
    """How an operator stands in a queue: penalty 0 is rung first; reason is why she is paused, else ""."""

    penalty: int
    paused: bool
    reason: str


@dataclass(frozen=True)
class Change:
    """One thing to do in Asterisk. action: add, remove, pause (and unpause), penalty."""

    action: str
    queue: str
    interface: str
    member: Member


# --- what people do ------------------------------------------------------------------------------------------


def current(user: User | int) -> Presence | None:
    """The person's open row; None when signed off."""
    return Presence.get_or_none((Presence.user == user) & Presence.ends_at.is_null())


def signed_on() -> list[Presence]:
    """Every open row with its user, who signed on first comes first."""
    open_rows = Presence.select(Presence, User).join(User).where(Presence.ends_at.is_null())
    return list(open_rows.order_by(Presence.starts_at, Presence.id))


def sign_on(user: User | int, at: dt.datetime | None = None) -> Presence:
    """Ready for calls, from whatever was before. Raises NotAllowed when she serves no queue."""
    if not QueueOperator.select().where(QueueOperator.user == user).exists():
        raise NotAllowed("no-queue")
    return _begin(user, READY, at or utcnow())


def ready(user: User | int, at: dt.datetime | None = None) -> Presence:
    """Back from a break or an unanswered call. Raises NotAllowed when she is signed off."""
    return _from_signed_on(user, READY, at)


def take_break(user: User | int, kind: str, at: dt.datetime | None = None) -> Presence:
    """A break of one of BREAKS. Raises NotAllowed when she is signed off or there is no such kind."""
    if kind not in BREAKS:
        raise NotAllowed("unknown-kind")
    return _from_signed_on(user, kind, at)


def sign_off(user: User | int, because: str = SIGNED_OFF, at: dt.datetime | None = None) -> bool:
    """Leave every queue; False when she had left already."""
    return _end(user, because, at or utcnow())


def rang_out(user: User | int, at: dt.datetime | None = None) -> bool:
    """She let a call ring out: ready becomes unanswered. False when she was not ready, or is again since `at`."""
    at = at or utcnow()
    with database.atomic():
        row = current(user)
        if row is None or row.kind != READY or row.starts_at > at:
            return False
        _begin(user, UNANSWERED, at)
    return True


def last_ended(user: User | int) -> Presence | None:
    """The row that ended last: its ended_because tells a signed-off person why."""
    ended = Presence.select().where((Presence.user == user) & Presence.ends_at.is_null(False))
    return ended.order_by(Presence.ends_at.desc(), Presence.id.desc()).first()


def _from_signed_on(user: User | int, kind: str, at: dt.datetime | None) -> Presence:
    with database.atomic():
        if current(user) is None:
            raise NotAllowed("not-signed-on")
        return _begin(user, kind, at or utcnow())


def _begin(user: User | int, kind: str, at: dt.datetime) -> Presence:
    """The open row of this kind; pressing the same key twice changes nothing."""
    with database.atomic():
        row = current(user)
        if row is not None and row.kind == kind:
            return row
        _end(user, kind, at)
        return Presence.create(user=user, kind=kind, starts_at=at)


def _end(user: User | int, because: str, at: dt.datetime) -> bool:
    open_row = (Presence.user == user) & Presence.ends_at.is_null()
    return Presence.update(ends_at=at, ended_because=because).where(open_row).execute() == 1


# --- what the line must look like ------------------------------------------------------------------------------


def line_now(dialling: Iterable[int] = ()) -> dict[Place, Member]:
    """The members the queues must have now; dialling: ids of users whose callback is under way."""
    operators = (
        QueueOperator.select(QueueOperator, Queue, User, Phone)
        .join(Queue)
        .switch(QueueOperator)
        .join(User)
        .join(Phone)
        .where(User.is_active)
    )
    return wanted_members(signed_on(), operators, frozenset(dialling))


def wanted_members(
    presences: Iterable[Presence], operators: Iterable[QueueOperator], dialling: frozenset[int] = frozenset()
) -> dict[Place, Member]:
    """Who must be in which queue: nobody who has not signed on; paused unless ready and not in a callback."""
    kinds = {presence.user_id: presence.kind for presence in presences}
    return {
        (operator.queue.pbx_name, interface(operator.user_id)): _member(
            operator.penalty, kinds[operator.user_id], operator.user_id in dialling
        )
        for operator in operators
        if operator.user_id in kinds
    }


def _member(penalty: int, kind: str, in_callback: bool) -> Member:
    if kind != READY:
        return Member(penalty, paused=True, reason=kind)
    return Member(penalty, paused=in_callback, reason=CALLBACK_PAUSE if in_callback else "")


def changes(wanted: dict[Place, Member], actual: dict[Place, Member]) -> list[Change]:
    """What turns the queues as they are into what they must be; who leaves first, then who comes."""
    return list(_changes(wanted, actual))


def _changes(wanted: dict[Place, Member], actual: dict[Place, Member]) -> Iterator[Change]:
    for place in sorted(actual.keys() - wanted.keys()):
        yield Change("remove", *place, actual[place])
    for place in sorted(wanted.keys() - actual.keys()):
        yield Change("add", *place, wanted[place])
    for place in sorted(wanted.keys() & actual.keys()):
        want, have = wanted[place], actual[place]
        if want.penalty != have.penalty:
            yield Change("penalty", *place, want)
        if (want.paused, want.reason) != (have.paused, have.reason if have.paused else ""):
            yield Change("pause", *place, want)


def interface(user_id: int) -> str:
    """The name of an operator's telephone in Asterisk."""
    return f"PJSIP/op-{user_id}"


def user_of(interface_name: str) -> int | None:
    """Whose telephone this is; None when it is nobody's of ours."""
    kind, _, number = interface_name.partition("/op-")
    return int(number) if kind == "PJSIP" and number.isdigit() else None
