"""The operator's morning letter: how many customers of which shop she owes a call, so that she knows what her day
begins with. No customer's number or name stands in it; a morning on which nobody waits writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from calls import callbacks
from mail import digest_choices, letters, outbox
from mail.digests import perform
from models import Role, Union, User
from settings import Settings


def queue_due(now: dt.datetime, settings: Settings) -> int:
    """Queue every operator's letter whose hour has come; how many runs it took."""
    held = Role.kind.in_(("operator", "trainee")), Role.ends_at.is_null(), User.is_active
    users = User.select().join(Role).where(*held).order_by(User.id).distinct()
    return sum(_of_operator(user, now, settings) for user in list(users))


def _of_operator(user: User, now: dt.datetime, settings: Settings) -> int:
    choice = digest_choices.of(user, None, "hers")
    zone = Union.get().timezone
    return perform(f"hers:0:{user.id}", choice, zone, now, settings, lambda date: send(user, date, now, settings))


def send(user: User, date: dt.date, now: dt.datetime, settings: Settings) -> str:
    """Queue the letter, if anybody waits; the outcome of the run."""
    today = callbacks.due(now + dt.timedelta(hours=12))  # whoever becomes due in the course of her day
    counted = Counter(callback.shop.name for callback in today)
    if not counted:
        return "no_calls"
    site = f"https://{settings.public_host}" if settings.public_host else ""
    off = f"{site}/letters/off/{digest_choices.token(user, None, 'hers', settings)}" if site else ""
    letter = letters.write(
        "hers", user.language, name=user.name, shops=counted.most_common(), all=counted.total(), site=site, off=off
    )
    about = f"hers:{date}"
    outbox.queue("hers", about, user.email, letter.subject, letter.text, settings, letter.html, unsubscribe=off)
    return "1"
