"""The file of call events that Asterisk appends to: complete rows after a mark, as plain tuples.

cel_custom opens, appends and closes the file for each row, so renaming it is a rotation: `cel.csv` becomes
`cel-<number>.csv`, and a mark's file_number is the number the current file will get. A mark is never an inode
(ext4 reuses them). On a full disk a row is torn and the next one glued to it, so only what has every field is a
row; the rest is counted and skipped. Nothing in the file, and no missing file, is ever fatal.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import time
from pathlib import Path
from typing import NamedTuple

from pbx.names import CEL_FIELDS, CEL_FILE

CHUNK_BYTES = 1 << 20
LONGEST_ROW_BYTES = 1 << 16
LATE_ROW_SECONDS = 1.0  # a row whose file was opened just before the rename lands in the renamed file

EVENTS = (
    "CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "BRIDGE_ENTER", "BRIDGE_EXIT", "APP_START", "APP_END",
    "BLINDTRANSFER", "ATTENDEDTRANSFER", "PICKUP", "FORWARD", "LINKEDID_END", "USER_DEFINED",
    "PARK_START", "PARK_END", "CONF_START", "CONF_END", "LOCAL_OPTIMIZE", "LOCAL_OPTIMIZE_BEGIN", "STREAM_BEGIN",
    "STREAM_END", "DTMF",
)  # fmt: skip

_FIELD = rb'"[^"]*+(?:""[^"]*+)*+"'
_START = rb'"(?:%s)",' % "|".join(EVENTS).encode()
_ROW = re.compile(
    rb'(?=%s)%s,%s,"[0-9]{1,11}\.[0-9]{6}"(?:,%s){%d}\r?\n' % (_START, _FIELD, _FIELD, _FIELD, len(CEL_FIELDS) - 3)
)
_BEGINNING = re.compile(rb'(?:%s,){0,%d}(?:"[^"]*(?:""[^"]*)*"?\r?)?' % (_FIELD, len(CEL_FIELDS) - 1))
_ROW_START = re.compile(_START)
_FIELDS = re.compile(_FIELD.decode())
_NUMBERED = re.compile(r"cel-([0-9]{1,9})\.csv", re.ASCII)


class Mark(NamedTuple):
    """How far the files are read: everything before this byte of this file."""

    file_number: int
    offset: int


class Row(NamedTuple):
    """One call event, its place in the files first; the fields as Asterisk wrote them, the instant aware UTC."""

    file_number: int
    offset: int
    event: str
    name: str
    at: dt.datetime
    cid_num: str
    cid_name: str
    exten: str
    context: str
    channel: str
    app: str
    app_data: str
    accountcode: str
    uniqueid: str
    linkedid: str
    peer: str
    extra: str


class Batch(NamedTuple):
    """What a read gave: rows in file order, how many pieces were no rows, the mark behind them, whether more waits."""

    rows: list[Row]
    torn: int
    mark: Mark
    more: bool


def read(folder: Path, mark: Mark, limit_bytes: int = CHUNK_BYTES) -> Batch:
    """The complete rows after the mark, at most about limit_bytes of them; an empty batch when there is nothing."""
    mark = _standing(folder, mark)
    is_current = mark.file_number == current_number(folder, mark)
    path = folder / (CEL_FILE if is_current else numbered(mark.file_number))
    text = _bytes_from(path, max(0, mark.offset - 1), limit_bytes)
    following = Mark(mark.file_number + 1, 0)
    if text is None:
        return Batch([], 0, mark if is_current else following, not is_current)
    if mark.offset and text[:1] != b"\n":  # not the file we read: it was removed and begun anew
        return read(folder, Mark(mark.file_number, 0), limit_bytes)
    at_end = len(text) < limit_bytes
    closed = at_end and not is_current and _is_quiet(path)
    text = text[1:] if mark.offset else text
    rows, torn, used = parse(text, mark, is_final=closed)
    if not used and not at_end:  # a megabyte of something without a line's end
        return read(folder, mark, limit_bytes * 4)
    return Batch(rows, torn, following if closed else Mark(mark.file_number, mark.offset + used), closed or not at_end)


def parse(text: bytes, mark: Mark, is_final: bool = False) -> tuple[list[Row], int, int]:
    """The rows in text, which begins at mark, with the number of torn pieces and of bytes used.

    What may still grow into a row is left unused, unless is_final says that nothing will follow; so the byte
    before a mark is always a line's end.
    """
    rows, torn, position = [], 0, 0
    while position < len(text):
        if match := _ROW.match(text, position):
            rows.append(_row(match[0], mark.file_number, mark.offset + position))
            position = match.end()
            continue
        end = text.find(b"\n", position) + 1
        if not is_final and (not end or _may_grow(text, position)):
            break
        torn += 1
        position = _glued_row(text, position, end or len(text))
    return rows, torn, position


def current_number(folder: Path, mark: Mark) -> int:
    """The number the current file will get when it is put away."""
    return max([mark.file_number, *(number + 1 for number in numbers(folder))])


def numbers(folder: Path) -> list[int]:
    """The numbers of the files put away, in order."""
    with contextlib.suppress(OSError):
        return sorted(int(match[1]) for path in folder.iterdir() if (match := _NUMBERED.fullmatch(path.name)))
    return []


def numbered(number: int) -> str:
    """The name of the file put away under this number."""
    return f"cel-{number}.csv"


def rotate(folder: Path, mark: Mark, at_least_bytes: int = 1) -> Path | None:
    """Put the current file away under its number if it has grown to at_least_bytes; its new path, None if not."""
    current = folder / CEL_FILE
    try:
        if current.stat().st_size < at_least_bytes:
            return None
        target = folder / numbered(current_number(folder, mark))
        return current.rename(target)
    except OSError:
        return None


def _standing(folder: Path, mark: Mark) -> Mark:
    """The mark, moved over numbered files that are gone."""
    there = numbers(folder)
    if not there or mark.file_number in there or mark.file_number > there[-1]:
        return mark
    return Mark(next(number for number in there if number > mark.file_number), 0)


def _bytes_from(path: Path, offset: int, limit: int) -> bytes | None:
    """Up to limit bytes; None when the file is not there."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(limit)
    except OSError:
        return None


def _is_quiet(path: Path) -> bool:
    try:
        stat = path.stat()
    except OSError:
        return True
    return not 0 <= time.time() - max(stat.st_mtime, stat.st_ctime) < LATE_ROW_SECONDS


def _may_grow(text: bytes, position: int) -> bool:
    """Whether all that follows is the beginning of one row, with a line's end inside a field."""
    return len(text) - position < LONGEST_ROW_BYTES and _BEGINNING.fullmatch(text, position) is not None


def _glued_row(text: bytes, position: int, end: int) -> int:
    """Where a whole row starts that was glued to a torn one in [position, end); end if there is none.

    Quotes of a caller's are doubled in the file, so no name can look like the start of a row.
    """
    starts = (start.start() for start in _ROW_START.finditer(text, position + 1, end))
    return next((start for start in starts if _ROW.match(text, start)), end)


def _row(line: bytes, file_number: int, offset: int) -> Row:
    values = [field[1:-1].replace('""', '"') for field in _FIELDS.findall(_text(line))]
    seconds, _, micros = values[2].partition(".")
    at = dt.datetime.fromtimestamp(int(seconds), dt.UTC).replace(microsecond=int(micros))
    return Row(file_number, offset, values[0], values[1], at, *values[3:])


def _text(line: bytes) -> str:
    """Readable text whatever the bytes: the file holds what strangers call themselves."""
    return line.decode("utf-8", "replace").replace("\x00", "\ufffd")
