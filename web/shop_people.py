"""Who may see a shop: its owners, who invite and take out one another, and what they let the coordinator see.

The coordinator reads this page and changes nothing on it.
"""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import reveals
from models import Invitation, Role, Shop, utcnow
from union import grants, people
from union.faults import Refused
from union.invitations import open_invitations
from web.access import found, shop_page
from web.forms import Form
from web.invitations import KINDS, InviteForm, invite

shop_people = Blueprint("shop_people", __name__)
REVEALS_BACK, REVEALS_SHOWN = dt.timedelta(days=30), 20

GRANTS = {
    "numbers": (_l("Customers' numbers"), _l("in the call log and in the callbacks, whole")),
    "recordings": (_l("Recordings"), _l("to listen to them; each time stands in the journal")),
}


@shop_people.get("/shops/<int:shop_id>/people")
@shop_page("coordinator")
def index(shop: Shop):
    return page(shop)


def page(shop: Shop, form: Form | None = None):
    form = form or InviteForm(formdata=None, data={"language": str(get_locale())})
    body = render_template(
        "shop_people/index.html",
        shop=shop,
        form=form,
        owners=list(people.owners(shop)),
        invited=list(open_invitations(utcnow()).where(Invitation.shop == shop)),
        grants=GRANTS,
        given=grants.given(shop),
        kinds=KINDS,
        is_own=current_user.owns(shop.id),
        revealed=reveals.counted(shop, utcnow() - REVEALS_BACK),
        reveals=reveals.latest(shop, REVEALS_SHOWN),
    )
    return body, form.status


@shop_people.post("/shops/<int:shop_id>/people/invite")
@shop_page()
def invite_owner(shop: Shop):
    form = InviteForm()
    if form.carries_out(lambda: invite(form, "owner", shop)):
        return redirect(url_for("invitations.show", invitation_id=form.result.id))
    return page(shop, form)


@shop_people.post("/shops/<int:shop_id>/people/<int:owner_role_id>/end")
@shop_page()
def end_ownership(shop: Shop, owner_role_id: int):
    role = found(people.owners(shop).where(Role.id == owner_role_id).first())
    try:
        people.end_ownership(role, current_user.actor)
    except Refused as refused:
        form = InviteForm(formdata=None)
        form.refuse(refused)
        return page(shop, form)
    flash(gettext("%(name)s no longer sees this shop.", name=role.user.name))
    return redirect(url_for("home.show") if role.user_id == current_user.user.id else address(shop))


@shop_people.post("/shops/<int:shop_id>/grants/<any(numbers, recordings):kind>")
@shop_page()
def give(shop: Shop, kind: str):
    grants.give(shop, kind, current_user.actor)
    return redirect(address(shop))


@shop_people.post("/shops/<int:shop_id>/grants/<any(numbers, recordings):kind>/end")
@shop_page()
def end(shop: Shop, kind: str):
    grants.end(shop, kind, current_user.actor)
    return redirect(address(shop))


def address(shop: Shop) -> str:
    return url_for("shop_people.index", shop_id=shop.id)
