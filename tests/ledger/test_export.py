"""Two other programs read our books, accept them, and find the same on every account."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from beancount import loader
from beancount.core import realization

from ledger import accounts, checks, export, money
from models import Accrual, CostItem, CountedFact, Payment, Posting, SplitRule, Transaction
from tests.ledger import books, year

EVERYTHING = {
    "operator monthly", "operator hours", "operator answered", "trainee monthly", "server monthly", "telephone once",
    "telephone monthly", "bonus once", "fine once", "commission commission", "other once", "other monthly",
    *(f"SplitRule {kind}" for kind in SplitRule.KINDS), *(f"Payment {kind}" for kind in Payment.KINDS),
    *(f"Transaction {kind}" for kind in ("accrual", "reserve", "payment", "reversal")),
    *(f"counted {kind}" for kind in ("call", "order", "delivery", "return")),
}  # fmt: skip


@pytest.fixture
def kept(db, settings, times):
    """A year of twenty shops with --long, a quarter otherwise."""
    year.keep(settings, months_kept=max(3, times(12)))
    return db


@pytest.fixture
def files(tmp_path):
    """The books as both programs read them."""

    def write() -> dict[str, Path]:
        paths = {"beancount": tmp_path / "books.beancount", "hledger": tmp_path / "books.journal"}
        for name, path in paths.items():
            path.write_text("".join(export.FORMATS[name]()))
        return paths

    return write


def said_by(*command: object) -> str:
    """What a program complains of; "" when it accepts."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stdout + done.stderr or "refused")


def complaints(files: dict[str, Path]) -> dict[str, str]:
    _, errors, _ = loader.load_file(str(files["beancount"]))
    return {
        "beancount": "\n".join(error.message for error in errors),
        "hledger": said_by("hledger", "-f", files["hledger"], "check", "--strict"),
    }


def of_beancount(path: Path) -> dict[str, int]:
    entries, _, _ = loader.load_file(str(path))
    root = realization.realize(entries)
    balances = {}
    for account in realization.iter_children(root, leaf_only=True):
        balances[account.account] = int(sum(position.units.number for position in account.balance) * money.MINOR)
    return balances


def of_hledger(path: Path) -> dict[str, int]:
    told = subprocess.run(["hledger", "-f", path, "balance", "--flat", "--empty", "--no-total", "-O", "csv"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    rows = list(csv.reader(io.StringIO(told.stdout)))[1:]
    return {name: money.minor(amount.removesuffix("UAH").strip()) for name, amount in rows}


def test_beancount_and_hledger_accept_a_year_and_find_the_same_balances(kept, files, times):
    assert Posting.select().count() >= times(10_000)
    paths = files()
    assert complaints(paths) == {"beancount": "", "hledger": ""}
    ours = accounts.balances()
    assert of_beancount(paths["beancount"]) == ours
    assert of_hledger(paths["hledger"]) == ours
    assert checks.faults() == []
    assert set(kinds_kept()) == EVERYTHING


def kinds_kept() -> Iterator[str]:
    """What the year's books hold of each kind of thing."""
    for row in CostItem.select(CostItem.category, CostItem.method).join(Accrual).distinct():
        yield f"{row.category} {row.method}"
    for table, column in ((SplitRule, SplitRule.kind), (Payment, Payment.kind), (Transaction, Transaction.kind)):
        yield from (f"{table.__name__} {word}" for (word,) in table.select(column).distinct().tuples())
    yield from (f"counted {kind}" for (kind,) in CountedFact.select(CountedFact.kind).distinct().tuples())


def test_the_command_of_beancount_accepts_it_too(db, settings, files):
    year.keep(settings, months_kept=1, shops=3)
    assert said_by(Path(sys.executable).with_name("bean-check"), files()["beancount"]) == ""


@pytest.mark.parametrize("kind", ["accrual", "payment"])
def test_a_planted_error_is_found_by_our_checks_and_by_theirs(db, settings, files, kind):
    year.keep(settings, months_kept=1, shops=3)
    wrong = Transaction.select().where(Transaction.kind == kind).order_by(Transaction.id.desc()).get()
    connection = apsw.Connection(db.database)
    connection.execute("DROP TRIGGER posting_no_update")
    connection.execute(
        "UPDATE posting SET amount_minor = amount_minor + 1 WHERE id = "
        f"(SELECT MIN(id) FROM posting WHERE transaction_id = {wrong.id})"
    )
    assert ("balanced", f"transaction:{wrong.id} ({wrong.key})", 1) in {
        (fault.check, fault.about, fault.difference) for fault in checks.faults()
    }
    theirs = complaints(files())
    assert "does not balance: (0.01 UAH)" in theirs["beancount"]
    assert "could not balance" in theirs["hledger"]


@pytest.mark.parametrize("name", ["beancount", "hledger"])
def test_a_transaction_lost_on_the_way_is_found_by_the_reader(db, settings, files, name):
    year.keep(settings, months_kept=1, shops=3)
    paths = files()
    path = paths[name]
    pieces = path.read_text().split("\n\n")
    payment = next(place for place, piece in enumerate(pieces) if "payment:" in piece)
    path.write_text("\n\n".join(pieces[:payment] + pieces[payment + 1 :]))
    assert "alance" in complaints(paths)[name]


def test_empty_books_are_accepted(db, files):
    books.union(1)
    assert complaints(files()) == {"beancount": "", "hledger": ""}
