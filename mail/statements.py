"""The letter of a statement: to every owner of the shop when a month is closed, each once, enough by itself.

It holds the shop's own lines and the union's totals, nothing of any other shop and nothing of any customer.
"""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date
from peewee import fn

from ledger import accounts, statements, totals
from mail import letters, outbox
from models import Outbox, Period, Shop, Statement, Union, User, database
from settings import Settings
from union import money, people

KIND = "statement"
BACK = dt.timedelta(days=14)  # a box that got its mail server later sends nobody old bills


def queue_due(now: dt.datetime, settings: Settings) -> int:
    """Queue the letters of statements closed lately that have none yet; how many statements."""
    told = Outbox.select().where(Outbox.kind == KIND, Outbox.about == fn.PRINTF("statement:%d", Statement.id))
    query = Statement.select(Statement, Period, Shop).join(Period).switch(Statement).join(Shop)
    untold = list(query.where(Period.closed_at > now - BACK, ~fn.EXISTS(told)))
    for statement in untold:
        with database.atomic():
            for role in people.owners(statement.shop):
                send(statement, role.user, settings)
    return len(untold)


def send(statement: Statement, owner: User, settings: Settings) -> Outbox:
    """Queue the letter to one owner, in his language."""
    period, shop, currency = statement.period, statement.shop, Union.get().currency

    def written(minor: int) -> str:
        return money.written(minor, currency, owner.language)

    def day(date: dt.date, form: str = "long") -> str:
        return format_date(date, form, locale=owner.language)

    letter = letters.write(
        KIND, owner.language, shop=shop.name, statement=statement, lines=statements.lines(statement), money=written,
        month=day(period.month, "LLLL y"), day=day, due_on=period.due_on, owed_minor=accounts.owed_by(shop),
        totals=totals.of_period(period), link=_link(shop, period, settings),
    )  # fmt: skip
    about = f"statement:{statement.id}"
    return outbox.queue(KIND, about, owner.email, letter.subject, letter.text, settings, letter.html)


def _link(shop: Shop, period: Period, settings: Settings) -> str:
    host = settings.public_host
    return f"https://{host}/shops/{shop.id}/statements/{period.month:%Y-%m}" if host else ""
