"""The weekly proof that a copy can be put back: it is, into an empty folder, and looked through.

Every file of the last copy is read and compared with what was copied. Then its database and call events, fetched
from outside where there is such a place, are laid out in a folder and opened by a process of its own, which has only
the copy's settings: the database is sound, the books are in order, every call made anew from its raw events is what it
was, and the call events go on where the database stopped reading. The folder is deleted; a Rehearsal row stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import settings as spilka
from calls import ingest
from ledger import checks
from models import Backup, Call, Rehearsal, Transaction, database, utcnow
from settings import PREFIX, ROOT, Settings
from upkeep import backup, copies, outside, restore
from upkeep.copies import DATABASE, SETTINGS, CopyError

log = logging.getLogger(__name__)
LONGEST_SECONDS = 6 * 3600
REST = dt.timedelta(hours=1)  # after a copy the disk and the line outside have other things to do


def rehearse_if_due(now: dt.datetime, settings: Settings) -> None:
    """Rehearse when the last time is rehearsal_days ago, or went wrong and there is a newer copy."""
    last = Rehearsal.select().order_by(Rehearsal.id.desc()).first()
    newest = Backup.select().where(Backup.taken_at.is_null(False)).order_by(Backup.id.desc()).first()
    if newest is None or newest.ends_at is None or now - newest.taken_at < REST:
        return
    if is_due(now.astimezone(backup.zone()), last, newest.name, settings):
        rehearse(now, settings)


def is_due(local: dt.datetime, last: Rehearsal | None, newest: str, settings: Settings) -> bool:
    """Whether to rehearse the newest copy at this local instant."""
    if local.hour in backup.CLOCK_CHANGES:
        return False
    if last is None or local - last.starts_at >= dt.timedelta(days=settings.rehearsal_days):
        return True
    return bool(last.fault or last.ends_at is None) and last.name != newest


def rehearse(now: dt.datetime, settings: Settings) -> Rehearsal:
    """Put the last copy back for trial; the row says what was found. Raises CopyError while a copy is being made."""
    with copies.alone(settings.backup_dir):
        Rehearsal.update(ends_at=now, fault="stopped").where(Rehearsal.ends_at.is_null()).execute()
        row = Rehearsal.create(place="outside" if settings.backup_repository else "folder", starts_at=now)
        scratch = settings.data_dir / "rehearsal"
        try:
            shutil.rmtree(scratch, ignore_errors=True)
            _look(row, scratch, settings)
        except CopyError as error:
            row.fault, row.detail = error.fault, error.detail
        except (OSError, restore.Refused, subprocess.SubprocessError) as error:
            row.fault, row.detail = "database", str(error)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        if row.fault:
            log.error("the copy %s cannot be relied on: %s: %s", row.name, row.fault, row.detail)
        row.ends_at = utcnow()
        row.save()
        return row


def _look(row: Rehearsal, scratch: Path, settings: Settings) -> None:
    names = copies.whole(settings.backup_dir)
    if not names:
        raise CopyError("none", "")
    row.name, copy = names[-1], settings.backup_dir / names[-1]
    row.files = sum(path.startswith(copies.MIRRORED) for path in copies.read_sums(copy))
    if damage := copies.damage(copy):
        raise CopyError("files", str(damage))
    copies.require_room(settings.data_dir, 2 * (copy / DATABASE).stat().st_size, settings.ballast_percent)
    if row.place == "outside":
        outside.check(settings)
        outside.fetch(settings, scratch / "fetched", row.name, with_files=False)
        copy = scratch / "fetched" / row.name
        if damage := copies.damage(copy, with_files=False):
            raise CopyError("outside", str(damage))
    found = looked_through(copy, scratch / "box")
    row.calls, row.transactions = found.get("calls", 0), found.get("transactions", 0)
    row.fault, row.detail = found["fault"], found["detail"]


def looked_through(copy: Path, box: Path) -> dict:
    """What a process of its own finds in a box that has nothing but this copy."""
    elsewhere = {"DATA_DIR": box, "PBX_DIR": box / "asterisk"}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        **spilka.env_file(copy / SETTINGS),
        **{f"{PREFIX}{name}": str(path) for name, path in elsewhere.items()},
    }
    command = [sys.executable, "-m", "upkeep.rehearsal", str(copy)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=LONGEST_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise CopyError("database", done.stderr.strip()[-500:] or f"ended with {done.returncode}")
    return json.loads(done.stdout)


# --- in the process of its own ----------------------------------------------------------------------------------


def look_through(copy: Path, settings: Settings) -> dict:
    """Lay out database and events of a copy, and what is wrong with them: fault and detail, "" when nothing is."""
    fresh = restore.unpacked_database(copy, settings)
    restore.lay_out(copy, fresh, settings, with_files=False)
    database.init(str(settings.database))
    with database.connection_context():
        fault, detail = _fault(settings)
        counted = (
            {}
            if fault == "database"
            else {"calls": Call.select().count(), "transactions": Transaction.select().count()}
        )
        return {"fault": fault, "detail": detail, **counted}


def _fault(settings: Settings) -> tuple[str, str]:
    (sound,) = database.execute_sql("PRAGMA integrity_check(3)").fetchone()
    strangers = database.execute_sql("PRAGMA foreign_key_check").fetchone()
    if sound != "ok" or strangers:
        return "database", sound if sound != "ok" else f"a row of {strangers[0]} refers to nothing"
    restore.migrate()
    if wrong := checks.faults():
        return "books", "; ".join(map(str, wrong[:3]))
    before = facts()
    ingest.rebuild()
    if facts() != before:
        return "facts", "calls made anew from their raw events are not what they were"
    ingest.ingest_all(settings)
    return "", ""


def facts() -> str:
    """SHA-256 (hex) of every call and every telephone that was rung in it."""
    digest = hashlib.sha256()
    for table in ("call", "leg"):
        for row in database.execute_sql(f"SELECT * FROM {table} ORDER BY id"):
            digest.update(repr(row).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look_through(Path(sys.argv[1]), spilka.load(dict(os.environ)))))
