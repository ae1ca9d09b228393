"""The books as text for beancount and for hledger: every transaction, every amount written out, nothing left to infer.

At the end both assert the balance of every account, so that a lost or changed line is found by whoever reads the file.
Names of shops and people are told where the account is opened; the account's own name never changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from peewee import fn

from ledger import accounts
from ledger.money import plain
from models import Account, Posting, Shop, Transaction, Union, User

Journal = Iterator[tuple[Transaction, list[tuple[str, int]]]]


def beancount() -> Iterator[str]:
    """The books in beancount's language, a piece at a time."""
    union, (first, last) = Union.get(), _days()
    yield f"option \"title\" {_quoted(union.name)}\noption \"operating_currency\" \"{union.currency}\"\n\n"  # fmt: skip
    for account, whose in _chart():
        yield f"{first} open {account.name} {union.currency}\n" + (f"  name: {_quoted(whose)}\n" if whose else "")
    for transaction, amounts in _journal():
        yield f"\n{transaction.day} * {_quoted(transaction.kind)} {_quoted(transaction.text)}\n"
        yield f'  key: {_quoted(transaction.key)}\n  hash: "{transaction.hash}"\n'
        yield from (f"  {name}  {plain(amount)} {union.currency}\n" for name, amount in amounts)
    yield "\n"
    for name, balance in accounts.balances().items():
        yield f"{last + dt.timedelta(days=1)} balance {name}  {plain(balance)} {union.currency}\n"


def hledger() -> Iterator[str]:
    """The books as hledger's journal, a piece at a time."""
    union, (_, last) = Union.get(), _days()
    yield f"; {_line(union.name)}\ncommodity 1000.00 {union.currency}\n\n"
    for account, whose in _chart():
        yield f"account {account.name}" + (f"  ; name: {_line(whose)}\n" if whose else "\n")
    for transaction, amounts in _journal():
        yield f"\n{transaction.day} * ({transaction.id}) {transaction.kind} | {_line(transaction.text)}\n"
        yield f"    ; key: {_line(transaction.key)}\n    ; hash: {transaction.hash}\n"
        yield from (f"    {name}  {plain(amount)} {union.currency}\n" for name, amount in amounts)
    yield f"\n{last} * balances\n"
    for name, balance in accounts.balances().items():
        yield f"    {name}  0.00 {union.currency} = {plain(balance)} {union.currency}\n"


FORMATS: dict[str, Callable[[], Iterator[str]]] = {"beancount": beancount, "hledger": hledger}


def _days() -> tuple[dt.date, dt.date]:
    """The first and the last day of the books."""
    first, last = Transaction.select(fn.MIN(Transaction.day), fn.MAX(Transaction.day)).scalar(as_tuple=True)
    epoch = dt.date(1970, 1, 1)
    return (Transaction.day.python_value(str(first)), Transaction.day.python_value(str(last))) if first else (epoch, epoch)  # fmt: skip


def _chart() -> list[tuple[Account, str]]:
    """Every account that bears a posting, and whose it is."""
    used = Account.id.in_(Posting.select(Posting.account))
    query = Account.select(Account, Shop, User).left_outer_join(Shop).switch(Account).left_outer_join(User)
    rows = query.where(used).order_by(Account.name)
    return [(row, row.shop.name if row.shop_id else row.user.name if row.user_id else "") for row in rows]


def _journal() -> Journal:
    """Every transaction in the order of days, with its postings as (account name, minor units)."""
    postings: dict[int, list[tuple[str, int]]] = {}
    rows = Posting.select(Posting.transaction, Account.name, Posting.amount_minor).join(Account).order_by(Posting.id)
    for number, name, amount in rows.tuples().iterator():
        postings.setdefault(number, []).append((name, amount))
    for transaction in Transaction.select().order_by(Transaction.day, Transaction.id).iterator():
        yield transaction, postings[transaction.id]


def _quoted(text: str) -> str:
    """A string of beancount's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


def _line(text: str) -> str:
    """Words that hledger takes for nothing else: on one line, without what begins a comment or splits a tag."""
    return " ".join(text.replace(";", ",").split())
