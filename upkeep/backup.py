"""The nightly copy of the box: into the backup folder, and from there to a place outside.

The database is copied as it was at one instant while everything goes on writing (SQLite's backup in one step, which
holds up no writer); the call events are copied after it, so they reach at least as far, and a restored box takes in
what lies behind the database's mark by itself. A copy appears under its name when all of it has reached the disk; a
kill leaves the ones before it as they were. Of each night there is a Backup row, whatever became of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import apsw

from models import Backup, Union, database, utcnow
from pbx import cel
from pbx.names import CEL_FILE
from settings import PREFIX, Settings
from upkeep import copies, outside
from upkeep.copies import DATABASE, EVENTS, FILES, MIRRORED, SETTINGS, SUMS, UNFINISHED, CopyError

log = logging.getLogger(__name__)
SETTLED_SECONDS = 3600  # untouched for so long: nobody writes to this file any more
NOT_COPIED = ("ballast", "ballast.new", "backups", "rehearsal", "fetched", "replaced", "restored.env")
OF_THE_MACHINE = ("data_dir", "pbx_dir", "asterisk_root")  # settings that mean nothing elsewhere
CLOCK_CHANGES = (2, 3)  # local hours some of which happen twice or never


def take_if_due(now: dt.datetime, settings: Settings) -> None:
    """Make tonight's copy if its hour has come, or make up for one that was missed or failed."""
    last = Backup.select().order_by(Backup.id.desc()).first()
    if is_due(now.astimezone(zone()), last, settings):
        take(now, settings)


def is_due(local: dt.datetime, last: Backup | None, settings: Settings) -> bool:
    """Whether a copy is to be begun at this local instant, the last one begun having been `last`."""
    night = local.replace(hour=settings.backup_hour, minute=0, second=0, microsecond=0)
    if local < night:
        night -= dt.timedelta(days=1)
    if local.hour in CLOCK_CHANGES:
        return False
    if last is None or last.starts_at < night:
        return True
    pause = dt.timedelta(seconds=settings.backup_retry_seconds)
    return bool(last.fault or last.ends_at is None) and local - last.starts_at >= pause


def _name(now: dt.datetime) -> str:
    """The first free name from now on: names go by the second, and in this one another may have been stopped."""
    while Backup.select().where(Backup.name == copies.named(now)).exists():
        now += dt.timedelta(seconds=1)
    return copies.named(now)


def take(now: dt.datetime, settings: Settings) -> Backup:
    """Make a copy now; its row says what became of it. Raises CopyError when another is being made."""
    with copies.alone(settings.backup_dir):
        unended = Backup.ends_at.is_null()
        Backup.update(ends_at=now, fault="stopped").where(unended).execute()
        row = Backup.create(name=_name(now), starts_at=now)
        try:
            _into_folder(row, settings)
            _carry_outside(row, settings)
            _clear_up(settings)
        except CopyError as error:
            _failed(row, error.fault, error.detail)
        except OSError as error:
            _failed(row, "no_room" if error.errno == errno.ENOSPC else "folder", str(error))
        except apsw.Error as error:
            _failed(row, "folder", str(error))
        row.ends_at = utcnow()
        row.save()
        return row


def _failed(row: Backup, fault: str, detail: str) -> None:
    row.fault, row.detail = fault, detail
    log.error("the copy %s failed: %s: %s", row.name, fault, detail)


def zone() -> ZoneInfo:
    """Where the union's nights are."""
    union = Union.get_or_none()
    return ZoneInfo(union.timezone if union else "UTC")


# --- into the folder --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """A file of the box beside its place in the mirror."""

    path: str  # from data_dir
    live: Path
    mirrored: Path
    size: int
    modified: float

    def is_mirrored(self) -> bool:
        """Whether the mirror holds these bytes."""
        try:
            there = self.mirrored.stat()
        except OSError:
            return False
        return (there.st_size, there.st_mtime) == (self.size, self.modified)


def _into_folder(row: Backup, settings: Settings) -> None:
    folder = settings.backup_dir
    copies.prune(folder, set(copies.whole(folder)), settings.backup_daily)  # what a kill left: room for this one
    _require_room(settings)
    known = _digests_before(folder)
    unfinished = folder / f"{row.name}{UNFINISHED}"
    (unfinished / EVENTS).mkdir(mode=0o750, parents=True)
    copy_database(unfinished / DATABASE)
    _copy_events(settings, unfinished / EVENTS)
    (unfinished / SETTINGS).write_text(settings_text(settings))
    (unfinished / SETTINGS).chmod(0o600)
    files = list(_mirror(settings))
    sums = {path: copies.digest(unfinished / path) for path in copies.under(unfinished)}
    sums |= {MIRRORED + file.path: known.get(file.path) or copies.digest(file.mirrored) for file in files}
    _finish(unfinished, sums, folder / row.name)
    row.taken_at, row.files, row.files_bytes = utcnow(), len(files), sum(file.size for file in files)
    row.database_bytes = (folder / row.name / DATABASE).stat().st_size
    row.save()


def copy_database(target: Path) -> None:
    """The open database as it is at this instant, in one file that needs no other."""
    copy = apsw.Connection(str(target))
    try:
        with copy.backup("main", database.connection(), "main") as backup:
            backup.step()  # all pages in one reading transaction: writers go on, and nothing makes it begin anew
        copy.execute("PRAGMA journal_mode=delete").fetchall()
    finally:
        copy.close()


