"""What happens to a shop's callers when its operators alone do not do: which trainees may be rung for it, and in which
hours its owner takes callers on his mobile.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from calls import caps, transfers
from models import Shop, Union, User, utcnow
from union import hours as rules
from union import releases
from web.access import found, settings, shop_page
from web.hours import WeekForm, written

overflow = Blueprint("overflow", __name__)


@overflow.route("/shops/<int:shop_id>/overflow", methods=["GET", "POST"])
@shop_page("coordinator")
def show(shop: Shop):
    """The page; sent, it is the week of the mobile."""
    form = WeekForm(data=written(rules.mobile_week(shop)))
    if form.carries_out(lambda: rules.set_mobile_week(shop, [f.data for _, f in form.days], current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("overflow.show", shop_id=shop.id))
    body = render_template(
        "overflow/show.html",
        shop=shop,
        week=form,
        union=Union.get_or_none(),
        reserve=releases.reserve(),
        given=releases.given(shop),
        has_mobile=transfers.has_mobile(shop),
        used_minutes=caps.used_minutes(shop, utcnow(), settings()),
    )
    return body, form.status


@overflow.post("/shops/<int:shop_id>/releases/<int:trainee_id>")
@shop_page("coordinator")
def give(shop: Shop, trainee_id: int):
    releases.give(shop, of_the_reserve(trainee_id), current_user.actor)
    return redirect(url_for("overflow.show", shop_id=shop.id))


@overflow.post("/shops/<int:shop_id>/releases/<int:trainee_id>/end")
@shop_page("coordinator")
def end(shop: Shop, trainee_id: int):
    releases.end(shop, of_the_reserve(trainee_id), current_user.actor)
    return redirect(url_for("overflow.show", shop_id=shop.id))


def of_the_reserve(trainee_id: int) -> User:
    return found(next((user for user in releases.reserve() if user.id == trainee_id), None))
