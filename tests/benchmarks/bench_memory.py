"""Memory of the whole box at rest: all processes of ours plus Asterisk (aim: under 350 MB).

    SPILKA_ASTERISK_ROOT=… python -m tests.benchmarks.bench_memory

Proportional set size (PSS): pages that processes share count once in the sum.
"""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from tests.flows import cast as people
from tests.flows.box import Box

SETTLE_SECONDS = 10


def main():
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Path(folder), tick_seconds=5)
        try:
            people.make(box)
            box.start_asterisk()
            for start in (box.start_agi, box.start_scheduler, box.start_web):
                start()
            time.sleep(SETTLE_SECONDS)
            megabytes = {name: sum(map(pss, family(process.pid))) / 1024 for name, process in box.processes.items()}
        finally:
            box.stop()
    for name, size in megabytes.items():
        print(f"{name:>10}: {size:6.1f} MB")
    print(f"{'together':>10}: {sum(megabytes.values()):6.1f} MB (aim: under 350)")


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [member for child in children for member in family(int(child))]


def pss(pid: int) -> int:
    """Proportional set size in kilobytes."""
    return int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])


if __name__ == "__main__":
    main()
