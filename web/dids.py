"""A shop's numbers. A change is an end and a new beginning, so past calls keep their label."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from calls import menus
from models import Did, Shop, Trunk
from union import dids as rules
from union import trunks
from web.access import allow, find_shop, found, shop_page
from web.forms import Form, NumberField, choices, strip
from web.languages import VOICES

dids = Blueprint("dids", __name__)


class DidForm(Form):
    number = NumberField(_l("Number"), [DataRequired()], filters=[strip])
    trunk = SelectField(_l("Comes through"), coerce=int)
    label = StringField(_l("Where it is advertised"), [Length(max=80)], filters=[strip])
    language = SelectField(_l("Language"), choices=choices({"": _l("As the shop's"), **VOICES}))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        active = trunks.every().where(Trunk.is_active).order_by(Trunk.name)
        self.trunk.choices = choices({trunk.id: trunk.name for trunk in active})


@dids.get("/shops/<int:shop_id>/dids")
@shop_page("coordinator")
def index(shop: Shop):
    numbers = shop.dids.join(Trunk).order_by(Did.ends_at.is_null().desc(), Did.starts_at.desc())
    return render_template("dids/index.html", shop=shop, dids=list(numbers))


@dids.route("/shops/<int:shop_id>/dids/new", methods=["GET", "POST"])
@allow("coordinator")
def new(shop_id: int):
    """`replaces` names the number that ends when this one starts; its words are the first suggestion."""
    shop = find_shop(shop_id, "coordinator")
    old = replaced(shop)
    form = DidForm(
        data=old and {"number": old.number, "trunk": old.trunk_id, "label": old.label, "language": old.language}
    )
    if form.carries_out(lambda: start(form, shop, old)):
        is_live = menus.published_id(shop.id)
        flash(
            gettext("Calls to this number are answered from now on.")
            if is_live
            else gettext("The number is here. Calls to it are answered once the shop has published its menu.")
        )
        return redirect(url_for("dids.index", shop_id=shop.id))
    return render_template("dids/new.html", shop=shop, form=form, replaces=old), form.status


def replaced(shop: Shop) -> Did | None:
    wanted = request.args.get("replaces", type=int)
    if wanted is None:
        return None
    return found(shop.dids.where(Did.id == wanted, Did.ends_at.is_null()).first())


def start(form: DidForm, shop: Shop, old: Did | None) -> Did:
    trunk = Trunk.get_or_none(Trunk.id == form.trunk.data)
    return rules.start(
        shop, form.number.e164, trunk, form.label.data, form.language.data, current_user.actor, replaces=old
    )


@dids.post("/dids/<int:did_id>/end")
@allow("coordinator")
def end(did_id: int):
    did = found(Did.get_or_none(Did.id == did_id))
    shop = find_shop(did.shop_id, "coordinator")
    rules.end(did, current_user.actor)
    flash(gettext("Calls to this number are no longer answered. It stays in the list; put it back by “New number”."))
    return redirect(url_for("dids.index", shop_id=shop.id))
