"""Is everything well? Named checks, each with what was found and what to do.

A check asks the thing itself (connects, logs in, reads the age of the last proof), never whether a process of
some name exists. It changes nothing.
"""

from __future__ import annotations

import ctypes
import http.client
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playhouse.migrations import Runner

import models
from ledger import checks
from settings import ROOT, Settings
from union import last_copy, last_drill
from upkeep import exchange

PATIENCE_SECONDS = 3
LOGS = "journalctl -u 'spilka-*' -n 50 (or /var/log/spilka)"

COPY_ILLS = {
    "none": "no copy", "late": "too old", "no_room": "no room for one", "folder": "could not be written",
    "stopped": "interrupted", "no_place": "on this machine only", "outside": "did not get outside",
    "outside_late": "too old outside", "trial_failed": "cannot be relied on", "trial_late": "not tried for too long",
}  # fmt: skip
DRILL_ILLS = {"none": "", "failed": ", and it failed", "late": ", more than 30 days ago"}


@dataclass(frozen=True)
class Finding:
    """What a check found. advice is what to do about it; a warning does not make the box ill."""

    name: str
    is_well: bool
    found: str
    advice: str = ""
    is_warning: bool = False

    @property
    def is_ill(self) -> bool:
        return not self.is_well and not self.is_warning


class Ill(Exception):
    """A check failed; the text says what was found."""


def examine_until_well(settings: Settings, wait_seconds: float) -> list[Finding]:
    """What is found once nothing is ill any more, or after wait_seconds: processes need a moment to start."""
    give_up_at = time.monotonic() + wait_seconds
    while True:
        findings = list(examine(settings))
        if not any(finding.is_ill for finding in findings) or time.monotonic() >= give_up_at:
            return findings
        time.sleep(0.5)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check in the order in which one thing needs another."""
    for name, check, advice, is_warning in CHECKS:
        try:
            yield Finding(name, True, check(settings))
        except Exception as error:  # a check that breaks has found something
            yield Finding(name, False, str(error) or type(error).__name__, advice, is_warning)


def database(settings: Settings) -> str:
    models.database.init(str(settings.database))
    if not settings.database.exists():
        raise Ill(f"{settings.database} does not exist")
    with models.database.connection_context():
        (found,) = models.database.execute_sql("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise Ill(found)
    return f"{settings.database.stat().st_size // 1024} KB"


def migrations(_settings: Settings) -> str:
    with models.database.connection_context():
        waiting = [step.name for step in Runner(models.database, str(ROOT / "migrations")).status() if not step.applied]
    if waiting:
        raise Ill(f"not applied: {', '.join(waiting)}")
    return "all applied"


def asterisk_version(settings: Settings) -> str:
    version = exchange.version(settings)
    if not exchange.is_accepted(version):
        raise Ill(f"version {version or 'unknown'} in {settings.asterisk_root} is not accepted")
    return version


def asterisk(settings: Settings) -> str:
    up = exchange.console(settings, "core show uptime seconds")
    if up is None:
        raise Ill("does not answer")
    return up.splitlines()[0] if up else "answers"


def manager(settings: Settings) -> str:
    with _connect(settings.ami_bind) as line, line.makefile("rw", newline="\r\n") as talk:
        talk.readline()
        talk.write(f"Action: Login\nUsername: spilka\nSecret: {settings.ami_secret}\nEvents: off\n\n")
        talk.flush()
        answer = talk.readline().strip()
    if answer != "Response: Success":
        raise Ill(answer or "closed the connection")
    return settings.ami_bind


def fastagi(settings: Settings) -> str:
    _connect(settings.agi_bind).close()
    return settings.agi_bind


def pages(settings: Settings) -> str:
    connection = http.client.HTTPConnection(settings.web_bind, timeout=PATIENCE_SECONDS)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise Ill(f"/healthz answered {status}")
    return settings.web_bind


def tick(settings: Settings) -> str:
    with models.database.connection_context():
        mark = models.IngestMark.get_or_none()
    if mark is None or mark.ticked_at is None:
        raise Ill("no test call has become a fact yet")
    age = (models.utcnow() - mark.ticked_at).total_seconds()
    if age > settings.tick_seconds + settings.tick_late_seconds:
        raise Ill(f"the last one {age:.0f} s ago")
    return f"the last one {age:.0f} s ago"


def books(_settings: Settings) -> str:
    with models.database.connection_context():
        faults = checks.faults()
        count = models.Transaction.select().count()
    if faults:
        raise Ill("; ".join([*map(str, faults[:3]), *([f"and {len(faults) - 3} more"] if faults[3:] else [])]))
    return f"{count} transactions in order"


def spare_copies(settings: Settings) -> str:
    with models.database.connection_context():
        now = last_copy.standing(models.utcnow(), settings)
    trial = f"put back for trial on {now.trial.starts_at:%Y-%m-%d}" if now.trial else "not yet put back for trial"
    last = f"the last one of {now.here.starts_at:%Y-%m-%d %H:%M} UTC, {trial}" if now.here else "none yet"
    if now.ills:
        said = next((row.detail for row in (now.tried, now.trial) if row and row.detail), "")
        raise Ill(f"{', '.join(COPY_ILLS[ill] for ill in now.ills)} ({last})" + (f": {said}" if said else ""))
    return last


def last_resort(_settings: Settings) -> str:
    with models.database.connection_context():
        now = last_drill.standing(models.utcnow())
    last = f"rehearsed on {now.last.starts_at:%Y-%m-%d}" if now.last else "never rehearsed"
    if now.ills:
        well = f", last well on {now.well.starts_at:%Y-%m-%d}" if now.well and "failed" in now.ills else ""
        raise Ill(f"{last}{''.join(DRILL_ILLS[ill] for ill in now.ills)}{well}")
    return f"{last}: every caller is served"


def disk(settings: Settings) -> str:
    total, _, free = shutil.disk_usage(settings.data_dir)
    percent = 100 * free // total
    if percent < settings.recording_stop_percent:
        raise Ill(f"{percent} % free: calls are not recorded")
    return f"{percent} % free"


def clock(_settings: Settings) -> str:
    """The kernel's own answer (adjtimex(2) with nothing to adjust): 5 is TIME_ERROR, not synchronised."""
    if ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) == 5:
        raise Ill("not synchronised with the world's")
    return "synchronised"


