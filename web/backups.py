"""Copies of the box: when the last one was made, where it is, whether it can be put back, and how."""

from __future__ import annotations

import re

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from models import Backup, Rehearsal, utcnow
from union import last_copy
from web.access import allow, settings

backups = Blueprint("backups", __name__)
SHOWN = 14

ILLS = {  # what is wrong, and what to do about it
    "none": (_l("There is no copy yet."), _l("The first one is made within the hour.")),
    "late": (_l("The last copy is too old."), _l("Is the scheduler running? The doctor says more.")),
    "no_room": (
        _l("There is no room for a copy."),
        _l("Give the server a larger disk, or mount another one for the copies."),
    ),
    "folder": (_l("The last copy could not be written."), _l("Ask the keeper of the box to run the doctor.")),
    "stopped": (_l("The last copy was interrupted."), _l("It is made again within the hour.")),
    "no_place": (
        _l("Copies are kept on this server only and would be lost with it."),
        _l("The keeper of the box runs the installer again with SPILKA_BACKUP_REPOSITORY and SPILKA_BACKUP_PASSWORD."),
    ),
    "outside": (
        _l("The last copy did not get to the place outside."),
        _l("It is tried again every hour. Is that place reachable, paid for, and the password right?"),
    ),
    "outside_late": (_l("The copy outside is too old."), _l("Newer ones are on this server only.")),
    "trial_failed": (
        _l("The last trial found that the copy cannot be relied on."),
        _l("The next copy is tried at once. If that one fails too, ask the keeper of the box to run the doctor."),
    ),
    "trial_late": (
        _l("No copy has been put back for trial for too long."),
        _l("Is the scheduler running? The doctor says more."),
    ),
}
STATES = {
    "no_room": _l("no room"),
    "folder": _l("could not be written"),
    "outside": _l("not outside"),
    "stopped": _l("interrupted"),
}
TRIALS = {
    "": _l("nothing was missing"),
    "none": _l("there was no copy"),
    "no_room": _l("no room to put it back"),
    "outside": _l("the copy outside could not be used"),
    "files": _l("files are damaged or missing"),
    "database": _l("the database could not be used"),
    "books": _l("the books in it are not in order"),
    "facts": _l("calls in it are not what their events tell"),
    "stopped": _l("interrupted"),
}


@backups.get("/backups")
@allow("coordinator")
def index():
    return render_template(
        "backups/index.html",
        standing=last_copy.standing(utcnow(), settings()),
        copies=Backup.select().order_by(Backup.id.desc()).limit(SHOWN),
        trials=Rehearsal.select().where(Rehearsal.ends_at.is_null(False)).order_by(Rehearsal.id.desc()).limit(5),
        place=without_secrets(settings().backup_repository),
        days=settings().backup_daily,
        ills=ILLS,
        states=STATES,
        trial_words=TRIALS,
    )


def without_secrets(repository: str) -> str:
    """A repository's name without an account and password that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", repository)
