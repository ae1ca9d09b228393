"""One's own page: language, password, the devices one is logged in on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField
from wtforms.validators import DataRequired

from models import Session, User
from settings import LANGUAGES
from union import people
from union.faults import refuse_if
from web.access import allow, anyone, settings
from web.forms import Form
from web.languages import COOKIE
from web.sessions import inside

me = Blueprint("me", __name__)


class PasswordForm(Form):
    present = PasswordField(_l("Present password"), [DataRequired()])
    password = PasswordField(_l("New password"), [DataRequired()])


@me.get("/me")
@allow()
def show():
    return page(PasswordForm())


def page(form: PasswordForm):
    own = current_user.user.sessions.where(Session.ended_at.is_null()).order_by(Session.seen_at.desc())
    return render_template("me/show.html", form=form, sessions=own), form.status


@me.post("/me/password")
@allow()
def change_password():
    form = PasswordForm()
    if form.carries_out(lambda: set_password(form)):
        flash(gettext("Your password is changed; every other device is logged out."))
        return redirect(url_for("me.show"))
    return page(form)


def set_password(form: PasswordForm) -> None:
    user = current_user.user
    refuse_if(present=None if people.is_password(user, form.present.data) else "password_wrong")
    people.set_password(user, form.password.data, current_user.actor, keep=current_user.session)


@me.post("/language")
@anyone
def choose_language():
    """Works before logging in, too: then a cookie remembers it."""
    chosen = request.form.get("language", "")
    response = redirect(inside(request.form.get("next")) or url_for("home.show"))
    if chosen not in LANGUAGES:
        return response
    if current_user.is_authenticated:
        User.update(language=chosen).where(User.id == current_user.user.id).execute()
        with force_locale(chosen):
            flash(gettext("Spilka now speaks English."))
    secure = settings().secure_cookies
    response.set_cookie(COOKIE, chosen, max_age=365 * 24 * 3600, secure=secure, httponly=True, samesite="Lax")
    return response
