"""Trunks: how calls reach the box, one page per provider's connection."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from models import Did, Trunk
from union import trunks as rules
from web.access import allow, found
from web.forms import Form, Words, choices, strip

trunks = Blueprint("trunks", __name__)

KINDS = {
    "registration": _l("We register with the provider, by name and password"),
    "addresses": _l("The provider sends calls from known addresses"),
}
CALLED_IN = {
    "request": _l("the request line (most providers)"),
    "to": _l("the To header"),
    "p-called-party-id": _l("P-Called-Party-ID"),
    "diversion": _l("Diversion (a forwarded line)"),
    "single": _l("nowhere: this trunk is one number"),
}
FORMS = {"plus": "+380 44 123 45 67", "bare": "380 44 123 45 67", "national": "0 44 123 45 67"}
CALLER_IN = {"from": _l("the From header"), "pai": _l("P-Asserted-Identity")}
CALLER_ID = {"did": _l("the shop's own number"), "username": _l("the account's name, where nothing else is permitted")}


class TrunkForm(Form):
    name = StringField(_l("Name"), [DataRequired()], filters=[strip])
    kind = RadioField(_l("How it connects"), choices=choices(KINDS))
    host = StringField(_l("Provider's server"), filters=[strip])
    port = IntegerField(_l("Port"), [InputRequired()])
    username = StringField(_l("Account"), filters=[strip])
    secret = StringField(_l("Password"), filters=[strip])
    addresses = StringField(_l("Addresses calls come from"), filters=[strip])
    called_number_in = SelectField(_l("The number called stands in"), choices=choices(CALLED_IN))
    number_forms = Words(_l("Forms it may have"), choices=choices(FORMS))
    caller_in = SelectField(_l("The caller stands in"), choices=choices(CALLER_IN))
    outgoing_form = SelectField(_l("We dial numbers as"), choices=choices(FORMS))
    outgoing_caller_id = SelectField(_l("Customers see"), choices=choices(CALLER_ID))
    is_active = BooleanField(_l("In use"))

    def columns(self) -> dict:
        return {**self.values(), "number_forms": self.number_forms.words}


@trunks.get("/trunks")
@allow("coordinator")
def index():
    dids = Did.select().where(Did.ends_at.is_null()).order_by(Did.number)
    return render_template("trunks/index.html", trunks=list(rules.every().order_by(Trunk.name).prefetch(dids)))


@trunks.route("/trunks/new", methods=["GET", "POST"])
@allow("coordinator")
def new():
    form = TrunkForm(obj=Trunk())
    if form.carries_out(lambda: rules.add(form.columns(), current_user.actor)):
        flash(gettext("The trunk is here. Now give a shop a number that comes through it."))
        return redirect(url_for("trunks.index"))
    return render_template("trunks/form.html", form=form, trunk=None), form.status


@trunks.route("/trunks/<int:trunk_id>", methods=["GET", "POST"])
@allow("coordinator")
def edit(trunk_id: int):
    trunk = found(Trunk.get_or_none(Trunk.id == trunk_id))
    form = TrunkForm(data={**trunk.__data__, "secret": ""})
    if form.carries_out(lambda: rules.update(trunk, form.columns(), current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("trunks.index"))
    return render_template("trunks/form.html", form=form, trunk=trunk), form.status
