"""The letter of a question to the shop: enough alone, with a link that answers it. It holds nothing of the customer."""

from __future__ import annotations

from mail import letters, outbox
from models import Outbox, Question, User
from settings import Settings

SUBJECT_LETTERS = 70


def send(question: Question, owner: User, link: str, settings: Settings) -> Outbox:
    """Queue the letter to one of the shop's owners, in his language."""
    line = " ".join(question.text.split())
    letter = letters.write(
        "question",
        owner.language,
        shop=question.shop.name,
        by=question.operator.name,
        question=question.text,
        short=line if len(line) <= SUBJECT_LETTERS else line[: SUBJECT_LETTERS - 1].rstrip() + "…",
        days=settings.question_link_days,
        link=link,
    )
    about = f"question:{question.id}"
    return outbox.queue("question", about, owner.email, letter.subject, letter.text, settings, letter.html)
