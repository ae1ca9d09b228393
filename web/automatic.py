"""Automatic mode, switched by one key on the desk; what it does is in calls/automatic.py. Answers with the line."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import automatic as rules
from calls.presence import NotAllowed
from models import utcnow
from web import desk
from web.access import allow

automatic = Blueprint("automatic", __name__)

NOT_READY = _l("Be ready first: in automatic mode customers are called for you.")


@automatic.post("/desk/automatic")
@allow("operator", "trainee")
def switch():
    """On or off, as the key said."""
    try:
        if request.form.get("mode") == "on":
            rules.start(current_user.user, utcnow())
        else:
            rules.stop(current_user.user, utcnow())
    except NotAllowed:
        return render_template("desk/_line.html", **desk.the_line(NOT_READY)), 409
    return desk.show_line() if request.htmx else redirect(url_for("desk.show"))
