"""Logging in and out. The cookie holds a random token; everything else about a log-in is in the database."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

from calls import shift
from settings import Settings
from union import people, sessions
from union.faults import Refused
from union.sessions import LoginRefused
from web.access import allow, anyone, settings
from web.forms import Form

log_ins = Blueprint("sessions", __name__)


class LogInForm(Form):
    email = StringField(_l("E-mail"), [DataRequired()])
    password = PasswordField(_l("Password"), [DataRequired()])


def cookie_name(of: Settings) -> str:
    """The __Host- prefix makes the browser refuse the cookie from anything but this host over HTTPS."""
    return "__Host-spilka" if of.secure_cookies else "spilka"


@log_ins.route("/login", methods=["GET", "POST"])
@anyone
def new():
    if current_user.is_authenticated:
        return redirect(url_for("home.show"))
    form, status = LogInForm(), 422
    if form.validate_on_submit():
        try:
            token = sessions.log_in(
                form.email.data, form.password.data, request.remote_addr or "", settings().login_tries
            )
        except LoginRefused as refused:
            form.refuse(Refused(password=refused.code))
            status = 429 if refused.code == "paused" else 422
        else:
            return with_token(redirect(inside(request.args.get("next")) or url_for("home.show")), token)
    return render_template("sessions/new.html", form=form), status if form.errors else 200


@log_ins.post("/logout")
@allow()
def end():
    """Whoever logs out leaves the line, too."""
    shift.end(current_user.user)
    sessions.end(current_user.session, current_user.actor)
    response = redirect(url_for("sessions.new"))
    response.delete_cookie(cookie_name(settings()), secure=settings().secure_cookies, httponly=True, samesite="Lax")
    return response


@log_ins.post("/sessions/<int:session_id>/end")
@allow()
def end_other(session_id: int):
    """End one of one's own log-ins, on a device that was lost, say."""
    own = current_user.user.sessions.where(people.Session.id == session_id).first()
    if own:
        sessions.end(own, current_user.actor)
    return redirect(url_for("me.show"))


def with_token(response, token: str):
    """response with the log-in's cookie; the form's secret of the person before is gone."""
    session.clear()
    name, lifetime = cookie_name(settings()), settings().session_hours * 3600 * 10
    response.set_cookie(name, token, max_age=lifetime, secure=settings().secure_cookies, httponly=True, samesite="Lax")
    return response


def inside(path: str | None) -> str | None:
    """path if it leads to a page of ours, never to somebody else's host."""
    ours = path and path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else None
