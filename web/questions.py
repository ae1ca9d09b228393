"""Questions of operators to a shop: what waits for its owner's answer, and the page behind the link in his letter.

That page needs no log-in, because an owner answers while he drives or sells; so it shows one question and a box to
answer it, nothing else. Opening it changes nothing, because mail scanners open links, too: only the button does.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import TextAreaField

from models import Question, Shop, User, utcnow
from orders import questions as rules
from union.audit import Actor
from web.access import anyone, found, settings, shop_page
from web.forms import Form, strip
from web.languages import COOKIE

questions = Blueprint("questions", __name__)
ANSWERED = 50


class AnswerForm(Form):
    answer = TextAreaField(_l("Your answer"), filters=[strip])


@questions.app_template_global()
def questions_waiting(shop: Shop) -> int:
    """How many wait for this shop's answer."""
    return rules.unanswered(shop).count()


@questions.get("/shops/<int:shop_id>/questions")
@shop_page()
def index(shop: Shop):
    return page(shop)


def page(shop: Shop, form: AnswerForm | None = None, wrong: Question | None = None):
    """The shop's questions; with the form of the one whose answer was not taken."""
    waiting = [
        (question, form if question == wrong else AnswerForm(formdata=None, prefix=f"q{question.id}-"))
        for question in rules.unanswered(shop)
    ]
    answered = list(rules.answered(shop).limit(ANSWERED))
    body = render_template("questions/index.html", shop=shop, waiting=waiting, answered=answered)
    return body, form.status if form else 200


@questions.post("/shops/<int:shop_id>/questions/<int:question_id>/answer")
@shop_page()
def answer(shop: Shop, question_id: int):
    question = own(shop, question_id)
    form = AnswerForm(prefix=f"q{question.id}-")
    if form.carries_out(lambda: rules.answer(question, form.answer.data, current_user.actor)):
        flash(gettext("Your answer is on the operator's desk."))
    elif question.answered_at is None:
        return page(shop, form, question)
    else:
        flash(gettext("Somebody has answered this question already."))
    return redirect(url_for("questions.index", shop_id=shop.id))


@questions.post("/shops/<int:shop_id>/questions/<int:question_id>/card")
@shop_page()
def make_card(shop: Shop, question_id: int):
    """One touch: what was asked and answered is a card, which can be mended at once."""
    question = own(shop, question_id)
    card = rules.make_card(found(question if question.answered_at else None), current_user.actor)
    flash(gettext("It is a card now, and on the desks. Give it a title by which it is found."))
    return redirect(url_for("cards.edit", shop_id=shop.id, card_id=card.id))


def own(shop: Shop, question_id: int) -> Question:
    return found(Question.get_or_none(Question.id == question_id, Question.shop == shop))


# --- the link in the letter ----------------------------------------------------------------------------------


@questions.route("/answers/<answer_token>", methods=["GET", "POST"])
@anyone
def by_link(answer_token: str):
    opened = rules.opened(answer_token, utcnow(), settings())
    if opened is None:
        return render_template("questions/over.html"), 410
    question, owner = opened
    with force_locale(spoken_to(owner)):
        return answered_by(question, owner)


def spoken_to(owner: User) -> str:
    """The owner's language, unless he has chosen another on the page."""
    chosen = current_user.is_authenticated or COOKIE in request.cookies
    return str(get_locale()) if chosen else owner.language


def answered_by(question: Question, owner: User):
    form = AnswerForm()
    by = Actor(owner, request.remote_addr or "")
    if form.carries_out(lambda: rules.answer(question, form.answer.data, by)):
        return redirect(request.path)
    return render_template("questions/answer.html", form=form, question=question), form.status
