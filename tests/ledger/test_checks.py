"""Books that somebody laid hands on are found out, with the place and the difference."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import apsw
import pytest

import models
from ledger import checks
from models import Posting, Statement, Transaction
from tests.ledger import books
from tests.ledger.books import DECEMBER, NOVEMBER
from upkeep import doctor

WORD = "Сервер у хмарі"
ODD = 0x5A17C3  # a sum whose bytes stand nowhere else in the file


@pytest.fixture
def kept(db, settings):
    """A union's books of two months, with every kind of entry."""
    shops = books.union(3)
    maria = books.person()
    books.proposal(maria)
    books.item("Внесок", 0, books.fee(200_000))
    books.item(WORD, 10_001, books.by("calls"), category="server")
    books.item("Телефонія", ODD, None, category="telephone", method="once", shop=shops[1])
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 3)), 5)
    books.calls(shops[1], maria, books.local(dt.date(2025, 11, 4)), 2)
    books.close(NOVEMBER, settings)
    books.pay(shops[0], 20_000, dt.date(2025, 12, 5))
    books.close(DECEMBER, settings)
    books.pay(shops[2], 1_000, dt.date(2026, 1, 5))
    return db


def laid_hands_on(database, *changes: str) -> set[tuple[str, str]]:
    """What the checks find after somebody who may do everything changed the database: (check, about)."""
    connection = apsw.Connection(database.database)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    for change in changes:
        connection.execute(change)
    connection.close()
    return {(fault.check, fault.about.partition(" (")[0]) for fault in checks.faults()}


def test_books_as_they_were_kept_are_in_order(kept):
    assert checks.faults() == []
    assert Transaction.select().count() > 10


def test_empty_books_are_in_order(db):
    assert checks.faults() == []


def test_a_changed_sum_is_unbalanced_and_breaks_the_chain_there(kept):
    posting = Posting.get(Posting.amount_minor == ODD)
    found = laid_hands_on(kept, f"UPDATE posting SET amount_minor = amount_minor + 1 WHERE id = {posting.id}")
    about = f"transaction:{posting.transaction_id}"
    assert {("balanced", about), ("chain", about)} <= found
    (fault,) = (fault for fault in checks.faults() if fault.check == "balanced")
    assert (fault.expected, fault.actual, fault.difference) == (0, 1, 1)
    assert "expected 0, found 1, difference 1" in str(fault)


def test_a_sum_moved_between_two_shops_breaks_the_chain_and_the_statements(kept):
    accrual = models.Accrual.get(models.Accrual.basis == "calls")
    first, second = Posting.select().where(Posting.transaction == accrual.transaction, Posting.amount_minor > 0)[1:3]
    found = laid_hands_on(
        kept,
        f"UPDATE posting SET amount_minor = amount_minor - 5 WHERE id = {first.id}",
        f"UPDATE posting SET amount_minor = amount_minor + 5 WHERE id = {second.id}",
    )
    assert {check for check, _ in found} == {"chain", "accruals", "statements", "receivables"}


def test_a_transaction_taken_out_leaves_a_gap_in_the_chain(kept):
    gone = Transaction.select().order_by(Transaction.id)[3]
    found = laid_hands_on(kept, f'DELETE FROM "transaction" WHERE id = {gone.id}')
    assert ("chain", f"transaction:{gone.id + 1}") in found
    assert ("balanced", f"transaction:{gone.id}") in found


def test_a_chain_written_anew_from_the_middle_is_found_at_its_next_link(kept):
    middle = Transaction.select().order_by(Transaction.id)[3]
    found = laid_hands_on(kept, f"UPDATE \"transaction\" SET hash = 'x' WHERE id = {middle.id}")
    assert {("chain", f"transaction:{middle.id}"), ("chain", f"transaction:{middle.id + 1}")} <= found


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("UPDATE share SET split_minor = split_minor + 1 WHERE id = 1", "shares"),
        ("UPDATE share SET split_minor = split_minor + 1 WHERE id = 1", "frozen"),
        ("UPDATE accrual SET cost_minor = cost_minor + 1, covered_minor = covered_minor + 1 WHERE id = 1", "accruals"),
        ("UPDATE counted_fact SET quantity = quantity + 1 WHERE id = 1", "frozen"),
        ("DELETE FROM counted_fact WHERE id = 2", "frozen"),
        ("UPDATE statement SET closing_minor = closing_minor + 1 WHERE id = 1", "statements"),
        ("DELETE FROM statement_line WHERE id = 1", "receivables"),
        ("UPDATE payment SET amount_minor = amount_minor + 1", "payments"),
        ("UPDATE period SET reserve_after_minor = reserve_after_minor + 1 WHERE id = 1", "reserve"),
    ],
)
def test_each_check_finds_its_own(kept, change, check):
    assert check in {name for name, _ in laid_hands_on(kept, change)}


def test_a_reserve_below_zero_is_told(kept):
    posting = Posting.select().join(models.Account).where(models.Account.name == "Equity:Reserve").get()
    laid_hands_on(kept, f"UPDATE posting SET amount_minor = 10000000 WHERE id = {posting.id}")
    (fault,) = (fault for fault in checks.faults() if fault.about == "Equity:Reserve")
    assert fault.expected == 0 and fault.actual < 0


@pytest.fixture
def change_a_byte(kept):
    """Change one byte of the database file, where these bytes stand; nobody has it open meanwhile."""

    def change(standing: bytes) -> None:
        kept.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        kept.close_all()
        file = Path(kept.database)
        content = bytearray(file.read_bytes())
        places = [place for place in range(len(content)) if content.startswith(standing, place)]
        assert places
        for place in places:
            content[place + len(standing) - 1] ^= 1
        file.write_bytes(content)
        kept.connect()

    return change


@pytest.mark.parametrize("what", ["words", "sum", "hash"])
def test_a_changed_byte_of_the_file_is_found_and_the_doctor_names_the_transaction(kept, settings, change_a_byte, what):
    of_word = Transaction.select().where(Transaction.text == WORD).order_by(Transaction.id).get()
    of_sum = Posting.get(Posting.amount_minor == ODD).transaction
    last = Transaction.select().order_by(Transaction.id.desc()).get()
    standing = {
        "words": of_word.key.encode() + of_word.day.isoformat().encode() + b"accrual" + WORD.encode(),
        "sum": ODD.to_bytes(3, "big"),
        "hash": last.hash.encode() + b"",
    }[what]
    about = {"words": of_word, "sum": of_sum, "hash": last}[what]
    change_a_byte(standing)
    assert f"transaction:{about.id}" in {fault.about.partition(" (")[0] for fault in checks.faults()}
    kept.close()
    with pytest.raises(doctor.Ill, match=f"transaction:{about.id} "):
        doctor.books(settings)
    kept.connect()


def test_the_doctor_tells_of_books_in_order(kept, settings):
    kept.close()
    told = doctor.books(settings)
    kept.connect()
    assert told == f"{Transaction.select().count()} transactions in order"


def test_every_statement_was_checked(kept):
    assert len(list(checks.statements())) == 2 * Statement.select().count()
