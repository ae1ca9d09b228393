"""The backup folder: what a copy consists of, which copies are kept, whether one is whole.

A copy is a folder named after the instant it began: the database, the files of call events, the settings, and
SHA256SUMS over these and over every other file of the box. Those files (recordings, voicemails, prompts …) are
written once and never changed, so all copies share one mirror of them, `files/`. On the same disk the mirror holds
hard links: a second copy of the bytes beside the first would protect from nothing more. What is deleted in the box
leaves the mirror after backup_daily copies: nothing a shop was promised to be deleted lives on for a year.
A folder without SHA256SUMS is not a copy: that file is written last, and the folder is renamed when all of it is safe.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import gzip
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z", re.ASCII)
NAME_FORMAT = "%Y-%m-%dT%H%M%SZ"
DATABASE, PACKED, EVENTS, SETTINGS, SUMS, FILES = (
    "spilka.db",
    "spilka.db.gz",
    "cel",
    "spilka.env",
    "SHA256SUMS",
    "files",
)
UNFINISHED = ".part"
MIRRORED = f"../{FILES}/"  # how SHA256SUMS of a copy names a file of the mirror
CHUNK = 1 << 20
RECENT = dt.timedelta(days=2)


class CopyError(Exception):
    """A copy cannot be made, fetched or used. fault: the word of Backup or Rehearsal for it; the text says more."""

    def __init__(self, fault: str, detail: str):
        super().__init__(detail)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True)
class Damage:
    """What is wrong with a copy: files of which bytes changed, and files that are no longer there."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_bad(self) -> bool:
        """Whether it must not be used. In an older copy, files that were deleted in the box since are missing."""
        return bool(self.changed) or any(not path.startswith(MIRRORED) for path in self.missing)

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing)

    def __str__(self) -> str:
        named = [f"changed: {path}" for path in self.changed] + [f"missing: {path}" for path in self.missing]
        return "; ".join([*named[:3], *([f"and {len(named) - 3} more"] if named[3:] else [])])


def named(at: dt.datetime) -> str:
    """The name of a copy begun at this instant."""
    return at.astimezone(dt.UTC).strftime(NAME_FORMAT)


def begun_at(name: str) -> dt.datetime:
    """The instant a copy of this name was begun."""
    return dt.datetime.strptime(name, NAME_FORMAT).replace(tzinfo=dt.UTC)


def whole(folder: Path) -> list[str]:
    """The names of the whole copies in the backup folder, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path.parent.name for path in folder.glob(f"*/{SUMS}") if NAME.fullmatch(path.parent.name))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else makes, looks through or removes copies meanwhile. Raises CopyError when somebody does."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopyError("folder", "a copy is being made or looked through at this moment") from None
        yield


# --- which are kept ---------------------------------------------------------------------------------------------


def kept(names: Iterable[str], zone: ZoneInfo, daily: int, weekly: int, monthly: int) -> set[str]:
    """The copies to keep: the last one of each of the newest so many local days, weeks and months that have one, and
    all of the last two days: whoever makes one when something went wrong must not lose the one from before it."""
    newest_first = sorted(names, reverse=True)
    recent = {name for name in newest_first if begun_at(newest_first[0]) - begun_at(name) < RECENT}
    local = {name: begun_at(name).astimezone(zone).date() for name in newest_first}
    spans = (
        (daily, lambda day: day),
        (weekly, lambda day: day.isocalendar()[:2]),
        (monthly, lambda day: (day.year, day.month)),
    )
    keep = recent
    for count, span in spans:
        last_of: dict[object, str] = {}
        for name in newest_first:
            last_of.setdefault(span(local[name]), name)
        keep |= set(list(last_of.values())[:count])
    return keep


def prune(folder: Path, keep: set[str], daily: int) -> None:
    """Remove copies that are not kept, files that none of the newest `daily` copies knows, and what a kill left."""
    for name in set(whole(folder)) - keep:
        (folder / name).rename(folder / f"{name}{UNFINISHED}")  # never half a copy under a whole one's name
    for left in folder.glob(f"*{UNFINISHED}"):
        shutil.rmtree(left)
    known = {path for name in whole(folder)[-daily:] for path in read_sums(folder / name)}
    for path in under(folder / FILES):
        if f"{MIRRORED}{path}" not in known:
            (folder / FILES / path).unlink()


def pack(folder: Path) -> None:
    """Pack the databases of all copies but the newest: they are rarely wanted and fill the disk."""
    for name in whole(folder)[:-1]:
        plain, packed = folder / name / DATABASE, folder / name / PACKED
        if plain.exists():
            fresh = packed.with_name(packed.name + UNFINISHED)
            with plain.open("rb") as source, gzip.open(fresh, "wb", compresslevel=6) as target:
                shutil.copyfileobj(source, target, CHUNK)
            to_disk(fresh)
            fresh.replace(packed)
            plain.unlink()


# --- whether one is whole ---------------------------------------------------------------------------------------


def read_sums(copy: Path) -> dict[str, str]:
    """Path to SHA-256 (hex) of everything a copy consists of, as SHA256SUMS says."""
    lines = (copy / SUMS).read_text(errors="replace").splitlines()
    return {path: digest for digest, _, path in (line.partition("  ") for line in lines) if path}


def damage(copy: Path, with_files: bool = True) -> Damage:
    """Everything of a copy whose bytes are not those that were copied. Reads all of it, or leaves the mirror out."""
    changed, missing = [], []
    for path, expected in read_sums(copy).items():
        if not with_files and path.startswith(MIRRORED):
            continue
        try:
            if digest(copy / path) != expected:
                changed.append(path)
        except FileNotFoundError:
            missing.append(path)
        except (OSError, EOFError) as error:  # gzip says what it cannot unpack by either
            changed.append(f"{path} ({error})")
    return Damage(tuple(changed), tuple(missing))


def opened(path: Path) -> BinaryIO:
    """A file of a copy for reading; its database whether packed or not."""
    packed = path.with_name(PACKED)
    return gzip.open(packed, "rb") if path.name == DATABASE and not path.exists() else path.open("rb")


def digest(path: Path) -> str:
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- files ------------------------------------------------------------------------------------------------------


def under(folder: Path, leave_out: Sequence[str] = ()) -> list[str]:
    """Every file below a folder, as paths from there, without hidden ones and what leave_out names at its top."""
    found = []
    for place, folders, names in os.walk(folder):
        here = Path(place).relative_to(folder)
        left_out = leave_out if here == Path() else ()
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        found += [
            str(here / name) for name in names
            if name not in left_out and not name.startswith(".") and (Path(place) / name).is_file()
        ]  # fmt: skip
    return sorted(found)


def put(source: Path, target: Path, link: bool = False) -> None:
    """Let target be what source is, at once or not at all: by a hard link where wanted and possible, else by a copy."""
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    fresh = target.with_name(target.name + UNFINISHED)
    fresh.unlink(missing_ok=True)
    if not (link and _linked(source, fresh)):
        shutil.copy2(source, fresh)
        to_disk(fresh)
    fresh.replace(target)


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def to_disk(path: Path) -> None:
    """Return when what a file, or a folder's list of names, holds has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def require_room(folder: Path, needed: int, spare_percent: int) -> None:
    """Raise CopyError unless so many bytes fit and spare_percent of the disk stay free."""
    usage = shutil.disk_usage(folder)
    left = usage.free - needed - usage.total * spare_percent // 100
    if left < 0:
        raise CopyError("no_room", f"{needed >> 20} MB are needed, {-left >> 20} MB too many for this disk")
