"""A whole line is told at once: how long after his time each caller hears his place, over a real Asterisk.

    SPILKA_ASTERISK_ROOT=… python -m tests.benchmarks.bench_announcer [callers] [rounds]

Measured in what the callers' telephones recorded, so everything is in it: the look every second, facts, the estimate,
Asterisk, the whisper's first 0.2 s. The aim: nobody is missed, and half are told within 1.5 s of their time.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.flows import cast as people
from tests.flows.box import Box, until
from tests.flows.crowd import all_told, call_in, hang_up, lags, operator_at_lunch

FIRST_SECONDS = 8
TELLING_SECONDS = 12  # the longest announcement


def main(callers: int = 30, rounds: int = 3):
    late = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            late += one_round(callers, Path(folder))
    twentieths = statistics.quantiles(late, n=20)
    print(f"{callers} callers told at once, {rounds} times, nobody missed (load {os.getloadavg()[0]:.1f}):")
    print(
        f"    {statistics.median(late):.2f} s after his time at the median, p95 {twentieths[18]:.2f} s, {max(late):.2f} s at most"
    )


def one_round(callers: int, folder: Path) -> list[float]:
    """The seconds by which each was told late."""
    box = Box(folder, announce_first_seconds=FIRST_SECONDS)
    try:
        cast = people.make(box)
        box.start_asterisk()
        box.start_scheduler()
        operator_at_lunch(cast)
        crowd = call_in(cast, callers, folder)
        until(lambda: all_told(crowd), 30, "everybody is told")
        time.sleep(TELLING_SECONDS)
        hang_up(crowd)
        return lags(crowd, FIRST_SECONDS)
    finally:
        box.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
