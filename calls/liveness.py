"""Proof that facts arrive, and the ends that nobody told.

A tick goes through Asterisk, the event file and the ingest every tick_seconds; pages warn when it is late. Asterisk
writes no row when it dies, so its start and the calls it no longer knows are noted among the facts by us.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable

from calls import ingest
from models import utcnow
from pbx import names
from pbx.ami import Ami
from settings import Settings

log = logging.getLogger(__name__)
GONE_SECONDS = 10  # a call unknown to Asterisk for this long is gone: its last rows may still be on their way


class Liveness:
    """What Asterisk is asked so that facts stay true. Every method raises AmiError."""

    def __init__(self, ami: Ami, settings: Settings, monotonic: Callable[[], float] = time.monotonic):
        self.ami, self.settings, self.monotonic = ami, settings, monotonic
        self.known_connection = 0
        self.unknown_since: dict[str, float] = {}

    def tick(self) -> None:
        """Ask Asterisk for one TICK among the call events."""
        variables = {names.EVENT_TICK: int(time.time())}
        self.ami.originate(f"Local/s@{names.TICK}/n", 1, variables, Application="Wait", Data="1")

    def note_start(self) -> None:
        """After each new connection: note when this Asterisk started, so that what it interrupted is cut off."""
        self.ami.connect()
        if self.known_connection == self.ami.connections:
            return
        # whole seconds, rounded so that no call of this Asterisk can seem older than it
        age = dt.timedelta(seconds=self.ami.started_seconds_ago + 1)
        if ingest.asterisk_started(self.settings, utcnow() - age):
            log.info("Asterisk started %s seconds ago", self.ami.started_seconds_ago)
        self.known_connection = self.ami.connections

    def note_gone(self) -> None:
        """Calls whose end was never told and which Asterisk has not known for a while have ended."""
        open_calls = ingest.open_linkedids()
        if not open_calls and not self.unknown_since:
            return
        alive = {channel.linkedid for channel in self.ami.channels()}
        now = self.monotonic()
        self.unknown_since = {key: self.unknown_since.get(key, now) for key in open_calls - alive}
        for key, since in list(self.unknown_since.items()):
            if now - since >= GONE_SECONDS:
                log.warning("call %s is gone from Asterisk without an end", key)
                ingest.channel_gone(self.settings, key, utcnow())
