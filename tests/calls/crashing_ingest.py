"""An ingest in a process of its own that kills itself (-9) at its n-th SQL statement; n = 0: never.

Run as: crashing_ingest.py <folder of the test> <n> [rotate]. It takes small bites, so that n falls everywhere: before
the mark moves, between a call and its legs, at the commit.
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import sys
from pathlib import Path

import models
import settings as settings_module
from calls import ingest
from pbx import cel

BITE_BYTES = 5_000


def main(folder: Path, fatal: int, rotates: bool) -> None:
    settings = settings_module.load(
        {
            "SPILKA_SECRET_KEY": "k" * 32,
            "SPILKA_AMI_SECRET": "a" * 16,
            "SPILKA_DATA_DIR": str(folder / "data"),
            "SPILKA_PBX_DIR": str(folder / "pbx"),
        }
    )
    cel.LATE_ROW_SECONDS = 0  # nobody else writes here
    cel.read = functools.partial(cel.read, limit_bytes=BITE_BYTES)
    models.database.init(str(folder / "spilka.db"))
    models.database.connect()
    statements = itertools.count(1)

    def die(cursor, sql, bindings) -> bool:
        if next(statements) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    models.database.connection().exec_trace = die
    if rotates:
        cel.rotate(settings.cel_dir, ingest.current_mark())
    ingest.ingest_all(settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["rotate"])
