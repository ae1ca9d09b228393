"""post() is the only writer of postings: balanced or refused, once per key, chained to what was written before.

Nothing is ever edited or deleted (the database refuses it); the only correction is a reversal with a reason. The
hash of each transaction covers its canonical text and the hash before it, so that a changed byte shows where it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping

from ledger import accounts
from models import Account, Posting, Transaction, User, database, utcnow
from union.audit import Actor, note
from union.faults import refuse_if


class Unbalanced(ValueError):
    """The postings don't sum to zero; difference_minor is their sum."""

    def __init__(self, difference_minor: int) -> None:
        super().__init__(f"the postings differ from zero by {difference_minor} minor units")
        self.difference_minor = difference_minor


def post(
    key: str, day: dt.date, kind: str, postings: Mapping[str, int], *,
    text: str = "", user: User | None = None, reverses: Transaction | None = None,
) -> Transaction:  # fmt: skip
    """Write a transaction of these postings (account name -> minor units), once: the same key again gives the first.

    Zero sums are left out. Raises Unbalanced, ValueError when nothing is left.
    """
    amounts = {name: amount for name, amount in postings.items() if amount}
    if difference := sum(amounts.values()):
        raise Unbalanced(difference)
    if not amounts:
        raise ValueError(f"{key}: a transaction of no postings")
    with database.atomic():
        if written := Transaction.get_or_none(Transaction.key == key):
            return written
        return _write(Transaction(key=key, day=day, kind=kind, text=text, user=user, reverses=reverses), amounts)


def _write(transaction: Transaction, amounts: dict[str, int]) -> Transaction:
    ids = accounts.ensure(amounts)
    last = Transaction.select(Transaction.hash).order_by(Transaction.id.desc()).first()
    transaction.at = utcnow()
    transaction.previous_hash = last.hash if last else ""
    transaction.hash = digest(transaction, list(amounts.items()))
    transaction.save(force_insert=True)
    rows = [(transaction.id, ids[name], amount) for name, amount in amounts.items()]
    Posting.insert_many(rows, [Posting.transaction, Posting.account, Posting.amount_minor]).execute()
    return transaction


def digest(transaction: Transaction, amounts: Iterable[tuple[str, int]]) -> str:
    """The hash of a transaction with these postings."""
    return hashed(transaction.previous_hash, as_stored(transaction), amounts)


def as_stored(transaction: Transaction) -> tuple[str, ...]:
    """What the hash covers beside the postings, as the database keeps it."""
    day, at = Transaction.day.db_value(transaction.day), Transaction.at.db_value(transaction.at)
    return (
        transaction.key, day, transaction.kind, transaction.text, at, str(transaction.user_id or ""),
        str(transaction.reverses_id or ""),
    )  # fmt: skip


def hashed(previous_hash: str, words: Iterable[str], amounts: Iterable[tuple[str, int]]) -> str:
    """SHA-256 (hex) over the previous hash and the canonical text: a line a fact, words keep to their line."""
    lines = [word.replace("\\", "\\\\").replace("\n", "\\n") for word in words]
    lines += [f"{name} {amount}" for name, amount in sorted(amounts)]
    return hashlib.sha256("\n".join([previous_hash, *lines]).encode()).hexdigest()


def reverse(transaction: Transaction, reason: str, day: dt.date, by: Actor) -> Transaction:
    """Undo a transaction by its opposite, once. Raises Refused: without a reason, of a reversal or of what went to the
    reserve by a close, or when the reserve would fall below zero."""
    refuse_if(
        reason=None if reason.strip() else "reason_missing",
        transaction="reversal_final" if transaction.kind in ("reversal", "reserve") else None,
    )
    opposite = {name: -amount for name, amount in amounts_of(transaction).items()}
    with database.atomic():
        if undone := Transaction.get_or_none(Transaction.reverses == transaction):
            return undone
        undone = post(f"reversal:{transaction.id}", day, "reversal", opposite,
                      text=reason.strip(), user=by.user, reverses=transaction)  # fmt: skip
        refuse_if(transaction="reserve_short" if accounts.reserve() + accounts.unappropriated() < 0 else None)
        note(by, "transaction.reverse", f"transaction:{transaction.id}", detail=undone.text)
    return undone


def amounts_of(transaction: Transaction) -> dict[str, int]:
    """A transaction's postings: account name -> minor units."""
    query = Posting.select(Account.name, Posting.amount_minor).join(Account)
    return dict(query.where(Posting.transaction == transaction).order_by(Posting.id).tuples())
