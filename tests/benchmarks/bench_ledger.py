"""How long the books take: a month of twenty shops and 100 000 calls, an owner's statement, and balances beside
hledger's.

    python -m tests.benchmarks.bench_ledger [calls]

Aims: the close under 2 s; the page of a statement, through the application as a logged-in owner opens it, under 50 ms;
all balances of 10 000 transactions sooner than hledger finds them in the same books. The machine's load stands above
the figures: what is told of the processor holds on a busy machine too, the ratios hold anywhere.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient

import models
import settings as spilka
from app import create_app
from ledger import accounts, export
from tests.ledger import books, year
from tests.web.conftest import token_of

TIMES, TRANSACTIONS = 15, 10_000
NOVEMBER = dt.date(2025, 11, 1)
PLAIN = 'CREATE TABLE plain (a, b, c, d, e, f, "g")'


def main(calls: int = 100_000) -> None:
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        close(Path(folder), calls)
        balances(Path(folder))


def opened(path: Path) -> spilka.Settings:
    models.database.init(str(path))
    models.database.connect(reuse_if_open=True)
    models.database.create_tables(models.TABLES)
    return spilka.Settings(data_dir=path.parent, secret_key="s" * 32, ami_secret="a" * 16, secure_cookies=False)


def close(folder: Path, calls: int) -> None:
    settings = opened(folder / "month.db")
    shops = books.union(20)
    maria = books.person()
    books.proposal(maria)
    for basis in ("calls", "talk", "equal"):
        books.item(basis, 100_001, books.by(basis))
    for shop in shops:
        books.calls(shop, maria, books.local(NOVEMBER, 0), calls // 20, every_seconds=20)
    plain = took(lambda: insert(calls))
    spent = took(lambda: books.close(NOVEMBER, settings))
    print(f"closing a month of {len(shops)} shops and {models.CountedFact.select().count()} calls: {spent}, "
          f"{spent.busy / plain.busy:.1f} × the processor's time for inserting as many plain rows")  # fmt: skip
    pages(settings, shops[0])
    models.database.close_all()


def pages(settings: spilka.Settings, shop: models.Shop) -> None:
    """The statement of a shop, and where its largest sum by calls comes from, as its owner opens them."""
    owner = books.person("Власниця")
    models.Role.create(user=owner, kind="owner", shop=shop)
    app = create_app(settings)
    browser = app.test_client()
    browser.set_cookie("spilka", token_of(owner))
    share = models.Share.select().where(models.Share.shop == shop, models.Share.weight > 1000).get()
    bare = median(lambda: get(browser, "/me"))
    for name, path in (
        ("a statement", ""),
        ("a month that runs", "/so-far"),
        ("what is behind a sum", f"/shares/{share.id}"),
    ):
        spent = median(lambda path=path: get(browser, f"/shops/{shop.id}/statements{path}"))
        print(
            f"the page of {name}: {spent}, {spent.busy / bare.busy:.1f} × the processor's time of a page without money"
        )


def get(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status}")


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
    ours = median(accounts.balances)
    command = ["hledger", "-f", journal, "balance", "--flat", "-O", "csv"]
    theirs = median(lambda: subprocess.run(command, capture_output=True, check=True), 3)
    print(f"balances of {models.Transaction.select().count()} transactions: {ours}, hledger "
          f"{1000 * theirs.wall:.0f} ms: {theirs.wall / ours.wall:.0f} × ours")  # fmt: skip
    models.database.close_all()


@dataclass(frozen=True, order=True)
class Spent:
    """Seconds by the clock, and of this process on the processor."""

    wall: float
    busy: float

    def __str__(self) -> str:
        return f"{1000 * self.wall:.1f} ms ({1000 * self.busy:.1f} ms of the processor)"


def took(work: Callable[[], object]) -> Spent:
    began, busy = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - began, time.process_time() - busy)


def median(work: Callable[[], object], times: int = TIMES) -> Spent:
    """The medians of several runs, after one that warms up."""
    work()
    runs = [took(work) for _ in range(times)]
    return Spent(statistics.median(run.wall for run in runs), statistics.median(run.busy for run in runs))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
