"""The raw rows of calls in the database: kept as they came, in file order, with rows of ours among them.

A connected set is every row whose linkedid is joined to another's by a channel they share: one story.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from calls.call_legs import Event, Restart
from models import CelRow, database
from pbx import names
from pbx.cel import Mark, Row

ASTERISKS, OURS = "cel", "spilka"  # whose row it is: CelRow.source
ASTERISK = "asterisk"  # the linkedid of rows about Asterisk itself

_COLUMNS = (
    "file_number", "offset", "source", "event", "name", "at", "cid_num", "cid_name", "exten", "context", "channel",
    "app", "app_data", "accountcode", "uniqueid", "linkedid", "peer", "extra",
)  # fmt: skip
_INSERT = f"INSERT INTO cel_row ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_EVENTS = """SELECT id, event, name, at, channel, app, app_data, uniqueid, linkedid, extra FROM cel_row
    WHERE linkedid IN (SELECT value FROM json_each(?)) ORDER BY id"""
_JOINED = """SELECT DISTINCT linkedid, uniqueid FROM cel_row WHERE uniqueid IN
    (SELECT uniqueid FROM cel_row WHERE linkedid IN (SELECT value FROM json_each(?)))"""


def store(rows: Iterable[tuple[str, Row]]) -> None:
    """Keep rows, each with its source, after all that is there."""
    database.cursor().executemany(
        _INSERT,
        [
            (
                row.file_number,
                row.offset,
                source,
                row.event,
                row.name,
                row.at.isoformat(timespec="microseconds"),
                *row[5:],
            )
            for source, row in rows
        ],
    )


def append(mark: Mark, event: str, at: dt.datetime, linkedid: str, extra: str = "") -> None:
    """Keep a row of ours at this place among Asterisk's."""
    CelRow.create(
        file_number=mark.file_number, offset=mark.offset, source=OURS, event=event, at=at,
        uniqueid=linkedid, linkedid=linkedid, extra=extra,
    )  # fmt: skip


def connected(linkedids: Iterable[str]) -> list[list[Event]]:
    """The connected sets these linkedids belong to, each in file order."""
    root = joined(set(linkedids))
    sets: dict[str, list[Event]] = defaultdict(list)
    for values in database.execute_sql(_EVENTS, (json.dumps(list(root)),)):
        event = Event(*values[:3], dt.datetime.fromisoformat(values[3]), *values[4:])
        sets[root[event.linkedid]].append(event)
    return list(sets.values())


def restarts() -> list[Restart]:
    """Asterisk's starts, in the order they were noticed."""
    rows = CelRow.select().where((CelRow.linkedid == ASTERISK) & (CelRow.event == names.ROW_ASTERISK_STARTED))
    return [Restart(row.id, row.at, dt.datetime.fromisoformat(row.extra)) for row in rows.order_by(CelRow.id)]


def last_at(before: dt.datetime) -> dt.datetime | None:
    """The instant of the last kept row of an Asterisk that lived before this instant."""
    row = CelRow.select().where((CelRow.source != OURS) & (CelRow.at < before)).order_by(CelRow.id.desc()).first()
    return row and row.at


def every_linkedid(batch: int) -> Iterator[list[str]]:
    """All linkedids there are rows of, a batch at a time."""
    last = ""
    query = CelRow.select(CelRow.linkedid).distinct().order_by(CelRow.linkedid).limit(batch)
    while found := [linkedid for (linkedid,) in query.where(CelRow.linkedid > last).tuples()]:
        yield found
        last = found[-1]


def joined(linkedids: Collection[str]) -> dict[str, str]:
    """Each linkedid reached from these, with one that stands for its whole set."""
    known: set[str] = set()
    channels: dict[str, set[str]] = defaultdict(set)
    while linkedids:
        known |= set(linkedids)
        for linkedid, uniqueid in database.execute_sql(_JOINED, (json.dumps(list(linkedids)),)):
            channels[uniqueid].add(linkedid)
        linkedids = set().union(*channels.values()) - known
    root = {linkedid: linkedid for linkedid in known}
    for together in channels.values():
        roots = {root[linkedid] for linkedid in together}
        if len(roots) > 1:
            first = min(roots)
            root |= {linkedid: first for linkedid in known if root[linkedid] in roots}
    return root
