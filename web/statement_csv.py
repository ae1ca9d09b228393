"""A statement, and the calls behind a sum, as files for a spreadsheet; no cell of them can be computed.

Sums stand as numbers, with the comma or the point of the reader's language, so that they can be added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from ledger import months
from ledger.money import plain
from ledger.statements import Line
from models import CountedFact, Shop, Statement
from web.call_csv import BYTE_ORDER_MARK, Figure, line
from web.languages import zone
from web.money_words import basis

COLUMNS = (_l("Date"), _l("What"), _l("By what"), _l("Sum"), _l("Balance"))
FACT_COLUMNS = (_l("Date"), _l("Time"), _l("Kind"), _l("Number"), _l("Talked, seconds"))
KINDS = {"call": _l("call"), "order": _l("order"), "delivery": _l("delivered order"), "return": _l("returned order")}
REVERSED = _l("Taken back: %(text)s")


def statement(made: Statement, lines: Iterable[Line]) -> Iterator[str]:
    """The statement, a line at a time: opening balance, lines, closing balance."""
    month = months.of(made.period.month)
    yield BYTE_ORDER_MARK + line(COLUMNS)
    yield line((month.first, _l("Opening balance"), "", "", amount(made.opening_minor)))
    for row in lines:
        why = basis(row.share, row.share.accrual, month.days) if row.share else ""
        yield line((row.transaction.day, what(row), why, amount(row.amount_minor), amount(row.balance_minor)))
    yield line((month.last_day, _l("Closing balance"), "", "", amount(made.closing_minor)))


def what(row: Line) -> str:
    """What a line is about."""
    if row.share:
        return row.share.accrual.item.name
    if row.payment:
        return str(_l("Payment"))
    return str(REVERSED) % {"text": row.transaction.reverses.text or row.transaction.text}


def amount(minor: int) -> Figure:
    text = plain(minor)
    return Figure(text if str(get_locale()) == "en" else text.replace(".", ","))


def facts(shop: Shop, counted: Iterable[CountedFact], numbers: Mapping[str, int]) -> Iterator[str]:
    """The calls or orders, a line at a time. numbers: Order.number by the key of an order's fact."""
    yield BYTE_ORDER_MARK + line(FACT_COLUMNS)
    for fact in counted:
        local = fact.at.astimezone(zone(shop))
        is_call = fact.kind == "call"
        number = fact.key if is_call else numbers.get(fact.key, "")
        talked = Figure(str(fact.quantity)) if is_call else ""
        yield line((f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", KINDS[fact.kind], number, talked))
