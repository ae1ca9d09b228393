"""Is the last resort rehearsed? What the coordinator's pages, the doctor and the mails ask; and the wish to do it.

A wish is a row that has not begun. Here it is written and claimed; what a drill does is in upkeep/drill.py.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from peewee import ModelSelect

from models import Did, Drill, Shop, User, database
from settings import Settings
from union import audit
from union.audit import Actor

LATE_DAYS = 30
QUIET_HOURS = range(4, 7)  # local: nobody calls, and clocks have changed
ILLS = ("none", "failed", "late")  # the most urgent first


@dataclass(frozen=True)
class Standing:
    """The drill that is wanted or going on, the last that is over, the last that went well; and what is wrong."""

    going: Drill | None
    last: Drill | None
    well: Drill | None
    ills: tuple[str, ...]


def standing(now: dt.datetime) -> Standing:
    """How it stands with the drills at this instant."""
    last, well = _over().first(), _over().where(Drill.fault == "").first()
    ills = set()
    if last is None:
        ills.add("none")
    else:
        ills |= {"failed"} if last.fault else set()
        ills |= {"late"} if now - last.starts_at > dt.timedelta(days=LATE_DAYS) else set()
    return Standing(open_one(), last, well, tuple(ill for ill in ILLS if ill in ills))


def open_one() -> Drill | None:
    """The drill that is wanted or going on; the one that goes on first."""
    return Drill.select().where(Drill.ends_at.is_null()).order_by(Drill.starts_at.is_null(), Drill.id).first()


def has_failed() -> bool:
    """Whether the last one that could be played found a caller left without what his shop chose."""
    last = _over().where(Drill.fault.in_(("", "calls", "shops"))).first()
    return last is not None and last.fault != ""


def is_due(local: dt.datetime, settings: Settings) -> bool:
    """Whether the timetable should rehearse at this local instant: at night, drill_days after the last, or it failed;
    in a union whose numbers are rung."""
    if not settings.drill_days or local.hour not in QUIET_HOURS or open_one() or not _has_numbers():
        return False
    last = _over().first()
    return last is None or bool(last.fault) or local - last.starts_at >= dt.timedelta(days=settings.drill_days)


def want(user: User, by: Actor, now: dt.datetime) -> Drill:
    """A wish that the scheduler carries out; the one there is already, if it has not ended."""
    with database.atomic():
        if going := open_one():
            return going
        audit.note(by, "drill.want", "union:1")
        return Drill.create(wanted_by=user, wanted_at=now)


def begin(now: dt.datetime) -> Drill:
    """A drill that nobody had to wish for."""
    return Drill.create(wanted_at=now, starts_at=now)


def start(drill: Drill, now: dt.datetime) -> bool:
    """Claim a wish; False when somebody else has it."""
    mine = Drill.id == drill.id, Drill.starts_at.is_null(), Drill.ends_at.is_null()
    claimed = Drill.update(starts_at=now).where(*mine).execute() == 1
    drill.starts_at = now
    return claimed


def _has_numbers() -> bool:
    return Did.select().join(Shop).where(Did.ends_at.is_null(), ~Shop.is_test).exists()


def _over() -> ModelSelect:
    return Drill.select().where(Drill.ends_at.is_null(False)).order_by(Drill.id.desc())
