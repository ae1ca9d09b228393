"""Put a copy back where a box was, or where none is yet.

It is looked through first, it is never mixed with what is there, and it refuses to take the place of a living
installation unless told so; what it replaces is put aside, not deleted. Then what a box that wakes up in its own past
must not do is settled: nobody is dialled and no mail leaves a second time, log-ins have ended (one of them may have
been taken away since), everybody is signed off. The processes must be down: connections are pooled, and one of the
old file would go on writing into it.
"""

from __future__ import annotations

import datetime as dt
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw
from playhouse.migrations import Runner

from calls import attempts, presence, shift
from calls.call_events import Dialled
from models import Attempt, Backup, Outbox, Sending, Session, Telephone, Transfer, database
from settings import ROOT, Settings
from union import audit
from union.audit import BOX
from upkeep import backup, copies, outside
from upkeep.copies import DATABASE, EVENTS, MIRRORED, SETTINGS, CopyError

RESTORED = "restored"  # the reason of whatever ended because its box came back from a copy
RESTORED_SETTINGS = "restored.env"
PROCESSES = (("Asterisk", "ami_bind"), ("spilka-agi", "agi_bind"), ("spilka-web", "web_bind"))


class Refused(Exception):
    """The copy is not put back; the text says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """A copy that can be put back, and what comes with it, in words."""

    copy: Path
    comes: str


def choose(settings: Settings, name: str = "", from_outside: bool = False) -> Path:
    """The folder of the copy of this name, or of the last one; fetched from outside where there is none here.

    Raises CopyError when there is none.
    """
    folder = settings.backup_dir
    if from_outside or (settings.backup_repository and not copies.whole(folder)):
        folder = settings.data_dir / "fetched"
        shutil.rmtree(folder, ignore_errors=True)
        outside.fetch(settings, folder, name)
    names = [found for found in copies.whole(folder) if name in ("", found)]
    if not names:
        raise CopyError("none", f"no copy {name} in {folder}" if name else f"no copy in {folder}")
    return folder / names[-1]


def forget_fetched(settings: Settings) -> None:
    """Delete what choose() fetched from outside."""
    shutil.rmtree(settings.data_dir / "fetched", ignore_errors=True)


def plan(copy: Path) -> Plan:
    """What putting this copy back means. Raises Refused when it is damaged."""
    damage = copies.damage(copy)
    if damage.is_bad:
        raise Refused(f"This copy is damaged ({damage}). Take another one: restore NAME.")
    files = [path for path in copies.read_sums(copy) if path.startswith(MIRRORED)]
    left = f", {len(damage.missing)} more were deleted since" if damage.missing else ""
    at = f"{copies.begun_at(copy.name):%Y-%m-%d %H:%M} UTC"
    return Plan(copy, f"database of {at}, {len(files) - len(damage.missing)} files{left}")


def living(settings: Settings) -> str:
    """What lives in data_dir, in words; "" when nobody works with it yet."""
    if not settings.database.exists():
        return ""
    try:
        there = apsw.Connection(str(settings.database), flags=apsw.SQLITE_OPEN_READONLY)
        count = {name: there.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in ("shop", "user", "call")}
        (last,) = there.execute("SELECT MAX(arrived_at) FROM call").fetchone()
        there.close()
    except apsw.Error as error:
        return f"a database that cannot be read ({error})"
    if not count["user"]:
        return ""
    return f"a union with {count['shop']} shops, {count['user']} people, {count['call']} calls, the last at {last}"


def restore(plan: Plan, settings: Settings, now: dt.datetime) -> Path | None:
    """Put the copy back and settle its past; where what was here has been put aside. Raises Refused."""
    if running := [name for name, bind in PROCESSES if _answers(getattr(settings, bind))]:
        raise Refused(f"{', '.join(running)} must be stopped first; sudo ./install.sh --restore does it all.")
    fresh = unpacked_database(plan.copy, settings)
    database.close_idle()
    aside = _put_aside(settings, now)
    lay_out(plan.copy, fresh, settings)
    with database.connection_context():
        migrate()
        settle(plan.copy.name, now, settings)
    return aside


def _answers(bind: str) -> bool:
    host, _, port = bind.rpartition(":")
    try:
        socket.create_connection((host, int(port)), 2).close()
    except OSError:
        return False
    return True


def _put_aside(settings: Settings, now: dt.datetime) -> Path | None:
    """Move what is here out of the way; by renaming, so it costs no disk."""
    aside = settings.data_dir / "replaced" / copies.named(now)
    there = [settings.data_dir / name for name in _own_names(settings)] + [settings.cel_dir]
    moved = [path for path in there if path.exists()]
    if moved:
        aside.mkdir(mode=0o750, parents=True)
    for path in moved:
        path.rename(aside / path.name)
    return aside if moved else None


def _own_names(settings: Settings) -> Iterator[str]:
    """The database's files, and the top of everything a copy holds."""
    for end in ("", "-wal", "-shm", "-journal"):
        yield f"{settings.database.name}{end}"
    yield from sorted({Path(file.path).parts[0] for file in backup.live_files(settings)})


