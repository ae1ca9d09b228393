"""How long the books take: a month of twenty shops and 100 000 calls, a statement, and balances beside hledger's.

    python -m tests.benchmarks.bench_ledger [calls]

Aims: the close under 2 s, a statement's lines under 50 ms, all balances of 10 000 transactions sooner than hledger
finds them in the same books. The last is a ratio of one run on one machine; so is the close, to plain inserts of as
many rows.
"""

from __future__ import annotations

import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import models
import settings as spilka
from ledger import accounts, export, statements
from tests.ledger import books, year

TIMES, TRANSACTIONS = 7, 10_000
NOVEMBER = dt.date(2025, 11, 1)
PLAIN = 'CREATE TABLE plain (a, b, c, d, e, f, "g")'


def main(calls: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        close(Path(folder), calls)
        balances(Path(folder))


def opened(path: Path) -> spilka.Settings:
    models.database.init(str(path))
    models.database.connect(reuse_if_open=True)
    models.database.create_tables(models.TABLES)
    return spilka.Settings(data_dir=path.parent, secret_key="s" * 32, ami_secret="a" * 16)


def close(folder: Path, calls: int) -> None:
    settings = opened(folder / "month.db")
    shops = books.union(20)
    maria = books.person()
    books.proposal(maria)
    for basis in ("calls", "talk", "equal"):
        books.item(basis, 100_001, books.by(basis))
    for shop in shops:
        books.calls(shop, maria, books.local(NOVEMBER, 0), calls // 20, every_seconds=20)
    plain = seconds(lambda: insert(calls))
    busy = time.process_time()
    took = seconds(lambda: books.close(NOVEMBER, settings))
    busy = time.process_time() - busy
    print(f"closing a month of {len(shops)} shops and {models.CountedFact.select().count()} calls: {took:.2f} s "
          f"({busy:.2f} s of the processor), {took / plain:.1f} × inserting as many plain rows")  # fmt: skip
    statement = statements.find(shops[0], NOVEMBER)
    reading = statistics.median(seconds(lambda: statements.lines(statement)) for _ in range(TIMES))
    print(f"a statement's lines: {1000 * reading:.1f} ms")
    models.database.close_all()


def insert(rows: int) -> None:
    """What SQLite itself takes for as many rows of as many columns."""
    with models.database.atomic():
        models.database.execute_sql(PLAIN)
        row = (1, "call", "c1", 1, 1, "2025-11-01T00:00:00.000000+00:00", 60)
        models.database.connection().cursor().executemany(
            "INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?)", (row for _ in range(rows))
        )


def balances(folder: Path) -> None:
    settings = opened(folder / "year.db")
    shops = year.keep(settings, months_kept=2)
    while models.Transaction.select().count() < TRANSACTIONS:
        with models.database.atomic():
            for shop in shops * 10:
                books.pay(shop, 100, dt.date(2025, 3, 5))
    journal = folder / "books.journal"
    journal.write_text("".join(export.hledger()))
    ours = statistics.median(seconds(accounts.balances) for _ in range(TIMES))
    command = ["hledger", "-f", journal, "balance", "--flat", "-O", "csv"]
    theirs = statistics.median(
        seconds(lambda: subprocess.run(command, capture_output=True, check=True)) for _ in range(3)
    )
    print(f"balances of {models.Transaction.select().count()} transactions: {1000 * ours:.1f} ms, "
          f"hledger {1000 * theirs:.0f} ms: {theirs / ours:.0f} × ours")  # fmt: skip
    models.database.close_all()


def seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
