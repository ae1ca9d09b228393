"""Forms: what was typed stays, and each fault stands beside its field, whoever found it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from calls import numbers
from ledger.money import NotMoney, minor
from models import Shop, User
from union.faults import Refused
from union.money import typed
from web import faults


class Form(FlaskForm):
    """A form whose action may still refuse: `if form.carries_out(lambda: …)`, then form.result is what it gave."""

    result: object = None

    @property
    def status(self) -> int:
        """The status of the page that shows it: 422 once something in it is wrong."""
        return 422 if self.errors else 200

    def carries_out(self, action: Callable[[], object]) -> bool:
        """Whether the form was sent, is well formed, and action took it."""
        if not self.validate_on_submit():
            return False
        try:
            self.result = action()
        except Refused as refused:
            self.refuse(refused)
            return False
        return True

    def refuse(self, refused: Refused) -> None:
        """Put each fault beside its field; one without a field of its own goes to the top of the form."""
        for name, code in refused.faults.items():
            if name in self:
                self[name].errors = [*self[name].errors, faults.text(code)]
            else:
                self.form_errors.append(faults.text(code))

    def values(self, *left_out: str) -> dict:
        """What was typed, by column, without the fields of the form itself."""
        return {name: value for name, value in self.data.items() if name not in ("csrf_token", *left_out)}


class Words(SelectMultipleField):
    """Check boxes whose choice is kept as words separated by spaces."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def process_data(self, value: str | None) -> None:
        self.data = (value or "").split()

    @property
    def words(self) -> str:
        return " ".join(self.data or ())


class NumberField(StringField):
    """A telephone number as people write it; `e164` is how it is kept, None when it is none."""

    @property
    def e164(self) -> str | None:
        return numbers.normalise(self.data or "")


class MoneyField(StringField):
    """A sum as people write it, `1 234,50`; `minor` is how it is kept: minor units, 0 for nothing, never a float."""

    def process_data(self, value: int | str | None) -> None:
        self.data = typed(value) if isinstance(value, int) else value

    @property
    def minor(self) -> int:
        return minor(self.data) if self.data else 0

    def pre_validate(self, form) -> None:  # noqa: ARG002 (WTForms calls it so)
        try:
            minor(self.data or "0")
        except NotMoney:
            raise StopValidation(faults.text("amount_wrong")) from None


class PersonField(SelectField):
    """A person of those it was given, or nobody; `person` is he."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, coerce=int, **kwargs)

    def offer(self, people: Iterable[User], nobody: str = "—") -> None:
        self.choices = choices({0: nobody, **{user.id: user.name for user in people}})

    @property
    def person(self) -> User | None:
        return User.get_or_none(User.id == self.data)


class ShopField(SelectField):
    """A shop of the union, or none; `shop` is it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, coerce=int, **kwargs)

    def offer(self, shops: Iterable[Shop], none: str = "—") -> None:
        self.choices = choices({0: none, **{shop.id: shop.name for shop in shops}})

    @property
    def shop(self) -> Shop | None:
        return Shop.get_or_none(Shop.id == self.data)


def choices(texts: dict) -> list[SelectChoice]:
    """A table of value and text as the choices of a select."""
    return [SelectChoice(value, text) for value, text in texts.items()]


def strip(text: str | None) -> str:
    """A WTForms filter: no space at the ends."""
    return (text or "").strip()
