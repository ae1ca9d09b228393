"""The coordinator's board: who waits and who works, each shop's day so far, and the rule of the reserve."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from calls.board import board as told
from models import Union, utcnow
from union import reserve_rule
from web.access import allow, settings
from web.desk import STATES
from web.forms import Form

board = Blueprint("board", __name__)


class RuleForm(Form):
    reserve_after_seconds = IntegerField(
        _l("Trainees help after so many seconds"), [InputRequired(), NumberRange(0, 3600)]
    )
    reserve_line_length = IntegerField(_l("or when more than so many wait"), [InputRequired(), NumberRange(0, 50)])
    mobile_after_seconds = IntegerField(
        _l("Owners' mobiles ring after so many seconds"), [InputRequired(), NumberRange(10, 3600)]
    )


@board.route("/board", methods=["GET", "POST"])
@allow("coordinator")
def show():
    """The page, or its polled part; sent, it is the rule."""
    form = RuleForm(obj=Union.get_or_none())
    if form.carries_out(lambda: reserve_rule.set_rule(form.values(), current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("board.show"))
    template = "board/_now.html" if request.htmx and request.method == "GET" else "board/show.html"
    poll = settings().poll_seconds
    return render_template(template, board=told(utcnow()), form=form, states=STATES, poll=poll), form.status
