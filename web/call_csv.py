"""The list of calls as a file for a spreadsheet: what the list shows, a call a line, nothing that it does not show.

Made for Excel as it is met: a UTF-8 mark in front, the separator of the reader's language (Ukrainian and Russian ones
take a comma for part of a number), and no cell that it would compute: a name may begin with an equals sign.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from models import Call, Shop
from web.call_words import ENDINGS, STANDINGS
from web.languages import number, zone

BYTE_ORDER_MARK = "\ufeff"
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
COLUMNS = (
    _l("Date"), _l("Time"), _l("Customer"), _l("How it ended"), _l("What became of it"), _l("Operator"),
    _l("Number called"), _l("Source"), _l("Keys"), _l("Waited, seconds"), _l("Talked, seconds"),
)  # fmt: skip


def lines(shop: Shop, calls: Iterable[Call]) -> Iterator[str]:
    """The file, a line at a time."""
    yield BYTE_ORDER_MARK + line(COLUMNS)
    for call in calls:
        yield line(cells(shop, call))


def cells(shop: Shop, call: Call) -> tuple:
    local = call.arrived_at.astimezone(zone(shop))
    return (
        local.strftime("%Y-%m-%d"),
        local.strftime("%H:%M:%S"),
        current_user.customer(shop.id, call.customer) or (_l("number withheld") if call.withheld else ""),
        ENDINGS[call.ending],
        STANDINGS[call.standing],
        call.operator.name if call.operator else "",
        number(call.did.number) if call.did else "",
        call.did.label if call.did else "",
        call.menu_path,
        "" if call.wait_seconds is None else call.wait_seconds,
        call.talk_seconds,
    )


class Figure(str):
    """A number that the box itself wrote: a spreadsheet may take it for one, also below zero."""


def line(values: Iterable) -> str:
    text = io.StringIO()
    separator = "," if str(get_locale()) == "en" else ";"
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerow([harmless(value) for value in values])
    return text.getvalue()


def harmless(value: object) -> str:
    """The text of a cell; an apostrophe in front of what a spreadsheet would compute."""
    text = str(value)
    if isinstance(value, Figure):
        return text
    return f"'{text}" if text.startswith(COMPUTED) else text
