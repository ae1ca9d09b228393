"""Shops: the union's list, and each shop's own settings."""

from __future__ import annotations

import zoneinfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from calls import numbers
from models import Did, Shop, utcnow
from union import shops as members
from union.faults import Refused
from web.access import allow, find_shop, shop_page
from web.forms import Form, MoneyField, NumberField, Words, choices, strip
from web.languages import VOICES, today

shops = Blueprint("shops", __name__)

COLOURS = dict(
    zip(
        members.PALETTE,
        (
            _l("blue"), _l("orange"), _l("green"), _l("crimson"), _l("violet"), _l("amber"),
            _l("turquoise"), _l("red"), _l("olive"), _l("brown"), _l("slate"), _l("pink"),
        ),
        strict=True,
    )
)  # fmt: skip
DESTINATIONS = {
    "ua-mobile": _l("Ukrainian mobile numbers"),
    "ua-fixed": _l("Ukrainian fixed numbers"),
    "ua-toll-free": _l("0 800 numbers"),
    "foreign": _l("Numbers abroad"),
}
LAST_RESORTS = {"message": _l("A message that we will call back"), "mobile": _l("The owner's mobile rings")}


class ShopForm(Form):
    """What the owner decides."""

    name = StringField(_l("Name"), [DataRequired()], filters=[strip])
    colour = RadioField(_l("Colour"), choices=choices(COLOURS))
    language = SelectField(_l("Language callers hear"), choices=choices(VOICES))
    timezone = SelectField(_l("Time zone"), choices=sorted(zoneinfo.available_timezones()))
    last_resort = RadioField(_l("When nobody can answer"), choices=choices(LAST_RESORTS))
    last_resort_number = NumberField(_l("Owner's mobile"), filters=[strip])
    short_call_seconds = IntegerField(_l("Hang-ups shorter than this many seconds are not counted"), [InputRequired()])
    recording_wanted = BooleanField(_l("Record calls, once the greeting says so"))
    recording_days = IntegerField(_l("Recordings are deleted after so many days"), [InputRequired()])
    numbers_open = BooleanField(_l("Operators may make a customer's whole number appear"))
    own_pay_minor = MoneyField(_l("What a person of your own would cost a month"), filters=[strip])

    def shop_values(self) -> dict:
        """The columns of a shop; a number that can't be dialled is refused here, where it was typed."""
        number = self.last_resort_number.e164
        if self.last_resort_number.data and number is None:
            raise Refused(last_resort_number="number_wrong")
        if number and not numbers.is_dialable(number):
            raise Refused(last_resort_number="number_premium")
        pay = {"own_pay_minor": self.own_pay_minor.minor or None} if self.own_pay_minor else {}
        typed = self.values("starts_on", "allowed_destinations", "own_pay_minor")
        return {**typed, "last_resort_number": number, **pay}


class CapsForm(ShopForm):
    """What the coordinator decides as well: where calls in the shop's name may go, and how many."""

    allowed_destinations = Words(_l("Where callbacks may go"), choices=choices(DESTINATIONS))
    cap_concurrent = IntegerField(_l("Outgoing calls at the same time, at most"), [InputRequired()])
    cap_minutes_per_day = IntegerField(_l("Minutes of outgoing calls a day, at most"), [InputRequired()])

    def shop_values(self) -> dict:
        return {**super().shop_values(), "allowed_destinations": self.allowed_destinations.words}


class NewShopForm(CapsForm):
    numbers_open = own_pay_minor = None  # its owner's to say
    starts_on = DateField(_l("Member from"), [DataRequired()])


@shops.get("/shops")
@allow("coordinator", "owner")
def index():
    shown = members.current()
    if not current_user.rights.coordinator:
        shown = shown.where(Shop.id.in_(current_user.rights.shops))
    dids = Did.select().where(Did.ends_at.is_null()).order_by(Did.number)
    return render_template("shops/index.html", shops=list(shown.prefetch(dids)), left=members.left(utcnow()))


@shops.route("/shops/new", methods=["GET", "POST"])
@allow("coordinator")
def new():
    fresh = Shop(colour=members.next_colour())
    form = NewShopForm(obj=fresh, data={"starts_on": today()})
    if form.carries_out(lambda: members.add(form.shop_values(), form.starts_on.data, current_user.actor)):
        flash(gettext("The shop is here. Now give it a number to answer."))
        return redirect(url_for("dids.index", shop_id=form.result.id))
    return render_template("shops/new.html", form=form), form.status


@shops.route("/shops/<int:shop_id>", methods=["GET", "POST"])
@shop_page("coordinator")
def edit(shop: Shop):
    form = form_of(shop)
    if form.carries_out(lambda: members.update(shop, form.shop_values(), current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("shops.edit", shop_id=shop.id))
    return page(shop, form), form.status


def form_of(shop: Shop, **given) -> ShopForm:
    """What the viewer may change: the coordinator the limits too, but whom a shop trusts with numbers and what it pays
    are its own."""
    form = (CapsForm if current_user.rights.coordinator else ShopForm)(obj=shop, **given)
    if not current_user.owns(shop.id):
        del form.numbers_open
        del form.own_pay_minor
    return form


def page(shop: Shop, form: ShopForm, day: DayForm | None = None) -> str:
    return render_template(
        "shops/edit.html",
        shop=shop,
        form=form,
        day=day,
        destinations=DESTINATIONS,
        membership=members.membership(shop),
        has_left=members.has_left(shop, utcnow()),
    )


class DayForm(Form):
    on = DateField(_l("Date"), [DataRequired()])

    def refuse(self, refused: Refused) -> None:
        super().refuse(Refused(on=next(iter(refused.faults.values()))))


@shops.post("/shops/<int:shop_id>/leave")
@allow("coordinator")
def leave(shop_id: int):
    return change_membership(shop_id, members.leave)


@shops.post("/shops/<int:shop_id>/stay")
@allow("coordinator")
def stay(shop_id: int):
    shop = find_shop(shop_id, "coordinator")
    try:
        members.stay(shop, current_user.actor)
    except Refused as refused:
        day = DayForm(formdata=None)
        day.refuse(refused)
        return page(shop, form_of(shop, formdata=None), day), 422
    flash(gettext("The shop stays."))
    return redirect(url_for("shops.edit", shop_id=shop.id))


@shops.post("/shops/<int:shop_id>/join")
@allow("coordinator")
def join(shop_id: int):
    return change_membership(shop_id, members.rejoin)


def change_membership(shop_id: int, change):
    shop = find_shop(shop_id, "coordinator")
    day = DayForm()
    if day.carries_out(lambda: change(shop, day.on.data, current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("shops.edit", shop_id=shop.id))
    form = form_of(shop, formdata=None)
    return page(shop, form, day), 422
