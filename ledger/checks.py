"""Are the books in order? Small invariants, each with a name; a fault says what was expected and what was found.

Everything is counted anew from the rows, by other ways than those that wrote them. Run every night (ledger/checked.py)
and by the doctor.
A fault names the transaction or the statement, so that a person knows where to look; nothing is ever mended by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from ledger import accounts, periods, transactions
from models import Account, Accrual, Payment, Period, Posting, Share, Statement, StatementLine, Transaction, database


@dataclass(frozen=True)
class Fault:
    """An invariant that doesn't hold. about: transaction:7, statement:3 … with its own name; expected and actual are
    minor units or words."""

    check: str
    about: str
    expected: int | str
    actual: int | str

    @property
    def difference(self) -> int | None:
        """actual less expected, in minor units; None for words."""
        if isinstance(self.expected, int) and isinstance(self.actual, int):
            return self.actual - self.expected
        return None

    def __str__(self) -> str:
        off = f", difference {self.difference}" if self.difference is not None else ""
        return f"{self.check}: {self.about}: expected {self.expected}, found {self.actual}{off}"


Found = Iterator[tuple[str, int | str, int | str]]  # about, expected, actual


def faults() -> list[Fault]:
    """Everything that is wrong, in the order of CHECKS; [] when the books are in order."""
    return [
        Fault(name, about, expected, actual)
        for name, check in CHECKS.items()
        for about, expected, actual in check()
        if expected != actual
    ]


# --- what is written ------------------------------------------------------------------------------------------


def balanced() -> Found:
    """The postings of each transaction sum to zero, and each posting has its transaction."""
    sums = database.execute_sql(
        "SELECT p.transaction_id, t.key, SUM(p.amount_minor) FROM posting p LEFT JOIN \"transaction\" t "
        "ON t.id = p.transaction_id GROUP BY p.transaction_id HAVING SUM(p.amount_minor) <> 0 OR t.id IS NULL"
    )  # fmt: skip
    for number, key, total in sums.fetchall():
        if key is None:
            yield f"transaction:{number}", "a transaction", "postings without one"
        yield f"transaction:{number} ({key})", 0, total


# As bytes: a changed byte may leave a text that is none.
STORED = """
    SELECT id, CAST(key AS BLOB), CAST(day AS BLOB), CAST(kind AS BLOB), CAST(text AS BLOB), CAST(at AS BLOB),
        CAST(COALESCE(user_id, '') AS BLOB), CAST(COALESCE(reverses_id, '') AS BLOB), CAST(previous_hash AS BLOB),
        CAST(hash AS BLOB)
    FROM "transaction" ORDER BY id
"""


def chain() -> Found:
    """Each transaction's hash is that of its own text and of the hash before it."""
    amounts = _amounts()
    before = ""
    for number, *stored in database.execute_sql(STORED).fetchall():
        *words, previous, own = (value.decode(errors="replace") for value in stored)
        about = f"transaction:{number} ({words[0]})"
        yield about, before, previous
        yield about, transactions.hashed(previous, words, amounts.get(number, [])), own
        before = own


def _amounts() -> dict[int, list[tuple[str, int]]]:
    """Each transaction's postings as (account name, minor units), by Transaction.id."""
    rows = database.execute_sql(
        "SELECT p.transaction_id, CAST(a.name AS BLOB), p.amount_minor FROM posting p "
        "LEFT JOIN account a ON a.id = p.account_id ORDER BY p.transaction_id"
    ).fetchall()
    return {
        number: [((name or b"").decode(errors="replace"), amount) for _, name, amount in group]
        for number, group in groupby(rows, lambda row: row[0])
    }


def reserve() -> Found:
    """The reserve is never below zero, and moved at each close by what the period says."""
    yield "Equity:Reserve", max(0, accounts.reserve()), accounts.reserve()
    said = sum(period.reserve_after_minor - period.reserve_before_minor for period in Period.select())
    moved = Posting.select(Posting.amount_minor).join(Account).switch(Posting).join(Transaction)
    moved = moved.where(Account.name == accounts.RESERVE, Transaction.kind == "reserve")
    yield "Equity:Reserve at the closes", said, -sum(amount for (amount,) in moved.tuples())