def _copy_events(settings: Settings, target: Path) -> None:
    """The files of call events, the current one up to its last complete line."""
    for number in cel.numbers(settings.cel_dir):
        copies.put(settings.cel_dir / cel.numbered(number), target / cel.numbered(number), link=True)
    current = settings.cel_dir / CEL_FILE
    if current.exists():
        text = current.read_bytes()
        (target / CEL_FILE).write_bytes(text[: text.rfind(b"\n") + 1])


def settings_text(settings: Settings) -> str:
    """What this installation set, secrets too, as NAME=value lines."""
    given = (
        (field.name, getattr(settings, field.name), field.default)
        for field in dataclasses.fields(settings)
        if field.name not in OF_THE_MACHINE
    )
    words = {name: str(value) for name, value, default in given if value != default}
    return "".join(f"{PREFIX}{name.upper()}={word}\n" for name, word in words.items())


def live_files(settings: Settings) -> list[File]:
    """Every file below data_dir that is not the database's, Asterisk's own or a copy already: new kinds by rule."""
    left_out = (
        *NOT_COPIED,
        *(f"{settings.database.name}{end}" for end in ("", "-wal", "-shm", "-journal", UNFINISHED)),
    )
    if settings.pbx_dir.is_relative_to(settings.data_dir):
        left_out += (settings.pbx_dir.relative_to(settings.data_dir).parts[0],)
    return list(_stated(copies.under(settings.data_dir, left_out), settings))


def _stated(paths: Iterable[str], settings: Settings) -> Iterable[File]:
    for path in paths:
        live = settings.data_dir / path
        try:
            there = live.stat()
        except FileNotFoundError:  # deleted meanwhile
            continue
        yield File(path, live, settings.backup_dir / FILES / path, there.st_size, there.st_mtime)


def _mirror(settings: Settings) -> Iterable[File]:
    """Bring the mirror up to the box; the files it now holds."""
    for file in live_files(settings):
        try:
            is_settled = time.time() - file.modified > SETTLED_SECONDS
            if not file.is_mirrored() or (is_settled and not file.mirrored.samefile(file.live)):
                copies.put(file.live, file.mirrored, link=is_settled)
        except FileNotFoundError:
            continue
        there = file.mirrored.stat()
        yield dataclasses.replace(file, size=there.st_size, modified=there.st_mtime)


def _digests_before(folder: Path) -> dict[str, str]:
    """Path to digest of the mirrored files that have not been touched since the copy before this one began."""
    names = copies.whole(folder)
    if not names:
        return {}
    begun = copies.begun_at(names[-1]).timestamp()
    before = copies.read_sums(folder / names[-1]).items()
    mirrored = ((path.removeprefix(MIRRORED), digest) for path, digest in before if path.startswith(MIRRORED))
    return {path: digest for path, digest in mirrored if _modified(folder / FILES / path) < begun}


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")


def _finish(unfinished: Path, sums: dict[str, str], target: Path) -> None:
    """Let the copy appear under its name once every byte of it is safe."""
    (unfinished / SUMS).write_text("".join(f"{digest}  {path}\n" for path, digest in sums.items()))
    for path in copies.under(unfinished):
        copies.to_disk(unfinished / path)
    copies.to_disk(unfinished / EVENTS)
    copies.to_disk(unfinished)
    unfinished.rename(target)
    copies.to_disk(target.parent)


def _require_room(settings: Settings) -> None:
    """Raise CopyError unless what will be copied, rather than linked, fits."""
    new = sum(file.size for file in live_files(settings) if not file.is_mirrored())
    grown = (Path(f"{settings.database}{end}") for end in ("", "-wal"))
    database_size = sum(path.stat().st_size for path in grown if path.exists())
    copies.require_room(settings.backup_dir, database_size + new, settings.ballast_percent)


# --- and after it -----------------------------------------------------------------------------------------------


def _carry_outside(row: Backup, settings: Settings) -> None:
    if settings.backup_repository:
        outside.send(row.name, settings)
        row.outside_at = utcnow()
        row.save()


def _clear_up(settings: Settings) -> None:
    """Let go of old copies, and of files of call events that are ingested and that this copy holds, here and outside."""
    folder, keep = settings.backup_dir, (settings.backup_daily, settings.backup_weekly, settings.backup_monthly)
    copies.prune(folder, copies.kept(copies.whole(folder), zone(), *keep), settings.backup_daily)
    copies.pack(folder)
    held = folder / copies.whole(folder)[-1] / EVENTS
    ingested = ingested_before(folder)
    for number in cel.numbers(settings.cel_dir):
        if number < ingested and (held / cel.numbered(number)).exists():
            (settings.cel_dir / cel.numbered(number)).unlink()


def ingested_before(folder: Path) -> int:
    """The number of the file of call events at which the newest copy's database goes on reading."""
    copy = apsw.Connection(str(folder / copies.whole(folder)[-1] / DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        row = copy.execute("SELECT file_number FROM ingest_mark").fetchone()
    finally:
        copy.close()
    return row[0] if row else 0
