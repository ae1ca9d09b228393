"""An operator leaves: the button that ends her access, and what she saw in the last 30 days, as a page and a file.

The coordinator presses it and is a competitor: customers' numbers are masked for him as on any page.
"""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import seen, shift
from models import database, utcnow
from union import audit
from union import leaving as rules
from union.faults import Refused
from web import people
from web.access import allow
from web.call_csv import BYTE_ORDER_MARK, line
from web.languages import zone

leaving = Blueprint("leaving", __name__)
BACK = dt.timedelta(days=30)
SHOWN = 200
KINDS = {
    "call": _l("answered a call"),
    "callback": _l("called back"),
    "number": _l("looked at a whole number"),
    "order": _l("took an order"),
    "recording": _l("heard a recording"),
}
COUNTED = {
    "call": _l("Calls answered"),
    "callback": _l("Callbacks dialled"),
    "number": _l("Whole numbers"),
    "order": _l("Orders taken"),
    "recording": _l("Recordings heard"),
}
COLUMNS = (_l("Date"), _l("Time"), _l("Shop"), _l("What"), _l("Customer"))


@leaving.post("/people/<int:user_id>/leave")
@allow("coordinator")
def leave(user_id: int):
    """All at once; what she held is given back in the same breath, what she is in the scheduler hangs up."""
    user = people.person(user_id)
    try:
        with database.atomic():
            rules.leave(user, current_user.actor)
            shift.leave(user)
    except Refused as refused:
        form = people.RoleForm(formdata=None)
        form.refuse(refused)
        return people.page(user, form)
    flash(gettext("%(name)s has no access any more, and was cut off wherever she was.", name=user.name))
    return redirect(url_for("leaving.show", user_id=user.id))


@leaving.get("/people/<int:user_id>/seen")
@allow("coordinator")
def show(user_id: int):
    user = people.person(user_id)
    of_hers = seen.by(user, utcnow() - BACK)
    return render_template(
        "leaving/show.html",
        person=user,
        left=rules.last(user),
        answers=people.rules.rights(user).answers,
        counts=seen.counted(of_hers),
        total=len(of_hers),
        seen=of_hers[:SHOWN],
        kinds=KINDS,
        counted=COUNTED,
    )


@leaving.get("/people/<int:user_id>/seen.csv")
@allow("coordinator")
def export(user_id: int):
    user = people.person(user_id)
    rows = [cells(one) for one in seen.by(user, utcnow() - BACK)]
    audit.note(current_user.actor, "person.seen", f"person:{user.id}", detail=user.name)
    text = BYTE_ORDER_MARK + "".join(line(row) for row in (COLUMNS, *rows))
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"seen-{user.id}.csv")
    return response


def cells(one: seen.Seen) -> tuple:
    local = one.at.astimezone(zone(one.shop))
    customer = current_user.customer(one.shop.id, one.customer)
    return f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", one.shop.name, KINDS[one.kind], customer
