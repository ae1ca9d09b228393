"""A statement in a letter: enough by itself, in the letter of its month (mail/monthly.py) or bare.

It holds the shop's own lines and the union's totals, nothing of any other shop and nothing of any customer.
"""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date

from ledger import accounts, statements, totals
from mail import digest_choices, letters, outbox
from models import Statement, Union, User
from settings import Settings
from union import money

KIND = "statement"


def words(statement: Statement, language: str) -> dict:
    """What the templates of a bill need."""
    period, currency = statement.period, Union.get().currency

    def day(date: dt.date, form: str = "d MMMM y") -> str:
        return format_date(date, form, locale=language)

    return {
        "statement": statement,
        "lines": statements.lines(statement),
        "money": lambda minor: money.written(minor, currency, language),
        "month": day(period.month, "LLLL y"),
        "day": day,
        "due_on": period.due_on,
        "owed_minor": accounts.owed_by(statement.shop),
        "totals": totals.of_period(period),
        "path": f"/statements/{period.month:%Y-%m}",
    }


def send(statement: Statement, owner: User, settings: Settings) -> str:
    """Queue the bare statement to one owner, in his language; the outcome of the run."""
    shop = statement.shop
    site = f"https://{settings.public_host}" if settings.public_host else ""
    off = f"{site}/letters/off/{digest_choices.token(owner, shop, KIND, settings)}" if site else ""
    letter = letters.write(
        KIND, owner.language, shop=shop.name, site=site, page=f"{site}/shops/{shop.id}", off=off,
        bill=words(statement, owner.language),
    )  # fmt: skip
    about = f"statement:{statement.id}"
    outbox.queue(KIND, about, owner.email, letter.subject, letter.text, settings, letter.html, unsubscribe=off)
    return "1"
