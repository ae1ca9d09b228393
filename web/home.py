"""The front door: everybody lands where his day begins."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask_login import current_user

from calls import checklist
from web.access import allow

home = Blueprint("home", __name__)


@home.get("/")
@allow()
def show():
    rights = current_user.rights
    if rights.answers:
        return redirect(url_for("desk.show"))
    if len(rights.shops) == 1 and not rights.coordinator:
        shop_id = next(iter(rights.shops))
        return redirect(url_for("calls.index" if checklist.is_working(shop_id) else "checklist.show", shop_id=shop_id))
    if rights.coordinator or rights.shops:
        return redirect(url_for("shops.index"))
    return redirect(url_for("me.show"))
