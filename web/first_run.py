"""The first page of a new union, shown until it has a coordinator; the code is what the installer printed."""

from __future__ import annotations

import zoneinfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import DataRequired

from union import first_run, sessions
from union.faults import Refused
from union.sessions import LoginRefused
from web.access import anyone, settings
from web.forms import Form, choices, strip
from web.languages import NAMES
from web.sessions import with_token

first_run_page = Blueprint("first_run", __name__)


class FirstRunForm(Form):
    code = StringField(_l("Set-up code"), [DataRequired()], filters=[strip])
    union_name = StringField(_l("Name of the union"), [DataRequired()], filters=[strip])
    timezone = SelectField(_l("Time zone"), choices=sorted(zoneinfo.available_timezones()), default="Europe/Kyiv")
    name = StringField(_l("Your name"), [DataRequired()], filters=[strip])
    email = StringField(_l("Your e-mail"), [DataRequired()], filters=[strip])
    password = PasswordField(_l("A password"), [DataRequired()])
    language = SelectField(_l("Your language"), choices=choices(NAMES))


@first_run_page.get("/first-run")
@anyone
def new():
    if not first_run.is_due():
        return redirect(url_for("sessions.new"))
    return render_template("first_run/new.html", form=FirstRunForm(language=str(get_locale())))


@first_run_page.post("/first-run")
@anyone
def create():
    if not first_run.is_due():
        return redirect(url_for("sessions.new"))
    form = FirstRunForm()
    if form.carries_out(lambda: found(form)):
        first_run.forget_code(settings().data_dir)
        token = sessions.start(form.result, request.remote_addr or "")
        return with_token(redirect(url_for("shops.index")), token)
    return render_template("first_run/new.html", form=form), 422


def found(form: FirstRunForm):
    """Counted like a password, because a code can be guessed like one."""
    address = request.remote_addr or ""
    try:
        attempt = sessions.count_try("first-run", address, settings().login_tries)
    except LoginRefused as refused:
        raise Refused(code=refused.code)
    if not first_run.is_code(settings().data_dir, form.code.data):
        raise Refused(code="code_wrong")
    attempt.delete_instance()
    return first_run.found(**form.values("code"), by_address=address)
