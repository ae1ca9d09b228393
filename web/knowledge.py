"""What to say and what to know, beside a call on the desk: the shop's script, its cards, a question to its owner.

One fragment, asked for again every few seconds with the version it was made from, and answered with nothing while
that is the newest; so what an owner changes is on an open desk at once. Everything is of the shop of a call of hers.
"""

from __future__ import annotations

import datetime as dt
import zlib

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import TextAreaField

from calls.served import Served, served
from mail import questions as letters
from models import Question, database, utcnow
from orders import cards, questions, scripts, search
from union import people
from web.access import allow, found, settings
from web.addresses import whole
from web.card_words import KINDS
from web.forms import Form, strip
from web.scripts import TITLES

knowledge = Blueprint("knowledge", __name__)
LOOKED_BACK = dt.timedelta(days=7)
SAME = ("", 204)


class QuestionForm(Form):
    text = TextAreaField(_l("Question to the shop"), filters=[strip])


@knowledge.get("/desk/calls/<key>/knowledge")
@allow("operator", "trainee")
def pane(key: str):
    """?q= what she searches, ?seen= the version she has: 204 while it is the newest."""
    call = of_hers(key)
    if request.htmx and request.htmx.target == "card-results":
        return render_template("knowledge/_results.html", **results(call))
    return SAME if request.args.get("seen") == version(call) else shown(call)


def of_hers(key: str) -> Served:
    return found(served(current_user.user, key, utcnow(), settings()))


def version(call: Served) -> str:
    """Another word once the script, a card or an answer is another."""
    seen = scripts.version(call.shop), cards.version(call.shop), questions.version(call.key, current_user.user)
    return f"{zlib.crc32(repr(seen).encode()):08x}"


def results(call: Served) -> dict:
    typed = request.values.get("q", "").strip()
    return {"typed": typed, "cards": search.cards(call.shop, typed), "kinds": KINDS}


def shown(call: Served, form: QuestionForm | None = None):
    """The pane; the fragment alone when it is asked for by itself."""
    said = scripts.steps(scripts.latest(call.shop))
    body = render_template(
        "knowledge/_pane.html" if request.htmx else "knowledge/show.html",
        call=call,
        version=version(call),
        parts=[(part, title, [step for step in said if step.part == part]) for part, title in TITLES.items()],
        asked=list(questions.of_call(call.key, current_user.user)),
        form=form or QuestionForm(formdata=None),
        **results(call),
    )
    return body, form.status if form else 200


@knowledge.post("/desk/calls/<key>/questions")
@allow("operator", "trainee")
def ask(key: str):
    """The question leaves at once, to every owner of the shop; she goes on talking."""
    call, form = of_hers(key), QuestionForm()
    if not form.carries_out(lambda: asked(call, form.text.data)):
        return shown(call, form)
    return shown(call) if request.htmx else redirect(url_for("knowledge.pane", key=key))


def asked(call: Served, text: str) -> Question:
    """The question, and its letters in the outbox, together. Raises Refused."""
    with database.atomic():
        question = questions.ask(call, current_user.user, text)
        for role in people.owners(call.shop):
            link = whole("questions.by_link", answer_token=questions.token(question, role.user, settings()))
            letters.send(question, role.user, link, settings())
    return question


@knowledge.get("/desk/questions")
@allow("operator", "trainee")
def own_questions():
    """What she has asked in the last days, and what the shops answered, also after the call."""
    asked = list(questions.asked_by(current_user.user, utcnow() - LOOKED_BACK))
    return render_template("knowledge/_questions.html" if request.htmx else "knowledge/questions.html", asked=asked)
