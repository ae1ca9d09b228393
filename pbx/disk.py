"""Facts outlive recordings: what is given up, and in which order, as the disk fills.

Below recording_stop_percent of free disk nothing more is recorded; below ballast_percent the ballast file goes, so
that the facts of the calls still have room while somebody clears up. Both come back by themselves.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from models import database
from pbx.refresh import Refresh
from settings import Settings

log = logging.getLogger(__name__)
BACK_PERCENT = 2  # that much above a limit before what was given up returns
CHUNK = bytes(1 << 20)


class Disk:
    """The watch over free space where the data are."""

    def __init__(self, refresh: Refresh, settings: Settings):
        self.refresh, self.settings = refresh, settings
        self.ballast = settings.data_dir / "ballast"

    def watch(self) -> None:
        """Give up or take back, by the free space of this moment."""
        self.act(free_percent(self.settings.data_dir))

    def act(self, free: float) -> None:
        """What free percent of disk asks for."""
        stop, release = self.settings.recording_stop_percent, self.settings.ballast_percent
        if self.refresh.recording and free < stop:
            log.error("recording stops: %.1f %% of the disk is free", free)
            self.refresh.recording = False
        elif not self.refresh.recording and free >= stop + BACK_PERCENT:
            log.warning("recording goes on: %.1f %% of the disk is free", free)
            self.refresh.recording = True
        if free < release and self.ballast.exists():
            log.error("the ballast is released: %.1f %% of the disk is free", free)
            self.ballast.unlink()
        elif free >= max(release, stop) + BACK_PERCENT and not self.ballast.exists():
            fill(self.ballast, self.settings.ballast_mb)


def free_percent(folder: Path) -> float:
    """Free space for ordinary users where folder is, in percent of the disk."""
    usage = shutil.disk_usage(folder)
    return 100 * usage.free / usage.total


def truncate_wal() -> None:
    """Give back what a long reader made the database's log grow by. The log of a busy moment stays as it is."""
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def fill(path: Path, megabytes: int) -> None:
    """Make a file that really occupies this much (a sparse one would release nothing)."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        for _ in range(megabytes):
            file.write(CHUNK)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
