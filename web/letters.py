"""The letters a person gets by themselves: which, when, and an end to each.

The page behind the link of a letter needs no log-in: it ends that one letter and shows nothing else. Mail programs post
there by themselves (RFC 8058, one click), so it asks for no form's secret; the signed link is what it trusts. Opening it
changes nothing, because mail scanners open links, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import get_day_names
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, SelectField, SelectMultipleField, widgets
from wtforms.fields.choices import SelectChoice

from mail import digest_choices
from mail.digest_choices import HOURS, Choice
from models import Shop, User
from union.audit import Actor
from web.access import allow, anyone, found, settings
from web.forms import Form

letters = Blueprint("letters", __name__)

NAMES = {
    "daily": _l("Each day: calls, orders, costs"),
    "weekly": _l("Each week: what changed, and what to change"),
    "monthly": _l("Each month: its figures and the statement"),
    "statement": _l("The statement alone"),
    "hers": _l("Each morning: whom to call"),
    "health": _l("Each week: the health of the box"),
}
HINTS = {
    "daily": _l("The letter tells of the whole day before."),
    "weekly": _l("The letter tells of the seven whole days before."),
    "monthly": _l("It comes on the day the month is closed, at this hour or the next morning."),
    "statement": _l("It comes as soon as a month is closed, if you don't get its letter. Without either, what you owe stands "
                    "on the page Money only."),
}  # fmt: skip
AFTER = {  # what an owner should know of the other letter when he ends one
    "monthly": _l("The statement comes by itself from now on, as soon as a month is closed."),
    "statement": _l("What you owe stands in the letter of the month, if you get it, and always on the page Money."),
}
TIMELESS = ("monthly", "statement")  # they come when a month is closed


class ChoiceForm(Form):
    is_on = BooleanField(_l("Write me"))
    hour = SelectField(_l("At"), coerce=int, choices=[SelectChoice(hour, f"{hour:02}:00") for hour in HOURS])
    weekdays = SelectMultipleField(
        _l("On"), coerce=int, widget=widgets.ListWidget(prefix_label=False), option_widget=widgets.CheckboxInput()
    )

    def __init__(self, kind: str, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.usual = digest_choices.BY_ITSELF[kind]
        names = get_day_names("abbreviated", locale=get_locale())
        self.weekdays.choices = [SelectChoice(number, names[number]) for number in range(7)]
        if kind in TIMELESS:
            del self.weekdays
        if kind == "statement":
            del self.hour

    @property
    def choice(self) -> Choice:
        hour = self.hour.data if self.hour else self.usual.hour
        return Choice(self.is_on.data, hour, tuple(self.weekdays.data or ()) if self.weekdays else self.usual.weekdays)


@dataclass(frozen=True)
class Offer:
    """A letter this person may get, and its form."""

    kind: str
    shop: Shop | None
    form: ChoiceForm

    @property
    def shop_id(self) -> int:
        return self.shop.id if self.shop else 0


@letters.get("/letters")
@allow()
def index():
    return page()


@letters.post("/letters/<letter>/<int:of_shop>")
@allow()
def choose(letter: str, of_shop: int):
    """of_shop: whose digest; 0: the union's."""
    offered = {(kind, shop.id if shop else 0): shop for kind, shop in offers()}
    if (letter, of_shop) not in offered:
        abort(404)
    shop, form = offered[letter, of_shop], ChoiceForm(letter, prefix=f"{letter}-{of_shop}-")
    if form.carries_out(
        lambda: digest_choices.choose(current_user.user, shop, letter, form.choice, current_user.actor)
    ):  # fmt: skip
        flash(gettext("Saved."))
        return redirect(url_for("letters.index"))
    return page((letter, of_shop, form))


def page(wrong: tuple[str, int, ChoiceForm] | None = None):
    """Every letter that is offered; with the form that was not taken."""
    listed = []
    for kind, shop in offers():
        shop_id = shop.id if shop else 0
        is_wrong = wrong and wrong[:2] == (kind, shop_id)
        listed.append(Offer(kind, shop, wrong[2] if is_wrong else blank(kind, shop)))
    body = render_template("letters/index.html", offers=listed, names=NAMES, hints=HINTS)
    return body, wrong[2].status if wrong else 200


def offers() -> list[tuple[str, Shop | None]]:
    """Which letters the viewer may get."""
    own = Shop.select().where(Shop.id.in_(list(current_user.rights.shops)), ~Shop.is_test).order_by(Shop.name)
    rights = current_user.rights
    return [
        *((kind, shop) for shop in own for kind in digest_choices.OF_SHOP),
        *((("hers", None),) if rights.answers else ()),
        *((("health", None),) if rights.coordinator else ()),
    ]


def blank(kind: str, shop: Shop | None) -> ChoiceForm:
    """The form as things stand."""
    present = digest_choices.of(current_user.user, shop, kind)
    return ChoiceForm(kind, formdata=None, data=vars(present), prefix=f"{kind}-{shop.id if shop else 0}-")


# --- one click in the letter -------------------------------------------------------------------------------------


@letters.get("/letters/off/<off_token>")
@anyone
def off(off_token: str):
    user, shop, kind = found(digest_choices.find(off_token, settings()))
    return one_click(user, shop, kind)


@letters.post("/letters/off/<off_token>")
@anyone
def turn_off(off_token: str):
    """From the page's button or from the mail program itself; no redirect, as RFC 8058 wants it."""
    user, shop, kind = found(digest_choices.find(off_token, settings()))
    digest_choices.turn_off(user, shop, kind, Actor(user, request.remote_addr or ""))
    return one_click(user, shop, kind)


def one_click(user: User, shop: Shop | None, kind: str) -> str:
    is_on = digest_choices.of(user, shop, kind).is_on
    with force_locale(user.language):
        return render_template(
            "letters/off.html", shop=shop, kind=kind, names=NAMES, is_on=is_on, after=AFTER.get(kind)
        )


@letters.record_once
def let_mail_programs_post(state) -> None:
    """They know no form's secret, and need none: the link itself is signed."""
    state.app.extensions["csrf"].exempt(turn_off)
