"""A shop's bill of a period: opening balance, lines, closing balance; and what is behind each line.

Every posting to a shop's receivable stands on exactly one statement: the first one made after it was written whose
period ends after its day. So a closing balance is the opening one and its lines, and nothing ever moves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from peewee import fn

from ledger import accounts
from ledger.months import Month
from models import (
    Account,
    Accrual,
    CountedFact,
    Membership,
    Payment,
    Period,
    Posting,
    Share,
    Shop,
    Statement,
    StatementLine,
    Transaction,
)


@dataclass(frozen=True)
class Line:
    """A posting as a shop reads it: a charge with its share, a payment, or the reversal of a transaction.

    amount_minor: above zero the shop owes more. balance_minor: what it owes after this line."""

    posting_id: int
    transaction: Transaction
    amount_minor: int
    balance_minor: int
    share: Share | None
    payment: Payment | None


@dataclass(frozen=True)
class Behind:
    """Where a sum comes from. others: what the other shops pay, without their names, the largest first; exact_minor
    and of: the shop's exact part as a fraction of a minor unit, exact_minor / of; facts: the calls or orders of this
    shop that were counted."""

    share: Share
    accrual: Accrual
    others: tuple[int, ...]
    exact_minor: int
    of: int
    facts: tuple[CountedFact, ...]


@dataclass(frozen=True)
class Overdue:
    """What a shop should have paid already, since which day, and how many days ago that was."""

    amount_minor: int
    due_on: dt.date
    days: int


# --- making ---------------------------------------------------------------------------------------------------


def make(period: Period, month: Month) -> None:
    """A statement for each shop that was a member, has a line, or owes or is owed anything."""
    waiting: dict[int, list[tuple[int, int]]] = {}
    for shop_id, posting_id, amount in _unstated().where(Transaction.day < month.next_first).tuples():
        waiting.setdefault(shop_id, []).append((posting_id, amount))
    balances = _closings()
    owing = {shop_id for shop_id, balance in balances.items() if balance}
    for shop_id in sorted(waiting.keys() | _members(month) | owing):
        _write(period, shop_id, balances.get(shop_id, 0), waiting.get(shop_id, []))


def _unstated():
    """Postings to receivables that stand on no statement, as (shop, posting, amount), oldest day first."""
    query = Posting.select(Account.shop, Posting.id, Posting.amount_minor).join(Account)
    query = query.switch(Posting).join(Transaction).switch(Posting)
    query = query.left_outer_join(StatementLine, on=(StatementLine.posting == Posting.id))
    is_new = Account.shop.is_null(False), StatementLine.id.is_null()
    return query.where(*is_new).order_by(Transaction.day, Posting.id)


def _closings() -> dict[int, int]:
    """The closing balance of each shop's last statement, by Shop.id."""
    latest = Statement.select(fn.MAX(Statement.id)).group_by(Statement.shop)
    return dict(Statement.select(Statement.shop, Statement.closing_minor).where(Statement.id.in_(latest)).tuples())


def _members(month: Month) -> set[int]:
    is_member = (Membership.starts_on < month.next_first) & (
        Membership.ends_on.is_null() | (Membership.ends_on > month.first)
    )
    rows = Membership.select(Membership.shop).join(Shop).where(is_member, ~Shop.is_test)
    return {shop_id for (shop_id,) in rows.tuples()}


def _write(period: Period, shop_id: int, opening_minor: int, lines: list[tuple[int, int]]) -> None:
    closing = opening_minor + sum(amount for _, amount in lines)
    made = Statement.create(period=period, shop=shop_id, opening_minor=opening_minor, closing_minor=closing)
    if lines:
        rows = [(made.id, posting_id) for posting_id, _ in lines]
        StatementLine.insert_many(rows, [StatementLine.statement, StatementLine.posting]).execute()


# --- reading --------------------------------------------------------------------------------------------------


def of_shop(shop: Shop) -> list[Statement]:
    """A shop's statements with their periods, the latest first."""
    query = Statement.select(Statement, Period).join(Period).where(Statement.shop == shop)
    return list(query.order_by(Period.month.desc()))


def find(shop: Shop, month: dt.date) -> Statement | None:
    """A shop's statement of the month that begins on this day."""
    return Statement.select(Statement, Period).join(Period).where(Statement.shop == shop, Period.month == month).first()


def lines(statement: Statement) -> list[Line]:
    """The lines of a statement in their order, each with what is behind it and the running balance."""
    stated = StatementLine.select(StatementLine.posting).where(StatementLine.statement == statement)
    return _lines(statement.shop_id, Posting.id.in_(stated), statement.opening_minor)


def waiting(shop: Shop) -> list[Line]:
    """What stands on no statement yet: payments and reversals since the last one, with the running balance."""
    ids = [posting_id for shop_id, posting_id, _ in _unstated().where(Account.shop == shop).tuples()]
    return _lines(shop.id, Posting.id.in_(ids), _closings().get(shop.id, 0))


def _lines(shop_id: int, condition, opening_minor: int) -> list[Line]:
    query = Posting.select(Posting, Transaction).join(Transaction).switch(Posting)
    rows = list(query.where(condition).order_by(Transaction.day, Posting.id))
    about = [row.transaction_id for row in rows]
    shares = Share.select(Share, Accrual).join(Accrual).where(Share.shop == shop_id, Accrual.transaction.in_(about))
    share_of = {share.accrual.transaction_id: share for share in shares}
    payment_of = {row.transaction_id: row for row in Payment.select().where(Payment.transaction.in_(about))}
    running = list(accumulate((row.amount_minor for row in rows), initial=opening_minor))[1:]
    return [
        Line(row.id, row.transaction, row.amount_minor, balance,
             share_of.get(row.transaction_id), payment_of.get(row.transaction_id))
        for row, balance in zip(rows, running, strict=True)
    ]  # fmt: skip


def behind(share: Share) -> Behind:
    """Where a shop's sum comes from: the item, the others' sums, its calls, and the odd kopeck."""
    accrual = share.accrual
    others = [row.amount_minor for row in accrual.shares if row.shop_id != share.shop_id]
    return Behind(
        share, accrual, tuple(sorted(others, reverse=True)),
        accrual.shared_minor * share.weight, max(1, accrual.weight_total), tuple(_facts(share)),
    )  # fmt: skip


FACTS = {"calls": ("call",), "talk": ("call",), "orders": ("order",), "own": ("delivery", "return")}


def _facts(share: Share) -> Iterable[CountedFact]:
    kinds = FACTS.get(share.accrual.basis, ())
    counted = CountedFact.period == share.accrual.period, CountedFact.shop == share.shop_id
    return CountedFact.select().where(*counted, CountedFact.kind.in_(kinds)).order_by(CountedFact.at)


# --- dunning --------------------------------------------------------------------------------------------------


def overdue(shop: Shop, today: dt.date) -> Overdue | None:
    """What a shop owes of statements whose due day is past, payments going to the oldest first; None: nothing."""
    owed = accounts.owed_by(shop)
    unpaid: list[tuple[int, dt.date]] = []
    charged_since = sum(line.amount_minor for line in waiting(shop) if line.amount_minor > 0)
    for statement in of_shop(shop):  # the latest first: what was charged after one is not asked for by it
        if owed - charged_since <= 0:
            break
        if statement.period.due_on < today:
            unpaid.append((owed - charged_since, statement.period.due_on))
        charged_since += sum(line.amount_minor for line in lines(statement) if line.amount_minor > 0)
    if not unpaid:
        return None
    due_on = unpaid[-1][1]
    return Overdue(unpaid[0][0], due_on, (today - due_on).days)
