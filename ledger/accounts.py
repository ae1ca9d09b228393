"""The chart of accounts and what stands on each. An account is made when it is first needed and never changed.

    Assets:Bank, Assets:Cash                  the union's money
    Assets:Receivable:Shop-<id>               what a shop owes
    Liabilities:Operator-<id>                 what the union owes her
    Liabilities:Suppliers                     and everybody else
    Expenses:<Category>                       what was spent on what
    Income:Recharges                          what the shops were charged
    Equity:Reserve, Equity:Appropriated       put by for the day shops leave, and from which result

A debit is positive: a receivable above zero is owed to the union, the reserve is a balance below zero.
"""

from __future__ import annotations

from collections.abc import Iterable

from peewee import fn

from models import Account, Posting, Shop, User

BANK, CASH = "Assets:Bank", "Assets:Cash"
SUPPLIERS, RECHARGES = "Liabilities:Suppliers", "Income:Recharges"
RESERVE, APPROPRIATED = "Equity:Reserve", "Equity:Appropriated"
PLACES = {"bank": BANK, "cash": CASH}
SHOP, OPERATOR = "Assets:Receivable:Shop-", "Liabilities:Operator-"


def receivable(shop_id: int) -> str:
    return f"{SHOP}{shop_id}"


def payable(user_id: int | None) -> str:
    """What is owed to an operator; to a supplier when there is none."""
    return SUPPLIERS if user_id is None else f"{OPERATOR}{user_id}"


def expense(category: str) -> str:
    return f"Expenses:{category.capitalize()}"


def ensure(names: Iterable[str]) -> dict[str, int]:
    """Account.id by name, made where missing."""
    wanted = set(names)
    known = dict(Account.select(Account.name, Account.id).where(Account.name.in_(list(wanted))).tuples())
    for name in sorted(wanted - known.keys()):
        shop = int(name.removeprefix(SHOP)) if name.startswith(SHOP) else None
        user = int(name.removeprefix(OPERATOR)) if name.startswith(OPERATOR) else None
        made = Account.create(name=name, kind=name.partition(":")[0].lower(), shop=shop, user=user)
        known[name] = made.id
    return known


def balance(name: str) -> int:
    """What stands on one account, in minor units; 0 where there is none."""
    total = Posting.select(fn.SUM(Posting.amount_minor)).join(Account).where(Account.name == name).scalar()
    return total or 0


def balances() -> dict[str, int]:
    """Every account's balance by its name, in the order of names."""
    query = Posting.select(Account.name, fn.SUM(Posting.amount_minor)).join(Account)
    return dict(query.group_by(Account.id).order_by(Account.name).tuples())


def owed_by(shop: Shop) -> int:
    """What a shop owes the union; below zero it has paid ahead."""
    return balance(receivable(shop.id))


def owed_to(user: User) -> int:
    """What the union owes an operator."""
    return -balance(payable(user.id))


def reserve() -> int:
    """What has been put by."""
    return -balance(RESERVE)


def unappropriated() -> int:
    """The result that has not gone to the reserve yet: reversals since the last close; below zero it was a loss."""
    kinds = (Account.kind.in_(("income", "expenses"))) | (Account.name == APPROPRIATED)
    return -(Posting.select(fn.SUM(Posting.amount_minor)).join(Account).where(kinds).scalar() or 0)
