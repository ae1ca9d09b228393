"""The letter with the link to a new password, to the person himself and to nobody else."""

from __future__ import annotations

import datetime as dt

from mail import letters, outbox
from models import Outbox, Union, User
from settings import Settings


def send(user: User, link: str, by: User, now: dt.datetime, settings: Settings) -> Outbox:
    """Queue the letter, in his language; each time it is asked for is a letter of its own."""
    union = Union.get_or_none()
    letter = letters.write(
        "password", user.language, name=user.name, union=union.name if union else "", by=by.name, link=link
    )
    about = f"password:{user.id}:{now:%Y%m%dT%H%M%S}"
    return outbox.queue("password", about, user.email, letter.subject, letter.text, settings, letter.html)
