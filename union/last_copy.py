"""Would a copy save the day? What the coordinator's page, the doctor and the mails ask of the rows of copies.

A copy on the same machine saves from a mistake only, so what counts is the copy outside, and that one has been put
back for trial. Here is asked, never done: copies are made by upkeep/backup.py.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from models import Backup, Rehearsal
from settings import Settings

LATE = dt.timedelta(hours=36)  # a night was left out
GRACE = dt.timedelta(days=2)  # a trial may wait for a better hour
ILLS = (  # the most urgent first
    "none", "late", "no_room", "folder", "stopped", "no_place", "outside", "outside_late",
    "trial_failed", "trial_late",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """The last of everything, and what is wrong: words of ILLS, in their order."""

    here: Backup | None
    outside: Backup | None
    tried: Backup | None
    trial: Rehearsal | None
    ills: tuple[str, ...]


def standing(now: dt.datetime, settings: Settings) -> Standing:
    """How it stands with the copies at this instant."""
    rows = Backup.select().order_by(Backup.id.desc())
    here = rows.where(Backup.taken_at.is_null(False)).first()
    outside = rows.where(Backup.outside_at.is_null(False)).first()
    tried = rows.where(Backup.ends_at.is_null(False)).first()
    trial = Rehearsal.select().where(Rehearsal.ends_at.is_null(False)).order_by(Rehearsal.id.desc()).first()
    found = {
        *_of_copies(here, tried, now),
        *_of_outside(outside, now, settings),
        *_of_trial(here, trial, now, settings),
    }
    return Standing(here, outside, tried, trial, tuple(ill for ill in ILLS if ill in found))


def _of_copies(here: Backup | None, tried: Backup | None, now: dt.datetime) -> set[str]:
    ills = {tried.fault} - {""} if tried else set()
    if here is None:
        return {*ills, "none"}
    return {*ills, "late"} if now - here.starts_at > LATE else ills


def _of_outside(outside: Backup | None, now: dt.datetime, settings: Settings) -> set[str]:
    if not settings.backup_repository:
        return {"no_place"}
    return {"outside_late"} if outside and now - outside.starts_at > LATE else set()


def _of_trial(here: Backup | None, trial: Rehearsal | None, now: dt.datetime, settings: Settings) -> set[str]:
    if trial is None:
        first = Backup.select().order_by(Backup.id).first()
        is_late = here is not None and now - first.starts_at > GRACE
        return {"trial_late"} if is_late else set()
    if trial.fault:
        return {"trial_failed"}
    return {"trial_late"} if now - trial.starts_at > dt.timedelta(days=settings.rehearsal_days) + GRACE else set()
