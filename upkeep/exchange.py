"""Asterisk as its keeper meets it: the wrapper of deploy/, a command on its console, its configuration applied.

The console is a socket of its own folder, so these work whenever Asterisk lives, whatever else is dead.
"""

from __future__ import annotations

import os
import re
import subprocess

from pbx import apply
from settings import ROOT, Settings

WRAPPER = ROOT / "deploy/asterisk"
ACCEPTED = ROOT / "deploy/asterisk.version"


def console(settings: Settings, command: str) -> str | None:
    """What Asterisk answers to a console command; None when it does not run, or hangs."""
    etc = settings.pbx_dir / "etc/asterisk.conf"
    try:
        done = _run(settings, "-C", etc, "-rx", command)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def dialplan(settings: Settings, context: str) -> dict[str, list[str]]:
    """What Asterisk itself would do with a call: the steps of each extension of a context, as Set(DID=3)."""
    plan: dict[str, list[str]] = {}
    for line in (console(settings, f"dialplan show {context}") or "").splitlines():
        if begun := re.match(r"  '(\S+)' =>\s", line):
            steps = plan.setdefault(begun[1], [])
        if step := re.search(r"\s\d+\. (\w+\(.*\))\s+\[[^]]*]$", line):
            steps.append(step[1])
    return plan


def channels(settings: Settings, endpoint: str) -> dict[str, str]:
    """The channels of a telephone or trunk that are up: name -> unique id."""
    shown = console(settings, "core show channels concise") or ""
    rows = (line.split("!") for line in shown.splitlines() if line.startswith(f"PJSIP/{endpoint}-"))
    return {row[0]: row[-1] for row in rows}


def version(settings: Settings) -> str:
    """The version of the Asterisk that would be started, as 22.10.1; "" when there is none."""
    found = re.search(r"\d+(\.\d+)+", _run(settings, "-V").stdout)
    return found.group() if found else ""


def is_accepted(version: str) -> bool:
    """Whether deploy/asterisk.version admits this version."""
    least, below = (line for line in ACCEPTED.read_text().splitlines() if not line.startswith("#"))
    return bool(version) and _parts(least) <= _parts(version) < _parts(below)


def apply_configuration(settings: Settings) -> list[str]:
    """Write what changed and have a running Asterisk read it; the names of the changed files.

    What is read only at the start waits until the last call has ended; its keeper then starts it again."""
    changed = apply.apply(settings)
    if apply.needs_restart(changed):
        console(settings, "core stop when convenient")
    for module in apply.modules_to_reload(changed):
        console(settings, f"module reload {module}")
    return changed


def _run(settings: Settings, *arguments: object) -> subprocess.CompletedProcess:
    environment = {**os.environ, "ASTERISK_ROOT": str(settings.asterisk_root)}
    command = [str(WRAPPER), *(str(argument) for argument in arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