def unpacked_database(copy: Path, settings: Settings) -> Path:
    """The database of a copy, under another name beside where it belongs. Raises Refused when it is a newer one's."""
    fresh = settings.database.with_name(f"{settings.database.name}{copies.UNFINISHED}")
    fresh.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with copies.opened(copy / DATABASE) as source, fresh.open("wb") as target:
        shutil.copyfileobj(source, target, copies.CHUNK)
    copies.to_disk(fresh)
    there = apsw.Connection(str(fresh))
    applied = {name for (name,) in there.execute("SELECT name FROM schema_migration")}
    there.close()
    if newer := applied - {path.stem for path in (ROOT / "migrations").glob("[0-9]*.py")}:
        fresh.unlink()
        raise Refused(f"This copy is of a newer Spilka ({', '.join(sorted(newer))}): install that one first.")
    return fresh


def lay_out(copy: Path, fresh: Path, settings: Settings, with_files: bool = True) -> None:
    """Put everything in its place; the database last, so that an interrupted restore has none and is begun again."""
    for path in copies.read_sums(copy) if with_files else ():
        if path.startswith(MIRRORED) and (copy / path).exists():
            copies.put(copy / path, _inside(settings.data_dir, path), link=True)
    settings.cel_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    for source in (copy / EVENTS).iterdir():
        copies.put(source, settings.cel_dir / source.name)
    copies.put(copy / SETTINGS, settings.data_dir / RESTORED_SETTINGS)
    fresh.replace(settings.database)
    copies.to_disk(settings.data_dir)


def _inside(folder: Path, mirrored: str) -> Path:
    """Where a mirrored file belongs. Raises Refused for a path that leads elsewhere: a copy may come from anywhere."""
    target = folder / mirrored.removeprefix(MIRRORED)
    if not target.resolve().is_relative_to(folder.resolve()):
        raise Refused(f"This copy names a file outside the box: {mirrored}")
    return target


def migrate() -> None:
    """From the tables of the copy's time to this code's."""
    Runner(database, str(ROOT / "migrations")).up()


# --- what must not happen again ---------------------------------------------------------------------------------


def settle(name: str, now: dt.datetime, settings: Settings) -> None:
    """End in the database what was under way when the copy was made."""
    with database.atomic():
        for open_row in presence.signed_on():
            shift.end(open_row.user, RESTORED)
        for attempt in list(Attempt.select().where(Attempt.ended_at.is_null())):
            attempts.end(Dialled(attempt.public_id, "not_dialled", now), settings)
        Transfer.update(ended_at=now, reason=RESTORED).where(Transfer.ended_at.is_null()).execute()
        _settle_mails(now)
        Session.update(ended_at=now).where(Session.ended_at.is_null()).execute()
        Telephone.update(ends_at=now).where(Telephone.ends_at.is_null()).execute()
        as_it_was = {"taken_at": Backup.starts_at, "ends_at": Backup.starts_at}
        Backup.update(as_it_was).where(Backup.name == name, Backup.ends_at.is_null()).execute()
        audit.note(BOX, "backup.restore", f"backup:{name}")


def _settle_mails(now: dt.datetime) -> None:
    """Mail that waited or was being sent may have left since: a person decides whether it goes once more."""
    waiting = [mail.id for mail in Outbox.select(Outbox.id).where(Outbox.due_at.is_null(False))]
    Sending.update(ends_at=now, result="unclear", reason=RESTORED).where(Sending.ends_at.is_null()).execute()
    Outbox.update(due_at=None).where(Outbox.due_at.is_null(False)).execute()
    for mail in waiting:
        Sending.create(mail=mail, starts_at=now, ends_at=now, result="unclear", reason=RESTORED)
