"""A shop's cards: the list its owner keeps, one card, a price list pasted, the cards as a file.

They are the shop's own: no other owner sees them, and the coordinator, who has a shop himself, does not either.
Removing asks nothing: the list then offers to undo it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from models import Card, Shop
from orders import cards as rules
from orders import prices, search
from union import audit
from union.faults import Refused, refuse_if
from web import card_words, faults
from web.access import found, shop_page
from web.call_csv import BYTE_ORDER_MARK, line
from web.card_words import KINDS, plain
from web.forms import Form, choices, strip
from web.languages import today

cards = Blueprint("cards", __name__)
cards.add_app_template_filter(card_words.price, "price")
cards.add_app_template_test(card_words.is_old, "old")

SHOWN = 300  # more are found by searching
COLUMNS = (
    _l("Title"), _l("Price"), _l("In stock"), _l("Kind"), _l("How it is said"), _l("What differs from the picture"),
    _l("What to know"), _l("Said to be so"),
)  # fmt: skip


class PriceField(StringField):
    """A price as people write it; its data is minor units, None when nothing is typed."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else plain(self.data)

    def process_formdata(self, values: list[str]) -> None:
        text = values[0].strip() if values else ""
        self.data = prices.minor(text) if text else None
        if text and self.data is None:
            raise ValueError(faults.text("price_wrong"))


class CardForm(Form):
    title = StringField(_l("Title"), [DataRequired(), Length(max=rules.MOST_TITLE)], filters=[strip])
    kind = SelectField(_l("Kind"), choices=choices(KINDS))
    price_minor = PriceField(_l("Price"))
    stock = IntegerField(_l("In stock, pieces"), [Optional(), NumberRange(0, rules.MOST_STOCK)])
    spoken = StringField(_l("How it is said"), [Length(max=rules.MOST_TITLE)], filters=[strip])
    differs = TextAreaField(_l("What differs from the picture"), [Length(max=rules.MOST_TEXT)], filters=[strip])
    text = TextAreaField(_l("What to know"), [Length(max=rules.MOST_TEXT)], filters=[strip])


class ListForm(Form):
    lines = TextAreaField(_l("Lines of the list"), [DataRequired()])


@cards.get("/shops/<int:shop_id>/cards")
@shop_page()
def index(shop: Shop):
    typed, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    return render_template(
        "cards/_list.html" if request.htmx else "cards/index.html",
        shop=shop,
        cards=search.cards(shop, typed, kind, SHOWN),
        total=rules.present(shop).count(),
        removed=removed(shop),
        typed=typed,
        kind=kind,
        kinds=KINDS,
    )


def removed(shop: Shop) -> Card | None:
    """The card that was removed just now, to be brought back by one touch."""
    card = rules.find(shop, request.args.get("removed", 0, type=int))
    return card if card and card.removed_at else None


@cards.route("/shops/<int:shop_id>/cards/new", methods=["GET", "POST"])
@shop_page()
def new(shop: Shop):
    form = CardForm()
    if form.carries_out(lambda: rules.add(shop, form.values(), current_user.actor)):
        flash(gettext("“%(title)s” is on the desks.", title=form.result.title))
        again = request.form.get("do") == "again"
        return redirect(url_for("cards.new" if again else "cards.index", shop_id=shop.id))
    return render_template("cards/form.html", shop=shop, form=form, card=None), form.status


@cards.route("/shops/<int:shop_id>/cards/<int:card_id>", methods=["GET", "POST"])
@shop_page()
def edit(shop: Shop, card_id: int):
    card = own(shop, card_id)
    form = CardForm(obj=card)
    if form.carries_out(lambda: rules.change(card, form.values(), current_user.actor)):
        flash(gettext("The desks show it as it is now."))
        return redirect(url_for("cards.index", shop_id=shop.id))
    return render_template("cards/form.html", shop=shop, form=form, card=card), form.status


def own(shop: Shop, card_id: int) -> Card:
    return found(rules.find(shop, card_id))


@cards.post("/shops/<int:shop_id>/cards/<int:card_id>/confirm")
@shop_page()
def confirm(shop: Shop, card_id: int):
    """One touch: all of it is still so."""
    card = own(shop, card_id)
    rules.confirm(card, current_user.actor)
    if not request.htmx:
        return redirect(url_for("cards.index", shop_id=shop.id, _anchor=f"card-{card.id}"))
    return render_template("cards/_row.html", shop=shop, card=own(shop, card_id), kinds=KINDS)


@cards.post("/shops/<int:shop_id>/cards/<int:card_id>/remove")
@shop_page()
def remove(shop: Shop, card_id: int):
    rules.remove(own(shop, card_id), current_user.actor)
    return redirect(url_for("cards.index", shop_id=shop.id, removed=card_id))


@cards.post("/shops/<int:shop_id>/cards/<int:card_id>/restore")
@shop_page()
def restore(shop: Shop, card_id: int):
    card, form = own(shop, card_id), CardForm(formdata=None)
    try:
        rules.restore(card, current_user.actor)
    except Refused as refused:
        form.process(obj=card)
        form.refuse(refused)
        return render_template("cards/form.html", shop=shop, form=form, card=card), form.status
    return redirect(url_for("cards.index", shop_id=shop.id, _anchor=f"card-{card.id}"))


# --- a price list --------------------------------------------------------------------------------------------


@cards.route("/shops/<int:shop_id>/cards/list", methods=["GET", "POST"])
@shop_page()
def take_list(shop: Shop):
    """A pasted list: looked at first, then taken as a whole or not at all."""
    form = ListForm()
    lines = rules.read_list(shop, form.lines.data or "") if form.is_submitted() else []
    if form.carries_out(lambda: taken(shop, lines)) and form.result:
        flash(ngettext("%(num)d line is on the desks.", "%(num)d lines are on the desks.", len(lines)))
        return redirect(url_for("cards.index", shop_id=shop.id))
    told = {line.number: faults.text(line.fault) for line in lines if line.fault}
    return render_template("cards/list.html", shop=shop, form=form, lines=lines, told=told), form.status


def taken(shop: Shop, lines: list[rules.Line]) -> bool:
    """Whether the list was taken, and not only looked at. Raises Refused."""
    refuse_if(lines="lines_many" if len(lines) > rules.MOST_LINES else None)
    if request.form.get("do") != "take":
        return False
    rules.take_list(shop, lines, current_user.actor)
    return True


@cards.get("/shops/<int:shop_id>/cards.csv")
@shop_page()
def csv(shop: Shop):
    audit.note(current_user.actor, "card.export", f"shop:{shop.id}", shop=shop)
    name = f"cards-{shop.id}-{today(shop)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(file_of(shop)), mimetype="text/csv", headers=headers)


def file_of(shop: Shop) -> Iterator[str]:
    """The file, a line at a time."""
    yield BYTE_ORDER_MARK + line(COLUMNS)
    for card in rules.present(shop).order_by(Card.kind, Card.title):
        stock = "" if card.stock is None else card.stock
        said = card.confirmed_at.date().isoformat()
        yield line((card.title, plain(card.price_minor), stock, KINDS[card.kind], card.spoken, card.differs,
                    card.text, said))  # fmt: skip
