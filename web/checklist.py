"""The beginning of a shop: what is done, what comes next, and the words to say to the telephone provider."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import checklist as rules
from models import Shop
from web.access import shop_page

checklist = Blueprint("checklist", __name__)

STATES = {"done": _l("done"), "begun": _l("begun"), "todo": _l("to do")}


@checklist.get("/shops/<int:shop_id>/start")
@shop_page("coordinator")
def show(shop: Shop):
    told = rules.read(shop)
    steps = told.steps()
    return render_template(
        "checklist/show.html",
        shop=shop,
        told=told,
        steps=steps,
        next_step=told.next_step(current_user.rights.coordinator),
        done=sum(state == rules.DONE for state in steps.values()),
        states=STATES,
    )
