"""The copy outside the box: restic carries it to whatever place it knows, encrypted before it leaves.

Two snapshots a night: `copy` (database, call events, settings), kept daily, weekly and monthly, and `files`
(recordings, prompts …), kept daily only, so that what was deleted in the box is gone there too. Fetched, they lie as
they lay in the backup folder. An interrupted run leaves nothing worse than a stale lock, which the next one removes.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from settings import Settings
from upkeep.copies import FILES, CopyError

HOST = "spilka"  # the same on whichever machine the box lives
LONGEST_SECONDS = 12 * 3600
SAMPLE = "2%"  # of what is kept there is read again at each rehearsal


def send(name: str, settings: Settings) -> None:
    """Carry a whole copy and the mirror of files outside, and let go there of what is no longer kept."""
    folder = settings.backup_dir
    _open(settings)
    _restic(settings, "backup", "--tag", "copy", "--tag", name, name, inside=folder)
    _restic(settings, "backup", "--tag", "files", FILES, inside=folder)
    keep = ("--keep-daily", settings.backup_daily)
    longer = (*keep, "--keep-weekly", settings.backup_weekly, "--keep-monthly", settings.backup_monthly)
    _restic(settings, "forget", "--tag", "copy", "--group-by", "host", *longer)
    _restic(settings, "forget", "--tag", "files", "--group-by", "host", *keep, "--prune")


def fetch(settings: Settings, into: Path, name: str = "", with_files: bool = True) -> None:
    """Bring the copy of this name, or the last one, into a folder, with the mirror of files or without."""
    if not settings.backup_repository:
        raise CopyError("outside", "no place outside is set: SPILKA_BACKUP_REPOSITORY")
    into.mkdir(mode=0o750, parents=True, exist_ok=True)
    _restic(settings, "restore", "latest", "--tag", f"copy,{name}" if name else "copy", "--target", into)
    if with_files:
        _restic(settings, "restore", "latest", "--tag", "files", "--target", into)


def check(settings: Settings) -> None:
    """Raise CopyError if what is kept outside is not as restic left it; a sample of it is read whole."""
    _restic(settings, "unlock")
    _restic(settings, "check", "--read-data-subset", SAMPLE)


def _open(settings: Settings) -> None:
    """Make the place ready: begun if there is nothing yet, freed of the lock of a run that was killed."""
    try:
        _restic(settings, "cat", "config")
    except CopyError as why:
        try:
            _restic(settings, "init")
        except CopyError:
            raise why from None  # it was there, and something else is wrong
    _restic(settings, "unlock")


def _restic(settings: Settings, verb: str, *arguments: object, inside: Path | None = None) -> str:
    """What restic says. Raises CopyError with the end of its complaint."""
    host = ("--host", HOST) if verb in ("backup", "forget", "restore") else ()
    command = ["restic", "--quiet", verb, *host, *(str(argument) for argument in arguments)]
    try:
        done = subprocess.run(
            command, cwd=inside, env=_environment(settings), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=LONGEST_SECONDS,
        )  # fmt: skip
    except FileNotFoundError:
        raise CopyError("outside", "restic is not installed: run install.sh again") from None
    except subprocess.TimeoutExpired:
        raise CopyError("outside", f"restic {verb} did not end within {LONGEST_SECONDS // 3600} hours") from None
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [f"restic {verb}: {done.returncode}"]
        raise CopyError("outside", " ".join(said[-3:]))
    return done.stdout


def _environment(settings: Settings) -> dict[str, str]:
    """One core of two, so that calls do not notice; the password is in no command line."""
    wanted = dict(pair.split("=", 1) for pair in shlex.split(settings.backup_environment) if "=" in pair)
    return {
        **os.environ, "GOMAXPROCS": "1", "RESTIC_CACHE_DIR": str(settings.backup_dir / ".cache"), **wanted,
        "RESTIC_REPOSITORY": settings.backup_repository, "RESTIC_PASSWORD": settings.backup_password,
    }  # fmt: skip
