"""What the nightly look through the books found, kept: the coordinator's page shows the last one, a notice tells of it.

A look only reads the books; what is wrong stays so until somebody restores a copy or explains it, and the next look
says whether it has gone.
"""

from __future__ import annotations

import datetime as dt
import logging

from ledger import checks
from ledger.checks import Fault
from models import BooksFault, BooksLook, database

log = logging.getLogger(__name__)
FAULTS_MOST = 50  # that are kept of one look; a broken chain has thousands


def look(now: dt.datetime) -> int:
    """Look through the books, tell the log and keep what was found; how many faults."""
    found = checks.faults()
    for fault in found[:FAULTS_MOST]:
        log.error("the books are wrong: %s", fault)
    with database.atomic():
        made = BooksLook.create(at=now, rules=len(checks.CHECKS), wrong=len(found))
        for fault in found[:FAULTS_MOST]:
            BooksFault.create(look=made, rule=fault.check, about=fault.about, expected=str(fault.expected),
                              actual=str(fault.actual), difference_minor=fault.difference)  # fmt: skip
    return len(found)


def last() -> BooksLook | None:
    """The newest look; None when the books were never looked through."""
    return BooksLook.select().order_by(BooksLook.id.desc()).first()


def faults(of: BooksLook) -> list[Fault]:
    """What a look found, as checks.py told it; FAULTS_MOST at most."""
    return [
        Fault(row.rule, row.about, _value(row.expected, row), _value(row.actual, row))
        for row in of.faults.order_by(BooksFault.id)
    ]


def _value(kept: str, row: BooksFault) -> int | str:
    return kept if row.difference_minor is None else int(kept)
