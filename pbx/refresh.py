"""Asterisk follows the database: files are written by one thread, reloads asked for by the one that speaks AMI.

Writing may resolve the host of a trunk, which can take seconds, so it never happens where calls are waiting for an
action. At the start every module is reloaded once: the scheduler before this one may have died between the two.
"""

from __future__ import annotations

import logging
import queue
import time

from models import database
from pbx.ami import Ami, AmiError
from pbx.apply import RELOADS, apply, modules_to_reload, needs_restart
from settings import Settings

log = logging.getLogger(__name__)
RESOLVE_AGAIN_SECONDS = 300  # the address behind a trunk's name changes without a change of ours


class Refresh:
    """What Asterisk has yet to read. `recording` is False while the disk is nearly full."""

    def __init__(self, ami: Ami, settings: Settings):
        self.ami, self.settings = ami, settings
        self.recording = True
        self.seen: tuple | None = None
        self.resolve_at = 0.0
        self.stale: queue.SimpleQueue[str] = queue.SimpleQueue()
        for module in dict.fromkeys(RELOADS.values()):
            self.stale.put(module)

    def write(self) -> None:
        """Write the files that differ, if anything in the database changed."""
        version = (database.version(), self.recording)
        if version == self.seen and time.monotonic() < self.resolve_at:
            return
        changed = apply(self.settings, self.recording)
        for module in modules_to_reload(changed):
            self.stale.put(module)
        if needs_restart(changed):
            log.warning("Asterisk must be restarted to read %s", " ".join(changed))
        self.seen, self.resolve_at = version, time.monotonic() + RESOLVE_AGAIN_SECONDS

    def reload(self) -> None:
        """Let Asterisk read what was written. Raises AmiError, and then tries again next time."""
        while not self.stale.empty():
            module = self.stale.get()
            try:
                self.ami.reload_module(module)
            except AmiError as fault:
                if not fault.permanent:
                    self.stale.put(module)
                    raise
                log.error("Asterisk does not reload %s: %s", module, fault)
