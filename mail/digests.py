"""The daily digest: five lines an owner reads instead of logging in, about the whole day before, each morning.

Every owner of a shop gets his own, in his language, at his hour of the shop's clock. Whether a date's digest is
written is a Run of (digest:<shop>:<user>, date), and what it says once queued is the outbox row of (digest,
digest:<shop>:<day>, recipient): restarts, late starts and several schedulers neither double nor lose one. One that
was not sent has its reason as the outcome of its run: off, not_chosen, no_owner, no_calls, late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from peewee import fn

from mail import digest_choices, letters, outbox, picture
from mail.digest_choices import Choice
from mail.digest_facts import Costs, Facts
from models import Call, Membership, Run, Shop, Union, User
from settings import Settings
from union import money, people, runs, shops

KIND = "digest"
BACK_DAYS = 30  # of a box that was off for longer, older dates are not even noted
DAY = dt.timedelta(days=1)


def queue_due(now: dt.datetime, settings: Settings) -> int:
    """Queue every daily digest whose hour has come; how many runs it took."""
    costs = Costs()
    return sum(_of_shop(shop, now, settings, costs) for shop in list(shops.current()))


def _of_shop(shop: Shop, now: dt.datetime, settings: Settings, costs: Costs) -> int:
    owners = [role.user for role in people.owners(shop) if role.user.is_active]
    if not owners:
        nobody = digest_choices.BY_ITSELF["daily"]
        return perform(f"{KIND}:{shop.id}", nobody, shop.timezone, now, settings, lambda _: "no_owner")
    return sum(_of_owner(shop, owner, now, settings, costs) for owner in owners)


def _of_owner(shop: Shop, owner: User, now: dt.datetime, settings: Settings, costs: Costs) -> int:
    def write(date: dt.date) -> str:
        day = date - DAY
        if not tells(shop, day):
            return "no_calls"
        return send(Facts(shop, day, now, settings, costs), owner, settings)

    choice = digest_choices.of(owner, shop, "daily")
    return perform(f"{KIND}:{shop.id}:{owner.id}", choice, shop.timezone, now, settings, write)


def tells(shop: Shop, day: dt.date) -> bool:
    """Whether there is something to tell: the shop was a member that day, and has begun to get calls."""
    was_member = (Membership.starts_on <= day) & (Membership.ends_on.is_null() | (Membership.ends_on > day))
    return shop.memberships.where(was_member).exists() and Call.select().where(Call.shop == shop).exists()


# --- which dates are due, for any digest ------------------------------------------------------------------------


def perform(
    job: str, choice: Choice, timezone: str, now: dt.datetime, settings: Settings, write: Callable[[dt.date], str]
) -> int:
    """Do the runs of a digest that are due; write(date) queues it and gives the outcome. How many there were."""

    def outcome(date: dt.date) -> str:
        if not choice.is_on:
            return "off"
        if date.weekday() not in choice.weekdays:
            return "not_chosen"
        return write(date) if date >= last - DAY or date in begun else "late"

    zone = ZoneInfo(timezone)
    last = runs.due_date(choice.hour * 60, now, zone)
    if last is None:
        return 0
    begun = _begun(job, last, settings)
    dates = [*begun, *_without_run(job, last, now.astimezone(zone).date())]
    return sum(runs.perform(job, date, now, settings, lambda date=date: outcome(date)) for date in dates)


def _begun(job: str, last: dt.date, settings: Settings) -> list[dt.date]:
    """The dates whose run died or failed: what was begun is ended, however late, for its letter may be out already."""
    unfinished = Run.ended_at.is_null() | (Run.fault != "")
    since = (Run.local_date >= last - BACK_DAYS * DAY) & (Run.tries < settings.job_tries)
    return [run.local_date for run in Run.select().where(Run.job == job, unfinished, since)]


def _without_run(job: str, last: dt.date, today: dt.date) -> Iterator[dt.date]:
    """The dates up to the last that was due which have no run, the first of them first.

    A digest that is new begins with the first hour that comes: what was before it was never its matter.
    """
    newest = Run.select(fn.MAX(Run.local_date)).where(Run.job == job).scalar()
    date = max(dt.date.fromisoformat(str(newest)) + DAY, last - BACK_DAYS * DAY) if newest else today
    while date <= last:
        yield date
        date += DAY


# --- the letter -------------------------------------------------------------------------------------------------


def send(facts: Facts, owner: User, settings: Settings) -> str:
    """Queue the letter of a day to one owner; the outcome of the run."""
    shop, language = facts.shop, owner.language
    site = f"https://{settings.public_host}" if settings.public_host else ""
    token = digest_choices.token(owner, shop, "daily", settings)
    off = f"{site}/letters/off/{token}" if site else ""
    letter = letters.write("digest", language, **words(facts, owner, site), off=off)
    drawn = picture.bars([(f.answered, f.called_back + f.waiting, f.lost) for _, f in facts.past])
    outbox.queue(
        KIND, f"{KIND}:{shop.id}:{facts.day}", owner.email, letter.subject, letter.text, settings, letter.html,
        picture=drawn, unsubscribe=off,
    )  # fmt: skip
    return "1"


def words(facts: Facts, owner: User, site: str) -> dict:
    """What the letter's templates need; site: the address of the pages, "" where there is none."""
    shop, language, day = facts.shop, owner.language, facts.day
    page, currency = f"{site}/shops/{shop.id}", Union.get().currency
    of_day = f"{page}/calls?from={day}&to={day}&group="
    return {
        "shop": shop.name,
        "date": format_date(day, "EEEE, d MMMM", locale=language),
        "facts": facts,
        "seconds": facts.settings.answer_within_seconds,
        "money": lambda minor: money.written(minor, currency, language),
        "letters": [get_day_names("narrow", locale=language)[past.weekday()] for past, _ in facts.past],
        "link": (lambda group: of_day + group) if site else (lambda _: ""),
        "orders_link": f"{page}/orders?from={day}&to={day}" if site else "",
        "month_link": f"{page}/orders?from={day.replace(day=1)}&to={day}&state=delivered" if site else "",
        "cost_link": f"{page}/statements/so-far" if site else "",
        "callbacks_link": f"{page}/callbacks" if site else "",
        "settings_link": f"{site}/letters" if site else "",
    }
