"""Cards: what an operator must know of a shop, written by its owner and on open desks at once.

Every change says again that the whole card is so, and how long ago that was is shown with it. A removed card stays,
so that removing can be undone. The search index is changed in the same transaction as the card.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from peewee import fn

from models import Card, Shop, User, database, utcnow
from orders import prices, search
from orders.words import words
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if

MOST_TITLE = 120
MOST_TEXT = 2000
MOST_STOCK = 10**9
MOST_LINES = 500  # taken in one transaction, for which every other writer waits


def present(shop: Shop):
    """The shop's cards that are not removed."""
    return Card.select().where(Card.shop == shop, Card.removed_at.is_null())


def find(shop: Shop, card_id: int) -> Card | None:
    """A card of this shop, removed or not."""
    return Card.get_or_none(Card.id == card_id, Card.shop == shop)


def add(shop: Shop, values: dict, by: Actor) -> Card:
    """A new card of this shop. Raises Refused."""
    with database.atomic():
        refuse_if(title=_title_fault(shop, values["title"]))
        card = Card.create(shop=shop, **values, confirmed_by=by.user)
        search.index(card)
        _note(by, "card.create", card)
    return card


def change(card: Card, values: dict, by: Actor) -> None:
    """The card is so from now on. Raises Refused."""
    with database.atomic():
        refuse_if(title=_title_fault(card.shop, values.get("title", card.title), card))
        Card.update(**values, confirmed_at=utcnow(), confirmed_by=by.user).where(Card.id == card.id).execute()
        search.index(Card.get_by_id(card.id))
        _note(by, "card.update", card)


def confirm(card: Card, by: Actor) -> None:
    """All of it is still so."""
    Card.update(confirmed_at=utcnow(), confirmed_by=by.user).where(Card.id == card.id).execute()


def remove(card: Card, by: Actor) -> None:
    """On no desk any more; restore brings it back."""
    with database.atomic():
        if Card.update(removed_at=utcnow()).where(Card.id == card.id, Card.removed_at.is_null()).execute():
            search.index(Card.get_by_id(card.id))
            _note(by, "card.remove", card)


def restore(card: Card, by: Actor) -> None:
    """Removing it is undone. Raises Refused when another has taken its title meanwhile."""
    with database.atomic():
        refuse_if(title=_title_fault(card.shop, card.title, card))
        if Card.update(removed_at=None).where(Card.id == card.id, Card.removed_at.is_null(False)).execute():
            search.index(Card.get_by_id(card.id))
            _note(by, "card.restore", card)


def version(shop: Shop) -> tuple:
    """Another value once any card of the shop is another."""
    seen = Card.select(fn.COUNT(Card.id), fn.MAX(Card.confirmed_at), fn.MAX(Card.removed_at), fn.COUNT(Card.removed_at))
    return seen.where(Card.shop == shop).tuples().get()


def _title_fault(shop: Shop, title: str, but: Card | None = None) -> str | None:
    others = present(shop).where(Card.title == title, Card.id != (but.id if but else 0))
    return "card_taken" if others.exists() else None


def _note(by: Actor, action: str, card: Card) -> None:
    """By its title alone: the coordinator, who reads the journal, has a shop of his own."""
    audit.note(by, action, f"card:{card.id}", shop=card.shop, detail=card.title)


# --- a price list, pasted ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a price list: what it says, and the fault that keeps it from being taken, or ""."""

    number: int  # of the line as pasted, from 1
    typed: str
    title: str = ""
    price_minor: int | None = None
    stock: int | None = None
    fault: str = ""
    card: Card | None = None  # the goods of this name that are here already

    @property
    def values(self) -> dict:
        """What it changes or sets: an empty price or stock leaves the card's own."""
        told = {"price_minor": self.price_minor, "stock": self.stock}
        return {name: value for name, value in told.items() if value is not None}

    @property
    def is_news(self) -> bool:
        return self.card is None or any(getattr(self.card, name) != value for name, value in self.values.items())


def read_list(shop: Shop, text: str) -> list[Line]:
    """A pasted list `name; price; stock`, a line each (tabs as well, from a spreadsheet), against the shop's cards."""
    here = {_same(card.title): card for card in present(shop).where(Card.kind == "goods")}
    taken = {_same(card.title) for card in present(shop).where(Card.kind != "goods")}
    listed, seen = [], set()
    for number, typed in enumerate(text.splitlines(), 1):
        if typed.strip():
            line = _line(number, typed, here, seen | taken)
            seen.add(_same(line.title))
            listed.append(line)
    return listed


def _line(number: int, typed: str, here: dict[str, Card], seen: set[str]) -> Line:
    parts = [part.strip().strip('"').strip() for part in typed.split("\t" if "\t" in typed else ";")]
    while len(parts) > 3 and not parts[-1]:
        parts.pop()
    title, price, stock = (*parts, "", "")[:3]
    values = {"number": number, "typed": typed.strip(), "title": title, "card": here.get(_same(title))}
    fault = _line_fault(title, price, stock, len(parts), seen)
    if fault:
        return Line(**values, fault=fault)
    return Line(**values, price_minor=prices.minor(price) if price else None, stock=_pieces(stock))


def _line_fault(title: str, price: str, stock: str, parts: int, seen: set[str]) -> str:
    if not words(title):
        return "title_missing"
    if len(title) > MOST_TITLE:
        return "title_long"
    if parts > 3:
        return "line_parts"
    if _same(title) in seen:
        return "title_twice"
    if price and prices.minor(price) is None:
        return "price_wrong"
    return "stock_wrong" if stock and _pieces(stock) is None else ""


def _pieces(text: str) -> int | None:
    digits = text.replace("\u00a0", "").replace(" ", "").removesuffix("шт.").removesuffix("шт")
    return int(digits) if digits.isascii() and digits.isdecimal() and int(digits) <= MOST_STOCK else None


def _same(title: str) -> str:
    """Titles that people take for one: however spaced, in whatever case."""
    return " ".join(title.split()).casefold()


def take_list(shop: Shop, lines: list[Line], by: Actor) -> None:
    """All of a list, or nothing of it: goods that are here get the price and stock, the others are added."""
    if any(line.fault for line in lines):
        raise Refused(lines="lines_wrong")
    now = utcnow()
    with database.atomic():
        for line in lines:
            _take_line(shop, line, by.user, now)
        new = sum(line.card is None for line in lines)
        audit.note(by, "card.import", f"shop:{shop.id}", shop=shop, detail=f"{len(lines)} ({new} new)")


def _take_line(shop: Shop, line: Line, user: User | None, now: dt.datetime) -> None:
    told = {**line.values, "confirmed_at": now, "confirmed_by": user}
    if line.card:
        Card.update(told).where(Card.id == line.card.id).execute()
    else:
        search.index(Card.create(shop=shop, title=line.title, **told))