# --- what was closed ------------------------------------------------------------------------------------------


def frozen() -> Found:
    """The figures, shares and counted facts of a closed period are those of its close."""
    for period in Period.select().order_by(Period.id):
        yield f"period:{period.id} ({period.month:%Y-%m})", period.digest, periods.frozen_digest(period)


def shares() -> Found:
    """The shares of an item sum to what it is charged, each within one unit of its exact part."""
    for accrual, own in _shares():
        about = f"accrual:{accrual.id}"
        yield about, accrual.fixed_minor + accrual.shared_minor, sum(share.amount_minor for share in own)
        for share in own:
            if accrual.weight_total:
                exact = Fraction(accrual.shared_minor * share.weight, accrual.weight_total)
                if abs(share.split_minor - exact) >= 1:
                    yield f"{about} shop:{share.shop_id}", round(exact), share.split_minor


def accruals() -> Found:
    """An item's transaction holds its cost and charges each shop its share."""
    posted = _posted()
    for accrual, own in _shares():
        about = f"accrual:{accrual.id} transaction:{accrual.transaction_id}"
        amounts = posted.get(accrual.transaction_id, {})
        cost = sum(amount for name, amount in amounts.items() if name.startswith("Expenses:"))
        yield about, accrual.cost_minor, cost
        for share in own:
            owed = amounts.get(accounts.receivable(share.shop_id), 0)
            yield f"{about} shop:{share.shop_id}", share.amount_minor, owed


def _shares() -> list[tuple[Accrual, list[Share]]]:
    of_accrual: dict[int, list[Share]] = {}
    for share in Share.select():
        of_accrual.setdefault(share.accrual_id, []).append(share)
    return [(accrual, of_accrual.get(accrual.id, [])) for accrual in Accrual.select().order_by(Accrual.id)]


def _posted() -> dict[int, dict[str, int]]:
    return {number: dict(amounts) for number, amounts in _amounts().items()}


def statements() -> Found:
    """A statement closes at its opening and its lines, and opens where the one before it closed."""
    lines = dict(
        database.execute_sql(
            "SELECT l.statement_id, SUM(p.amount_minor) FROM statement_line l JOIN posting p ON p.id = l.posting_id "
            "GROUP BY l.statement_id"
        ).fetchall()
    )
    before: dict[int, int] = {}
    for row in Statement.select().order_by(Statement.id):
        about = f"statement:{row.id} shop:{row.shop_id}"
        yield f"{about} opening", before.get(row.shop_id, 0), row.opening_minor
        yield f"{about} closing", row.opening_minor + lines.get(row.id, 0), row.closing_minor
        before[row.shop_id] = row.closing_minor


def receivables() -> Found:
    """What a shop owes is its last statement's closing balance and what stands on no statement yet."""
    stated = StatementLine.select(StatementLine.posting)
    for account in Account.select().where(Account.shop.is_null(False)):
        last = Statement.select().where(Statement.shop == account.shop_id).order_by(Statement.id.desc()).first()
        waiting = Posting.select(Posting.amount_minor).where(Posting.account == account, Posting.id.not_in(stated))
        said = (last.closing_minor if last else 0) + sum(amount for (amount,) in waiting.tuples())
        yield account.name, said, accounts.balance(account.name)


def payments() -> Found:
    """A payment's transaction moved its sum in or out of the bank or the cash box."""
    posted = _posted()
    for row in Payment.select().order_by(Payment.id):
        moved = posted.get(row.transaction_id, {}).get(accounts.PLACES[row.place], 0)
        expected = row.amount_minor if row.kind in ("shop", "reserve") else -row.amount_minor
        yield f"payment:{row.id} transaction:{row.transaction_id}", expected, moved


CHECKS: dict[str, Callable[[], Found]] = {
    "balanced": balanced,
    "chain": chain,
    "reserve": reserve,
    "frozen": frozen,
    "shares": shares,
    "accruals": accruals,
    "statements": statements,
    "receivables": receivables,
    "payments": payments,
}
