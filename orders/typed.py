"""What was typed into the form of an order, kept as it stands, and what it says once it is read. Pure.

A draft keeps the words themselves, wrong ones too, so that nothing is lost before it is right.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from models import Order
from orders import prices
from union import money

LINES_MOST = 50
QUANTITY_MOST = 9999
SUM_MOST_MINOR = 10**10
LONGEST = {"customer_name": 120, "delivery": 1000, "comment": 2000}
TITLE_LONGEST = 200


@dataclass(frozen=True)
class Line:
    """Goods in an order; price_minor is of one."""

    title: str
    quantity: int
    price_minor: int

    @property
    def sum_minor(self) -> int:
        return self.quantity * self.price_minor


@dataclass(frozen=True)
class TypedLine:
    """A line as it stands in the form."""

    title: str = ""
    quantity: str = ""
    price: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was ordered in it; a quantity alone, which the form proposes, is nothing."""
        return not (self.title or self.price)

    @property
    def line(self) -> Line | None:
        """What it says; None while it is blank or wrong."""
        return None if self.is_blank or self.faults() else Line(self.title, self._quantity or 0, self._price or 0)

    def faults(self, is_finished: bool = True) -> dict[str, str]:
        """What is wrong, by field; what may still be typed is missing only when it is finished."""
        found = {
            "title": _missing(self.title, is_finished) or ("too_long" if len(self.title) > TITLE_LONGEST else ""),
            "quantity": "" if self._quantity else "quantity_wrong",
            "price": _missing(self.price, is_finished) or ("price_wrong" if self._price is None else ""),
        }
        if not is_finished and not self.price:
            found["price"] = ""
        return {field: code for field, code in found.items() if code}

    @property
    def _quantity(self) -> int | None:
        text = self.quantity or "1"
        quantity = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        return quantity if 0 < quantity <= QUANTITY_MOST else None

    @property
    def _price(self) -> int | None:
        return prices.minor(self.price)


def _missing(text: str, is_finished: bool) -> str:
    return "missing" if is_finished and not text else ""


@dataclass(frozen=True)
class Typed:
    """A whole form, but for the telephone."""

    customer_name: str = ""
    lines: tuple[TypedLine, ...] = ()
    delivery: str = ""
    comment: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.customer_name or self.delivery or self.comment or self.goods)

    @property
    def goods(self) -> list[Line]:
        """The lines that can be read."""
        return [line for typed in self.lines if (line := typed.line)]

    @property
    def sum_minor(self) -> int:
        return sum(line.sum_minor for line in self.goods)

    def faults(self, is_finished: bool = True) -> dict[str, str]:
        """What is wrong, by field; those of a line bear its place: price-0."""
        found = {name: "too_long" for name, most in LONGEST.items() if len(getattr(self, name)) > most}
        for place, line in enumerate(self.lines):
            if not line.is_blank:
                found |= {f"{field}-{place}": code for field, code in line.faults(is_finished).items()}
        if is_finished and not self.customer_name:
            found["customer_name"] = "missing"
        if is_finished and all(line.is_blank for line in self.lines):
            found["title-0"] = "order_without_goods"
        if len(self.lines) > LINES_MOST + 1:
            found["lines"] = "order_lines_many"
        if self.sum_minor > SUM_MOST_MINOR:
            found["lines"] = "sum_large"
        return found

    def text(self) -> str:
        """As a draft keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of_text(cls, text: str) -> Typed:
        given = json.loads(text)
        return cls(**{**given, "lines": tuple(TypedLine(**line) for line in given["lines"])})

    @classmethod
    def of(cls, order: Order) -> Typed:
        """The form of an order: as a draft was typed, as a placed one stands."""
        if order.typed:
            return cls.of_text(order.typed)
        lines = (
            TypedLine(line.title, str(line.quantity), money.typed(line.price_minor))
            for line in order.lines.order_by("position")
        )
        return cls(order.customer_name, tuple(lines), order.delivery, order.comment)
