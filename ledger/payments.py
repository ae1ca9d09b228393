"""Money that came or went: from a shop, to an operator or a supplier, or put into the reserve.

A payment is entered once (its key says so) and never changed; a wrong one is reversed with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger import accounts, bank_csv, months, transactions
from ledger.bank_csv import Movement
from ledger.money import MOST_MINOR
from models import Payment, Shop, Transaction, database, utcnow
from union import audit, shops
from union.audit import Actor
from union.faults import refuse_if


def enter(values: dict, key: str, by: Actor) -> Payment:
    """A payment by the columns of Payment; the same key again gives the first. Raises Refused."""
    _check(values)
    payment = Payment(**values)
    with database.atomic():
        transaction = transactions.post(
            f"payment:{key}", payment.day, "payment", _postings(payment), text=payment.note, user=by.user
        )
        if entered := Payment.get_or_none(Payment.transaction == transaction):
            return entered
        payment.transaction = transaction
        payment.save(force_insert=True)
        audit.note(by, "payment.create", f"payment:{payment.id}", shop=payment.shop, detail=payment.kind)
    return payment


def _check(values: dict) -> None:
    kind, day = values.get("kind"), values.get("day")
    refuse_if(
        kind=None if kind in Payment.KINDS else "unknown",
        place=None if values.get("place") in accounts.PLACES else "unknown",
        amount_minor=None if 0 < values.get("amount_minor", 0) <= MOST_MINOR else "amount_missing",
        shop="payer_missing" if kind == "shop" and values.get("shop") is None else None,
        user="person_missing" if kind == "operator" and values.get("user") is None else None,
        day="missing" if day is None else "date_ahead" if day > months.today(utcnow()) else None,
    )


def _postings(payment: Payment) -> dict[str, int]:
    place, amount = accounts.PLACES[payment.place], payment.amount_minor
    if payment.kind == "shop":
        return {place: amount, accounts.receivable(payment.shop_id): -amount}
    if payment.kind == "reserve":
        return {place: amount, accounts.RESERVE: -amount}
    return {accounts.payable(payment.user_id): amount, place: -amount}


def reverse(payment: Payment, reason: str, by: Actor) -> Transaction:
    """Undo a payment that was entered wrongly. Raises Refused."""
    return transactions.reverse(payment.transaction, reason, months.today(utcnow()), by)


def recent(limit: int, shop: Shop | None = None) -> list[Payment]:
    """The latest payments, each with its transaction; of one shop when it is given."""
    query = Payment.select(Payment, Transaction).join(Transaction)
    if shop is not None:
        query = query.where(Payment.shop == shop)
    return list(query.order_by(Payment.day.desc(), Payment.id.desc()).limit(limit))


def is_reversed(payment: Payment) -> bool:
    return Transaction.select().where(Transaction.reverses == payment.transaction_id).exists()


# --- from a bank's list ---------------------------------------------------------------------------------------


def recognise(movements: list[Movement]) -> list[Movement]:
    """A bank's movements, each with the shop it names and whether it was entered already."""
    undone = Transaction.select(Transaction.reverses).where(Transaction.reverses.is_null(False))
    by_hand = Payment.select(Payment.day, Payment.amount_minor, Payment.reference)
    by_hand = by_hand.where(Payment.transaction.not_in(undone), Payment.reference != "")
    wanted = [f"payment:{row.key}" for row in movements]
    keys = Transaction.select(Transaction.key).where(Transaction.key.in_(wanted)).tuples()
    entered = {key.removeprefix("payment:") for (key,) in keys}
    return bank_csv.recognise(movements, shops.current(), set(by_hand.tuples()), entered)


def enter_movements(chosen: Iterable[tuple[Movement, Shop]], by: Actor) -> list[Payment]:
    """Enter what came from shops, all or nothing; what was entered before is not entered again. Raises Refused."""
    with database.atomic():
        return [enter(_received(movement, shop), movement.key, by) for movement, shop in chosen]


def _received(movement: Movement, shop: Shop) -> dict:
    return {
        "kind": "shop", "shop": shop, "place": "bank", "day": movement.day, "amount_minor": movement.amount_minor,
        "reference": movement.reference, "note": movement.text,
    }  # fmt: skip
