"""A question to the shop: what an operator could not tell the customer, asked while he is still there.

It is answered once, by an owner on his page or through the link in his letter, and the answer is on her desk within
a poll. The link opens one question, for one owner, for some days, and shows nothing of the customer.
"""

from __future__ import annotations

import datetime as dt

from itsdangerous import BadSignature, URLSafeSerializer
from peewee import fn

from calls.served import Served
from models import Card, Question, Shop, User, database, utcnow
from orders import cards
from settings import Settings
from union import audit, people
from union.audit import Actor
from union.faults import refuse_if

MOST_TEXT = 1000
MOST_ANSWER = 2000
DAY = dt.timedelta(days=1)


def ask(call: Served, user: User, text: str) -> Question:
    """She asks the shop of this call; the same words again are the same question. Raises Refused."""
    refuse_if(text=_text_fault(text, MOST_TEXT))
    question, _ = Question.get_or_create(shop=call.shop, call_key=call.key, operator=user, text=text)
    return question


def answer(question: Question, text: str, by: Actor) -> None:
    """The shop's answer; the first one counts. Raises Refused."""
    refuse_if(answer=_text_fault(text, MOST_ANSWER))
    with database.atomic():
        values = {"answer": text, "answered_at": utcnow(), "answered_by": by.user}
        unanswered = Question.id == question.id, Question.answered_at.is_null()
        refuse_if(answer=None if Question.update(values).where(*unanswered).execute() == 1 else "answered_already")
        audit.note(by, "question.answer", f"question:{question.id}", shop=question.shop)


def _text_fault(text: str, most: int) -> str | None:
    return "missing" if not text else "text_long" if len(text) > most else None


def make_card(question: Question, by: Actor) -> Card:
    """A card of an answered question, one however often it is asked for: what was asked is its title."""
    with database.atomic():
        question = Question.get_by_id(question.id)
        if question.card is None:
            values = {"kind": "other", "title": _title(question), "text": question.answer}
            card = cards.add(question.shop, values, by)
            Question.update(card=card).where(Question.id == question.id).execute()
            return card
    return question.card


def _title(question: Question) -> str:
    """What was asked, on one line, as long as a title may be; numbered where there is such a title already."""
    line = " ".join(question.text.split())
    room = cards.MOST_TITLE - len(" (99999999)")
    line = line if len(line) <= room else line[: room - 1].rstrip() + "…"
    return f"{line} ({question.id})" if cards.present(question.shop).where(Card.title == line).exists() else line


# --- whose and which -----------------------------------------------------------------------------------------


def of_call(key: str, user: User):
    """What she has asked in this call, the first first."""
    return Question.select().where(Question.call_key == key, Question.operator == user).order_by(Question.id)


def asked_by(user: User, since: dt.datetime):
    """What she has asked since then, the latest first."""
    asked = Question.select(Question, Shop).join(Shop)
    return asked.where(Question.operator == user, Question.asked_at >= since).order_by(Question.id.desc())


def unanswered(shop: Shop):
    """What waits for an answer of this shop, the longest first."""
    return Question.select().where(Question.shop == shop, Question.answered_at.is_null()).order_by(Question.id)


def answered(shop: Shop):
    """What this shop has answered, the latest first."""
    settled = Question.answered_at.is_null(False)
    return Question.select().where(Question.shop == shop, settled).order_by(Question.answered_at.desc())


def version(key: str, user: User) -> tuple:
    """Another value once she has asked something more in this call, or got an answer."""
    seen = Question.select(fn.COUNT(Question.id), fn.COUNT(Question.answered_at))
    return seen.where(Question.call_key == key, Question.operator == user).tuples().get()


# --- the link in the letter ----------------------------------------------------------------------------------


def token(question: Question, owner: User, settings: Settings) -> str:
    """What stands in the link of this owner's letter; nobody else can make it."""
    return _signer(settings).dumps([question.id, owner.id])


def opened(token: str, now: dt.datetime, settings: Settings) -> tuple[Question, User] | None:
    """The question of a link, and the owner it was sent to; None when it opens nothing, or nothing any more."""
    try:
        question_id, owner_id = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    question = Question.get_or_none(Question.id == question_id)
    if question is None or now >= question.asked_at + settings.question_link_days * DAY:
        return None
    owners = (role.user for role in people.owners(question.shop))
    owner = next((user for user in owners if user.id == owner_id and user.is_active), None)
    return (question, owner) if owner else None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="question")
