"""The letter of a month: its figures beside the month before, and the statement; to each owner, once, at his hour.

It comes when its month is closed. An owner who does not want it gets the bare statement instead, at once, until he
turns that off, too: what is due reaches everybody who has not said twice that it need not. Both are one mail of the
outbox, (statement, statement:<id>, recipient), so nobody ever gets the same bill twice. Where no books are kept, the
figures come alone, on the day on which a month would be closed. Whether it was written is a Run of
(monthly:<shop>:<user>, the month's first day); one that was not has its reason: off, no_owner, no_calls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_date

from calls.usage import midnight
from ledger import months
from ledger.closed import next_to_close
from mail import digest_choices, letters, outbox, statements
from mail.digests import tells
from mail.month_facts import MonthFacts
from models import Period, Shop, Statement, Union, User
from settings import Settings
from union import money, people, runs, shops

KIND = "monthly"
BACK = dt.timedelta(days=14)  # a box that got its mail server later sends nobody old bills
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """A month of a shop that can be told of since this instant; statement: None where no books are kept."""

    shop: Shop
    first: dt.date
    since: dt.datetime
    statement: Statement | None = None


def queue_due(now: dt.datetime, settings: Settings) -> int:
    """Queue every letter of a month, or its bare statement, whose time has come; how many runs it took."""
    return sum(_of_shop(told, now, settings) for told in (*_closed(now), *_without_books(now, settings)))


def _closed(now: dt.datetime) -> list[Told]:
    query = Statement.select(Statement, Period, Shop).join(Period).switch(Statement).join(Shop)
    lately = query.where(Period.closed_at > now - BACK).order_by(Statement.id)
    return [Told(row.shop, row.period.month, row.period.closed_at, row) for row in lately]


def _without_books(now: dt.datetime, settings: Settings) -> Iterator[Told]:
    month = months.at(now).back(1)
    since = midnight(month.next_first.replace(day=settings.close_day), month.zone)
    if next_to_close() is None and since <= now < since + BACK:
        yield from (Told(shop, month.first, since) for shop in shops.current())


def _of_shop(told: Told, now: dt.datetime, settings: Settings) -> int:
    owners = [role.user for role in people.owners(told.shop) if role.user.is_active]
    if not owners:
        return runs.perform(f"{KIND}:{told.shop.id}", told.first, now, settings, lambda: "no_owner")
    return sum(_of_owner(told, owner, now, settings) for owner in owners)


def _of_owner(told: Told, owner: User, now: dt.datetime, settings: Settings) -> bool:
    choice = digest_choices.of(owner, told.shop, KIND)
    if choice.is_on and now < hour_after(told.since, choice.hour, ZoneInfo(told.shop.timezone)):
        return False
    job = f"{KIND}:{told.shop.id}:{owner.id}"
    return runs.perform(job, told.first, now, settings, lambda: write(told, owner, choice.is_on, now, settings))


def hour_after(since: dt.datetime, hour: int, zone: ZoneInfo) -> dt.datetime:
    """The first instant, at or after since, at which this hour begins."""
    date = since.astimezone(zone).date()
    at = dt.datetime.combine(date, dt.time(hour), zone)
    return at if at >= since else dt.datetime.combine(date + DAY, dt.time(hour), zone)


def write(told: Told, owner: User, wants_month: bool, now: dt.datetime, settings: Settings) -> str:
    """Queue what this owner wants of a month; the outcome of the run."""
    if wants_month:
        facts = MonthFacts(told.shop, told.first, now, settings)
        return (
            send(facts, told.statement, owner, settings)
            if told.statement or tells(told.shop, facts.last)
            else "no_calls"
        )
    if told.statement and digest_choices.of(owner, told.shop, statements.KIND).is_on:
        return statements.send(told.statement, owner, settings)
    return "off"


def send(facts: MonthFacts, statement: Statement | None, owner: User, settings: Settings) -> str:
    """Queue the letter of a month to one owner; the outcome of the run."""
    shop, language, currency = facts.shop, owner.language, Union.get().currency
    site = f"https://{settings.public_host}" if settings.public_host else ""
    off = f"{site}/letters/off/{digest_choices.token(owner, shop, KIND, settings)}" if site else ""
    letter = letters.write(
        "month", language, shop=shop.name, facts=facts, off=off, site=site, page=f"{site}/shops/{shop.id}",
        month=format_date(facts.first, "LLLL y", locale=language), seconds=settings.answer_within_seconds,
        money=lambda minor: money.written(minor, currency, language),
        bill=statements.words(statement, language) if statement else None,
    )  # fmt: skip
    about = f"statement:{statement.id}" if statement else f"month:{shop.id}:{facts.first:%Y-%m}"
    outbox.queue(
        statements.KIND, about, owner.email, letter.subject, letter.text, settings, letter.html, unsubscribe=off
    )  # fmt: skip
    return "1"
