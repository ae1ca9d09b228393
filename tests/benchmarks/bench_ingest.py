"""How fast event rows become facts: in bulk, beside reading and inserting the same rows alone; and one call at a time.

    python -m tests.benchmarks.bench_ingest [calls]

The rows are recorded answered calls with new ids and other customers. Aims: at least 5 000 rows a second in bulk;
from a call's last row in the file to its committed Call at most 300 ms (p95) at 2 calls a second, with the
scheduler's polling.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import models
import settings as settings_module
from calls import ingest, raw_rows
from pbx import cel
from pbx.names import CEL_FILE
from tests.calls import recorded
from tests.calls.conftest import furnish

STORY = "answered-customer-hangs-up"
CUSTOMER, ID = b"0501112233", re.compile(rb"17[0-9]{8}\.([0-9]+)")
CALLS_A_SECOND, LIVE_SECONDS = 2, 20


def main(calls: int = 2000):
    story = recorded.text(STORY)
    text = b"".join(a_call(story, number) for number in range(calls))
    alone, whole = timed(text, store_alone), timed(text, ingest.ingest_all)
    rows = text.count(b"\n")
    print(f"     read and inserted alone: {rows / alone:8.0f} rows/s")
    print(f"ingested (folded, committed): {rows / whole:8.0f} rows/s (aim: at least 5000)")
    print(f"                       ratio: {alone / whole:8.2f}")
    waits = live(story)
    p95 = statistics.quantiles(waits, n=20)[18] * 1000
    print(f"     row to committed Call: median {statistics.median(waits) * 1000:.0f} ms, p95 {p95:.0f} ms (aim: 300)")


def a_call(story: bytes, number: int) -> bytes:
    """The recorded call as another: ids, channels and customer of its own."""
    own = ID.sub(lambda match: b"%d.%s" % (1_800_000_000 + number, match[1]), story)
    return own.replace(CUSTOMER, b"050%07d" % number).replace(b"trunk-1-0000", b"trunk-1-%04x" % (number % 65536))


def timed(text: bytes, work) -> float:
    """Seconds that work takes over an event file of this text and a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        settings = open_house(Path(folder))
        (settings.cel_dir / CEL_FILE).write_bytes(text)
        started = time.perf_counter()
        work(settings)
        seconds = time.perf_counter() - started
        models.database.close_all()
    return seconds


def store_alone(settings: settings_module.Settings) -> None:
    """The least there is to do: read the rows and keep them, a transaction for each megabyte."""
    mark, more = cel.Mark(1, 0), True
    while more:
        batch = cel.read(settings.cel_dir, mark)
        with models.database.atomic():
            raw_rows.store((raw_rows.ASTERISKS, row) for row in batch.rows)
        mark, more = batch.mark, batch.more


def live(story: bytes) -> list[float]:
    """Seconds from the last row of each call to its committed Call, seen from another connection."""
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = open_house(Path(folder))
        stop = threading.Event()
        scheduler = threading.Thread(target=poll, args=(settings, stop))
        scheduler.start()
        for number in range(CALLS_A_SECOND * LIVE_SECONDS):
            began = time.perf_counter()
            with (settings.cel_dir / CEL_FILE).open("ab") as file:
                file.write(a_call(story, number))
            written = time.perf_counter()
            ended = models.Call.select().where(models.Call.ended_at.is_null(False))
            while ended.count() <= number:
                time.sleep(0.002)
            waits.append(time.perf_counter() - written)
            time.sleep(max(0.0, began + 1 / CALLS_A_SECOND + number % 7 * 0.03 - time.perf_counter()))
        stop.set()
        scheduler.join()
        models.database.close_all()
    return waits


def poll(settings: settings_module.Settings, stop: threading.Event) -> None:
    """The scheduler's loop."""
    with models.database.connection_context():
        while not stop.wait(settings.ingest_seconds):
            ingest.ingest_all(settings)


def open_house(folder: Path) -> settings_module.Settings:
    settings = settings_module.load(
        {
            "SPILKA_SECRET_KEY": "k" * 32,
            "SPILKA_AMI_SECRET": "a" * 16,
            "SPILKA_DATA_DIR": str(folder),
            "SPILKA_PBX_DIR": str(folder / "pbx"),
        }
    )
    settings.cel_dir.mkdir(parents=True)
    models.database.init(str(folder / "spilka.db"))
    models.database.connect()
    models.database.create_tables(models.TABLES)
    furnish()
    return settings


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
