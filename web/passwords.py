"""The page behind the link to a new password. Opening it changes nothing, because mail scanners open links, too."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import DataRequired

from union import passwords as rules
from web.access import anyone, settings
from web.forms import Form
from web.languages import COOKIE

passwords = Blueprint("passwords", __name__)


class NewPasswordForm(Form):
    password = PasswordField(_l("A password of your own"), [DataRequired()])


@passwords.route("/password/<password_token>", methods=["GET", "POST"])
@anyone
def choose(password_token: str):
    user = rules.opened(password_token, settings())
    if user is None:
        return render_template("passwords/over.html"), 410
    with force_locale(str(get_locale()) if COOKIE in request.cookies else user.language):
        form, address = NewPasswordForm(), request.remote_addr or ""
        if form.carries_out(lambda: rules.choose(password_token, form.password.data, address, settings())):
            flash(gettext("Your new password counts from now on. Log in with it."))
            return redirect(url_for("sessions.new"))
        return render_template("passwords/choose.html", form=form, person=user), form.status
