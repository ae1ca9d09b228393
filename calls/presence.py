"""What each operator is doing, and so who is a member of which queue.

Rules: she is in the line only after signing on; a break keeps her a member, paused, so that callers still wait for
her return, and one asked for during a call begins after it; a conversation is followed by after-call work, from which
she returns by herself; letting a call ring out makes her `unanswered` until she presses one key; a telephone out of
reach for long signs her off. At most one row of a person is open (the database holds it); every change closes one row and
opens the next in one transaction. Pages write here, the scheduler makes Asterisk agree: nothing here talks to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from peewee import Expression, Field, fn

from calls import conversations
from models import AutomaticMode, Phone, Presence, Queue, QueueOperator, Telephone, User, database, utcnow
from settings import Settings

READY, UNANSWERED, AFTER_CALL = "ready", "unanswered", "after_call"
RESERVE_PAUSE = "reserve"  # why a member of the reserve is paused who is ready
BREAKS = ("rest", "meal", "training", "technical")
RESTS = ("rest", "meal")
SIGNED_OFF, UNREACHABLE = "signed-off", "unreachable"
CALLBACK_PAUSE = "callback"  # why a member is paused while a callback of hers runs

Place = tuple[str, str]  # (queue name, interface) in Asterisk


class NotAllowed(Exception):
    """The change makes no sense for this person now; reason: not-signed-on, no-queue, unknown-kind, not-after-call."""

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
    """A break of one of BREAKS, after the call she has. Raises NotAllowed when she is signed off or there is no such."""
    if kind not in BREAKS:
        raise NotAllowed("unknown-kind")
    with database.atomic():
        row = current(user)
        if row is None or row.kind != READY or not conversations.is_busy(user):
            return _from_signed_on(user, kind, at)
        Presence.update(next_kind=kind).where(Presence.id == row.id).execute()
        return current(user)


def wind_up(user: User | int, ended_at: dt.datetime, returns_at: dt.datetime) -> bool:
    """A conversation of hers is over: after-call work begins, or the break she asked for. False when she was not ready
    then, or is again since, or speaks already with the next."""
    with database.atomic():
        row = current(user)
        if row is None or row.kind != READY or row.starts_at >= ended_at or conversations.is_busy(user):
            return False
        _begin(user, row.next_kind or AFTER_CALL, ended_at, None if row.next_kind else returns_at)
    return True


def need_longer(user: User | int) -> Presence:
    """After-call work goes on until she says that she is ready. Raises NotAllowed when she is at something else."""
    hers = (Presence.user == user) & Presence.ends_at.is_null() & (Presence.kind == AFTER_CALL)
    if Presence.update(returns_at=None).where(hers).execute() != 1:
        raise NotAllowed("not-after-call")
    return current(user)


def move_on(now: dt.datetime) -> None:
    """Begin what begins by itself: her return from after-call work, a break asked for during a call now over."""
    for row in signed_on():
        if row.returns_at and row.returns_at <= now:
            _follow_on(row, READY, now)
        elif row.next_kind and not conversations.is_busy(row.user):
            _follow_on(row, row.next_kind, now)


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


def _begin(user: User | int, kind: str, at: dt.datetime, returns_at: dt.datetime | None = None) -> Presence:
    """The open row of this kind; pressing the same key twice changes nothing, but takes back a break asked for."""
    with database.atomic():
        row = current(user)
        if row is not None and row.kind == kind:
            Presence.update(next_kind="").where((Presence.id == row.id) & (Presence.next_kind != "")).execute()
            return current(user)
        _end(user, kind, at)
        return Presence.create(user=user, kind=kind, starts_at=at, returns_at=returns_at)


def _follow_on(row: Presence, kind: str, at: dt.datetime) -> None:
    """What follows a row by itself, if it is still open and as it was."""
    with database.atomic():
        now = current(row.user)
        if now and (now.id, now.returns_at, now.next_kind) == (row.id, row.returns_at, row.next_kind):
            _begin(row.user, kind, at)


def _end(user: User | int, because: str, at: dt.datetime) -> bool:
    open_row = (Presence.user == user) & Presence.ends_at.is_null()
    return Presence.update(ends_at=at, ended_because=because).where(open_row).execute() == 1


def work_began(user: User | int, since: dt.datetime) -> dt.datetime | None:
    """When she last came to work, from signing on or from one of RESTS, at the earliest in a row begun at `since`."""
    rows = (Presence.user == user) & (Presence.starts_at >= since)
    pause = Presence.kind.in_(RESTS) | Presence.ended_because.not_in(Presence.KINDS)
    pauses = Presence.select(fn.MAX(Presence.ends_at)).where(rows & pause & Presence.ends_at.is_null(False))
    at_work = rows & (Presence.starts_at >= fn.COALESCE(pauses, ""))
    return Presence.select(fn.MIN(Presence.starts_at)).where(at_work).scalar()


def rest_is_due(user: User | int, now: dt.datetime, settings: Settings) -> bool:
    """Whether she has worked rest_after_minutes without a rest; when to offer it is the desk's question."""
    began = work_began(user, now - dt.timedelta(hours=24))
    return began is not None and now - began >= dt.timedelta(minutes=settings.rest_after_minutes)


