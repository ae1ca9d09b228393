"""An operator's own bonuses and fines: all of the union's money that she sees, with what they are for, and her answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import TextAreaField

from ledger import cost_items as rules
from ledger.closed import is_closed
from models import Call, CostItem, ItemAnswer
from web.access import allow, found
from web.forms import Form, strip

bonuses = Blueprint("bonuses", __name__)


class AnswerForm(Form):
    text = TextAreaField(_l("Your answer"), filters=[strip])


@bonuses.get("/bonuses")
@allow("operator", "trainee")
def index():
    return page()


def page(form: AnswerForm | None = None, wrong: CostItem | None = None):
    """Her lines; with the form of the one whose answer was not taken."""
    items = rules.of_person(current_user.user)
    calls = {call.key: call for call in Call.select().where(Call.key.in_([item.evidence_call for item in items]))}
    rows = [
        (
            item,
            calls.get(item.evidence_call),
            list(item.answers.order_by(ItemAnswer.at)),
            form if item == wrong else AnswerForm(formdata=None, prefix=f"i{item.id}-"),
        )
        for item in items
    ]
    body = render_template("money/bonuses.html", rows=rows, is_counted=lambda item: is_closed(item.starts_on))
    return body, form.status if form else 200


@bonuses.post("/bonuses/<int:item_id>/answers")
@allow("operator", "trainee")
def answer(item_id: int):
    user = current_user.user
    item = found(
        CostItem.get_or_none(CostItem.id == item_id, CostItem.user == user, CostItem.category.in_(rules.JUDGED))
    )
    form = AnswerForm(prefix=f"i{item.id}-")
    if not form.carries_out(lambda: rules.answer(item, user, form.text.data)):
        return page(form, item)
    flash(gettext("Your answer stands beside it; the coordinator reads it."))
    return redirect(url_for("bonuses.index"))
