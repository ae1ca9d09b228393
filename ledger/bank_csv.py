"""A bank's list of movements, read whatever way the bank writes it: pure, text in, rows out.

UTF-8 or cp1251, `;`, `,` or tab between columns, headings in Ukrainian, Russian or English somewhere in the first
lines; money as one signed column or as debit and credit. A row that can't be read is shown, never guessed. What was
entered already is told by day, sum and the bank's reference; equal rows of one file are told apart by their number.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.money import NotMoney, minor
from models import Shop

HEADINGS = {
    "day": ("дата операції", "дата операции", "дата", "date", "день"),
    "amount": ("сума в валюті картки", "сума", "сумма", "amount", "sum"),
    "credit": ("кредит", "надходження", "приход", "поступление", "зарахування", "credit"),
    "debit": ("дебет", "списання", "видаток", "расход", "списание", "debit"),
    "payer": ("контрагент", "платник", "плательщик", "кореспондент", "корреспондент", "payer", "counterparty", "name"),
    "text": ("призначення", "назначение", "опис", "описание", "деталі", "details", "description", "purpose", "memo"),
    "reference": ("номер документа", "№ документа", "документ", "референс", "reference", "ref", "id"),
}  # fmt: skip
HEADING_LINES = 15  # banks put the account and the dates above the table
DAY_FORMS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y")
MOST_ROWS = 5000


class NotAList(ValueError):
    """No table with a date and a sum was found."""


@dataclass(frozen=True)
class Movement:
    """A row of the list. line: its number in the file, from 1; fault: why it can't be entered: day, amount, or "".

    key: the same for the same row of the same list, whenever it is read. shop: whom its words name, if one.
    is_known: it was entered already."""

    line: int
    day: dt.date | None = None
    amount_minor: int = 0
    payer: str = ""
    text: str = ""
    reference: str = ""
    fault: str = ""
    key: str = ""
    shop: Shop | None = None
    is_known: bool = False


def read(content: bytes) -> list[Movement]:
    """The movements of a list in its order. Raises NotAList."""
    rows = _rows(content)
    place, columns = _headings(rows)
    found, seen = [], {}
    for line, row in enumerate(rows[place + 1 :][:MOST_ROWS], place + 2):
        if any(cell.strip() for cell in row):
            found.append(_numbered(_movement(line, row, columns), seen))
    return found


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", "replace")
    lines = text.splitlines()[:HEADING_LINES]
    separator = max(";\t,", key=lambda mark: max((line.count(mark) for line in lines), default=0))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for place, row in enumerate(rows[:HEADING_LINES]):
        columns = _columns([" ".join(cell.lower().split()) for cell in row])
        if "day" in columns and columns.keys() & {"amount", "credit"}:
            return place, columns
    raise NotAList("no line names a date and a sum")


def _columns(cells: list[str]) -> dict[str, int]:
    """Which column is what; an exact heading before one that only begins so, and each column once."""
    columns: dict[str, int] = {}
    for is_it in (str.__eq__, str.startswith):
        for what, words in HEADINGS.items():
            places = [place for word in words for place, cell in enumerate(cells) if cell and is_it(cell, word)]
            free = [place for place in places if place not in columns.values()]
            if what not in columns and free:
                columns[what] = free[0]
    return columns


def _movement(line: int, row: Sequence[str], columns: dict[str, int]) -> Movement:
    cell = {what: row[place].strip() if place < len(row) else "" for what, place in columns.items()}
    words = {what: " ".join(cell.get(what, "").split()) for what in ("payer", "text", "reference")}
    day = _day(cell["day"])
    if day is None:
        return Movement(line, fault="day", **words)
    try:
        return Movement(line, day, _amount(cell), **words)
    except NotMoney:
        return Movement(line, day, fault="amount", **words)


def _day(text: str) -> dt.date | None:
    found = re.match(r"[\d./-]+", text)
    for form in DAY_FORMS:
        try:
            return dt.datetime.strptime(found[0], form).date() if found else None  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _amount(cell: dict[str, str]) -> int:
    """Minor units; what left the account is below zero. Raises NotMoney."""
    if cell.get("amount"):
        return minor(_bare(cell["amount"]))
    came, went = (minor(_bare(cell[what])) if cell.get(what) else 0 for what in ("credit", "debit"))
    if not came and not went:
        raise NotMoney("")
    return abs(came) - abs(went)


def _bare(text: str) -> str:
    """Without the currency's name or sign."""
    return re.sub(r"\s*(UAH|грн\.?|₴)\s*$", "", text, flags=re.IGNORECASE)


def _numbered(movement: Movement, seen: dict[tuple, int]) -> Movement:
    told = (str(movement.day), movement.amount_minor, movement.payer, movement.text, movement.reference)
    seen[told] = seen.get(told, 0) + 1
    key = hashlib.sha256("\n".join(map(str, (*told, seen[told]))).encode()).hexdigest()[:32]
    return replace(movement, key=f"bank:{key}")


def recognise(movements: Iterable[Movement], shops: Iterable[Shop], known: set[tuple[dt.date, int, str]],
              keys: set[str]) -> list[Movement]:  # fmt: skip
    """Each movement with the one shop its words name, and whether it was entered: by its key, or by hand.

    known: (day, minor units, reference) of payments there are; keys: those of lists entered before."""
    everybody = list(shops)
    return [
        replace(
            row,
            shop=_named(row, everybody),
            is_known=row.key in keys or bool(row.reference) and (row.day, row.amount_minor, row.reference) in known,
        )
        for row in movements
    ]


def _named(movement: Movement, shops: list[Shop]) -> Shop | None:
    """The shop whose name stands there in whole words; of names within each other, "Чай" and "Чай і кава", the longer."""
    words = f"{movement.payer} {movement.text}"
    named = [shop for shop in shops if _holds(words, shop.name)]
    longest = [shop for shop in named if not any(other != shop and _holds(other.name, shop.name) for other in named)]
    return longest[0] if len(longest) == 1 else None


def _holds(words: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", words.casefold()) is not None