# --- what the line must look like ------------------------------------------------------------------------------


def line_now(
    dialling: Iterable[int] = (),
    held: frozenset[int] = frozenset(),
    apart: frozenset[int] = frozenset(),
    present: Iterable[Presence] | None = None,
) -> dict[Place, Member]:
    """The members the queues must have now.

    dialling: ids of users whose callback is under way; held: of the reserve who are not needed yet; apart: who of it
    must not be rung for everybody in the line; present: who counts as present, None for everybody who is signed on.
    """
    operators = (
        QueueOperator.select(QueueOperator, Queue, User)
        .join(Queue)
        .switch(QueueOperator)
        .join(User)
        .where(User.is_active, _has_telephone(User.id))
    )
    willing = AutomaticMode.select(AutomaticMode.user).where(AutomaticMode.ends_at.is_null()).tuples()
    present = signed_on() if present is None else present
    wanted = wanted_members(present, operators, frozenset(dialling), frozenset(user for (user,) in willing))
    return in_reserve(
        wanted, {operator.user_id: operator.reserve_name for operator in operators if operator.penalty}, held, apart
    )


def in_reserve(
    wanted: dict[Place, Member], own: dict[int, str], held: frozenset[int], apart: frozenset[int]
) -> dict[Place, Member]:
    """The same members, those of the reserve paused while they are held back; who stands apart is paused always, and
    in a queue of her own (own: its name, by User.id) as she is."""
    made = {}
    for place, member in wanted.items():
        user = user_of(place[1])
        if user in own and user in apart:
            made[(own[user], place[1])] = replace(member, penalty=0)
        if user in own and user in held | apart and not member.paused:
            member = replace(member, paused=True, reason=RESERVE_PAUSE)
        made[place] = member
    return made


def patient(present: Iterable[Presence], now: dt.datetime, settings: Settings) -> list[Presence]:
    """Without those who let a call ring out long ago: nobody shall wait for them alone."""
    gone = now - dt.timedelta(seconds=settings.unanswered_seconds)
    return [row for row in present if row.kind != UNANSWERED or row.starts_at > gone]


def has_telephone(user: User | int) -> bool:
    """Whether a call can reach user at all: by the browser of an open log-in or by a SIP telephone."""
    return User.select().where(User.id == user, _has_telephone(User.id)).exists()


def _has_telephone(user_id: Field) -> Expression:
    browsers = Telephone.select(Telephone.user).where(Telephone.ends_at.is_null())
    return user_id.in_(browsers) | user_id.in_(Phone.select(Phone.user))


def wanted_members(
    presences: Iterable[Presence],
    operators: Iterable[QueueOperator],
    dialling: frozenset[int] = frozenset(),
    willing: frozenset[int] = frozenset(),
) -> dict[Place, Member]:
    """Who must be in which queue: nobody who has not signed on; paused unless ready and not in a callback.

    willing: ids of users in automatic mode, who serve the queue behind the line too.
    """
    kinds = {presence.user_id: presence.next_kind or presence.kind for presence in presences}
    return {
        (queue, interface(operator.user_id)): _member(
            operator.penalty, kinds[operator.user_id], operator.user_id in dialling
        )
        for operator in operators
        if operator.user_id in kinds
        for queue in _queues(operator, willing)
    }


def _queues(operator: QueueOperator, willing: frozenset[int]) -> tuple[str, ...]:
    line, automatic = operator.queue.pbx_name, operator.queue.automatic_name
    return (line, automatic) if operator.user_id in willing else (line,)


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
