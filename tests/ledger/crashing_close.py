"""A close in a process of its own that kills itself (-9) at its n-th step; n = 0: never, and prints how many there are.

Run as: crashing_close.py <database> <n>. A step is an SQL statement, a write, or a sync: so n falls before the first
posting, between two of them, and in the middle of the commit.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from itertools import count

import models
import settings as settings_module
from ledger import months, periods
from tests.ledger.disk import Disk

SETTINGS = {"SPILKA_SECRET_KEY": "k" * 32, "SPILKA_AMI_SECRET": "a" * 16}
NOVEMBER = dt.date(2025, 11, 1)


def main(path: str, fatal: int) -> None:
    steps = count(1)
    reached = 0

    def step(*_arguments) -> bool:
        nonlocal reached
        reached = next(steps)
        if reached == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    disk = Disk(step)
    models.database.init(path)
    models.database.connect_params["vfs"] = disk.vfs_name
    models.database.connect()
    models.database.connection().exec_trace = step
    month = months.of(NOVEMBER)
    periods.close(month, month.ends_at, settings_module.load(SETTINGS))
    print(reached)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
