"""Raw call events of long ago leave the database for packed files, and can be brought back.

They are kept as they were, ids too, a JSON list of columns a line: brought back, `rebuild-calls --all` makes every call
of them again. Only whole connected sets go, so that no call is folded from half its rows; without its rows a call
stays as it is. A file is safe on the disk before its rows are deleted, and what a kill leaves is written over.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

from calls import raw_rows
from models import CelRow, database
from settings import Settings

BATCH = 2000
COLUMNS = [field.column_name for field in CelRow._meta.sorted_fields]
_OLD = """SELECT linkedid FROM cel_row WHERE linkedid <> ? GROUP BY linkedid
    HAVING MAX(at) < ? AND MAX(id) < (SELECT MAX(id) FROM cel_row) ORDER BY MIN(id)"""  # the last id is never used anew
_YOUNG = """SELECT linkedid FROM cel_row WHERE linkedid IN (SELECT value FROM json_each(?))
    GROUP BY linkedid HAVING MAX(at) >= ?"""
_ROWS = f"SELECT {', '.join(COLUMNS)} FROM cel_row WHERE linkedid IN (SELECT value FROM json_each(?)) ORDER BY id"
_DELETE = "DELETE FROM cel_row WHERE linkedid IN (SELECT value FROM json_each(?))"
_BRING = f"INSERT OR IGNORE INTO cel_row ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


def put_away(now: dt.datetime, settings: Settings) -> int:
    """Move the rows of calls that ended before the last raw_months months; how many rows."""
    until = _months_before(now, settings.raw_months).isoformat(timespec="microseconds")
    old = [linkedid for (linkedid,) in database.execute_sql(_OLD, (raw_rows.ASTERISK, until)).fetchall()]
    batches = (old[at : at + BATCH] for at in range(0, len(old), BATCH))
    return sum(_move(_whole_sets(batch, until), settings.raw_dir) for batch in batches)


def bring_back(settings: Settings) -> int:
    """Put all rows that were put away into the database again, where they are not yet; how many files there were."""
    files = sorted(settings.raw_dir.glob("*.jsonl.gz"))
    for path in files:
        with gzip.open(path, "rt") as file, database.atomic():
            database.cursor().executemany(_BRING, map(json.loads, file))
    return len(files)


def _months_before(now: dt.datetime, months: int) -> dt.datetime:
    """The first instant (UTC) of the month so many months before this one."""
    number = now.year * 12 + now.month - 1 - months
    return dt.datetime(number // 12, number % 12 + 1, 1, tzinfo=dt.UTC)


def _whole_sets(linkedids: list[str], until: str) -> list[str]:
    """Everything joined to these, but for sets in which something younger happened."""
    root = raw_rows.joined(set(linkedids))
    young = {linkedid for (linkedid,) in database.execute_sql(_YOUNG, (json.dumps(list(root)), until)).fetchall()}
    staying = {root[linkedid] for linkedid in young}
    return [linkedid for linkedid, first in root.items() if first not in staying]


def _move(linkedids: list[str], folder: Path) -> int:
    rows = database.execute_sql(_ROWS, (json.dumps(linkedids),)).fetchall()
    if rows:
        _write(rows, folder / f"{rows[0][COLUMNS.index('at')][:7]}-{rows[0][0]}.jsonl.gz")
        database.execute_sql(_DELETE, (json.dumps(linkedids),))
    return len(rows)


def _write(rows: list[tuple], path: Path) -> None:
    path.parent.mkdir(mode=0o750, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(gzip.compress(b"".join(_lines(rows))))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _lines(rows: list[tuple]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(row).encode() + b"\n"
