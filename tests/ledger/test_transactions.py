"""post() writes balanced transactions once, in a chain; nobody changes what is written."""

from __future__ import annotations

import datetime as dt

import apsw
import pytest

import models
from ledger import accounts, transactions
from ledger.transactions import Unbalanced, post
from models import Posting, Transaction
from tests.ledger import books
from tests.ledger.books import NOVEMBER
from union.audit import BOX
from union.faults import Refused

APPEND_ONLY = [table._meta.table_name for table in models.TABLES if issubclass(table, models.AppendOnly)]


def paid(key: str = "a", amount: int = 100) -> Transaction:
    return post(key, NOVEMBER, "payment", {accounts.BANK: amount, accounts.SUPPLIERS: -amount})


def test_a_transaction_that_does_not_balance_is_refused_with_its_difference(db):
    with pytest.raises(Unbalanced) as refused:
        post("a", NOVEMBER, "payment", {accounts.BANK: 100, accounts.SUPPLIERS: -99})
    assert refused.value.difference_minor == 1
    assert not Transaction.select().exists()


def test_a_transaction_of_nothing_is_refused(db):
    with pytest.raises(ValueError):
        post("a", NOVEMBER, "payment", {accounts.BANK: 0})


def test_the_same_key_is_posted_once(db):
    first = paid()
    assert paid(amount=500) == first
    assert Posting.select().count() == 2
    assert accounts.balance(accounts.BANK) == 100


def test_each_transaction_holds_the_hash_of_the_one_before(db):
    first, second = paid("a"), paid("b")
    assert first.previous_hash == ""
    assert second.previous_hash == first.hash
    for transaction in Transaction.select():
        amounts = transactions.amounts_of(transaction).items()
        assert transactions.digest(transaction, amounts) == transaction.hash


def test_the_hash_covers_every_word_and_every_sum(db):
    transaction = paid()
    told = set()
    for name, value in (("text", "інше"), ("day", dt.date(2025, 11, 2)), ("kind", "accrual"), ("user_id", 7)):
        changed = Transaction.get()
        setattr(changed, name, value)
        told.add(transactions.digest(changed, transactions.amounts_of(transaction).items()))
    told.add(transactions.digest(transaction, [(accounts.BANK, 101), (accounts.SUPPLIERS, -101)]))
    told.add(transactions.digest(transaction, [(accounts.CASH, 100), (accounts.SUPPLIERS, -100)]))
    assert len(told) == 6 and transaction.hash not in told


def test_words_cannot_pass_for_facts():
    facts = [(accounts.BANK, 5)]
    told = {
        transactions.hashed("", words, amounts)
        for words, amounts in (
            (("a", "b"), facts), (("a\nb", ""), facts), (("a\\nb", ""), facts), (("a", f"b\n{accounts.BANK} 5"), []),
        )
    }  # fmt: skip
    assert len(told) == 4


@pytest.fixture
def closed(db, settings):
    """Every kind of row that must stay."""
    shops = books.union(2)
    maria = books.person()
    books.item("Оператор", 10_001, books.by("calls"), category="operator", user=maria)
    books.calls(shops[0], maria, books.local(dt.date(2025, 11, 3)), 2)
    books.close(NOVEMBER, settings)
    books.pay(shops[0], 500, dt.date(2025, 12, 5))
    return db


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_direct_sql_changes_deletes_and_replaces_nothing(closed, table):
    connection = apsw.Connection(closed.database)
    (before,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    assert before
    row = connection.execute(f'SELECT * FROM "{table}" LIMIT 1').fetchone()
    marks = ", ".join("?" for _ in row)
    for sql, values in (
        (f'UPDATE "{table}" SET id = id', ()),
        (f'DELETE FROM "{table}"', ()),
        (f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})', row),
    ):
        with pytest.raises(apsw.ConstraintError, match="what is written stays as it is"):
            connection.execute(sql, values)
    assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (before,)


def test_a_reversal_is_the_only_correction_and_undoes_all_of_it(db, settings):
    shops = books.union(3)
    books.item("Сервер", 10_000, books.equally())
    books.close(NOVEMBER, settings)
    transactions.reverse(Transaction.get(), "двічі той самий рахунок", dt.date(2025, 12, 4), BOX)
    assert set(accounts.balances().values()) == {0}
    assert accounts.owed_by(shops[0]) == 0
    (reversal,) = Transaction.select().where(Transaction.kind == "reversal")
    with pytest.raises(Refused, match="reversal_final"):
        transactions.reverse(reversal, "назад", dt.date(2025, 12, 4), BOX)


def test_a_reversal_never_leaves_the_reserve_below_zero(db, settings):
    books.union(2)
    books.item("Членський внесок", 0, books.fee(10_000))
    books.item("Сервер", 5_000, books.from_fees())
    books.close(NOVEMBER, settings)
    fees = Transaction.get(Transaction.text == "Членський внесок")
    with pytest.raises(Refused, match="reserve_short"):
        transactions.reverse(fees, "помилка", dt.date(2025, 12, 4), BOX)
    assert Transaction.select().where(Transaction.kind == "reversal").count() == 0


def test_what_a_reversal_leaves_goes_to_the_reserve_at_the_next_close(db, settings):
    books.union(2)
    books.item("Членський внесок", 0, books.fee(10_000))
    server = books.item("Сервер", 5_000, books.from_fees())
    books.close(NOVEMBER, settings)
    transactions.reverse(Transaction.get(Transaction.text == server.name), "не було", dt.date(2025, 12, 4), BOX)
    assert (accounts.reserve(), accounts.unappropriated()) == (15_000, 5_000)
    books.close(books.DECEMBER, settings)
    assert (accounts.reserve(), accounts.unappropriated()) == (15_000 + 5_000 + 15_000, 0)