def _connect(bind: str) -> socket.socket:
    host, _, port = bind.rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE_SECONDS)


CHECKS: tuple[tuple[str, Callable[[Settings], str], str, bool], ...] = (
    ("Database", database, "Run install.sh again; if the file is damaged, restore a backup.", False),
    ("Migrations", migrations, "Run install.sh again, or: commands.py migrate", False),
    ("Asterisk's version", asterisk_version, "Run install.sh again.", False),
    ("Asterisk", asterisk, f"Is spilka-asterisk running? {LOGS}", False),
    ("Manager interface", manager, "Run: commands.py render-pbx", False),
    ("FastAGI", fastagi, f"Is spilka-agi running? Callers go straight to the line meanwhile. {LOGS}", False),
    ("Pages", pages, f"Is spilka-web running? {LOGS}", False),
    ("Calls become facts", tick, f"Is spilka-scheduler running? {LOGS}", False),
    ("Books", books, "Somebody or something changed the database beside Spilka: compare with a backup.", False),
    ("Copies", spare_copies, "The page Copies says what to do. To make one now: commands.py backup", True),
    ("Last resort", last_resort, "What do callers get when all of ours is dead? Run: commands.py doctor --drill", True),
    ("Disk", disk, "Make room, or give the machine a larger disk.", False),
    ("Clock", clock, "apt install systemd-timesyncd", True),
)
