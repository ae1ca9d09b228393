"""The forms of a cost and of the rule that shares it, and how what was typed becomes columns."""

from __future__ import annotations

import datetime as dt

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation

from ledger.money import NotMoney, minor
from models import Call, Role, Shop, User
from union import shops
from union.faults import Refused, refuse_if
from web import faults
from web.forms import Form, MoneyField, PersonField, ShopField, choices, strip
from web.money_words import BASES, CATEGORIES, KINDS, METHODS

KEY_MOST = 100
PLACES = {"starts_on": "first_month", "ends_on": "last_day", "rate_bp": "rate"}  # column: field


class RuleForm(Form):
    """By which rule a cost comes back from the shops; each shop's weight is a field `weight-<Shop.id>`."""

    kind = SelectField(_l("How it is met"), choices=choices(KINDS))
    basis = SelectField(_l("How what is shared is shared"), choices=choices(BASES))
    rule_minor = MoneyField(_l("Fixed sum of each shop a month"), filters=[strip])
    first_month = StringField(_l("From the month"), filters=[strip])
    weights_fault = ""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.weighed = [(shop, request.form.get(f"weight-{shop.id}", "").strip()) for shop in shops.current()]

    def validate_first_month(self, field) -> None:
        if field.data and self.starts_on is None:
            raise StopValidation(faults.text("date_wrong"))

    @property
    def starts_on(self) -> dt.date | None:
        """The first day of the month that was chosen."""
        try:
            return dt.date.fromisoformat(f"{self.first_month.data}-01")
        except ValueError:
            return None

    def rule(self) -> dict:
        """The columns of SplitRule but its start, and the weights where they are the basis. Raises Refused."""
        values = {"kind": self.kind.data, "basis": self.basis.data, "amount_minor": self.rule_minor.minor}
        return values | ({"weights": self.weights()} if self.basis.data == "weights" else {})

    def weights(self) -> dict[int, int]:
        refuse_if(weights=None if all(text.isdecimal() or not text for _, text in self.weighed) else "quantity_wrong")
        return {shop.id: int(text) for shop, text in self.weighed if text}

    def refuse(self, refused: Refused) -> None:
        """The rule's faults bear the names of its columns; here some fields are called otherwise."""
        found = {PLACES.get(name, name) if name not in self else name: code for name, code in refused.faults.items()}
        if "weights" in found:
            self.weights_fault = faults.text(found.pop("weights"))
        super().refuse(Refused(**found))

    @property
    def status(self) -> int:
        return 422 if self.weights_fault else super().status


class CostForm(RuleForm):
    """A new cost with its first rule."""

    name = StringField(_l("What it is"), [Length(max=120)], filters=[strip])
    category = SelectField(_l("Kind of cost"), choices=choices(CATEGORIES))
    method = SelectField(_l("How often"), choices=choices(METHODS))
    amount_minor = MoneyField(_l("Sum"), filters=[strip])
    rate = StringField(_l("Per cent of an order"), filters=[strip])
    user = PersonField(_l("Who is paid"))
    shop = ShopField(_l("Who bears it"))
    starts_on = DateField(_l("From the day"), [Optional()])
    last_day = DateField(_l("To the day"), [Optional()])
    evidence_call = StringField(_l("The call it is about"), [Length(max=KEY_MOST * 3)], filters=[strip])
    evidence = TextAreaField(_l("What for"), [Length(max=2000)], filters=[strip])
    first_month = None

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user.offer(workers(), str(_l("a supplier")))
        self.shop.offer(shops.current(), str(_l("all shops, by the rule below")))

    def validate_rate(self, field) -> None:
        try:
            minor(field.data or "0")
        except NotMoney:
            raise StopValidation(faults.text("rate_wrong")) from None

    def item(self) -> dict:
        """The columns of CostItem. Raises Refused."""
        is_commission = self.method.data == "commission"
        return {
            "name": self.name.data, "category": self.category.data, "method": self.method.data,
            "amount_minor": 0 if is_commission else self.amount_minor.minor,
            "rate_bp": minor(self.rate.data or "0") if is_commission else 0,
            "user": self.user.person, "shop": self.shop.shop, "starts_on": self.starts_on.data,
            "ends_on": self.last_day.data + dt.timedelta(days=1) if self.last_day.data else None,
            "evidence_call": self.call_key(), "evidence": self.evidence.data,
        }  # fmt: skip

    def call_key(self) -> str:
        """The call that was named: its key, or the address of its page. Raises Refused when there is none."""
        key = self.evidence_call.data.partition("?")[0].rstrip("/").rpartition("/")[2][:KEY_MOST]
        refuse_if(evidence_call="call_unknown" if key and not Call.select().where(Call.key == key).exists() else None)
        return key

    def first_rule(self) -> dict | None:
        """The rule; None where there is nothing to share. Raises Refused."""
        return None if self.shop.shop or self.method.data == "commission" else self.rule()


def workers() -> list[User]:
    """Who may be paid: everybody who is or was an operator or trainee."""
    answered = Role.select(Role.user).where(Role.kind.in_(("operator", "trainee")))
    return list(User.select().where(User.id.in_(answered)).order_by(User.name))


def shop_names() -> dict[int, Shop]:
    return {shop.id: shop for shop in Shop.select()}
