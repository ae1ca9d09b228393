"""The letters of the week: to each owner what changed and what to change; to the coordinator the health of the box.

They are due like the daily digest (mail/digests.py), on the mornings their reader chose: Mondays by themselves. The
coordinator's holds nothing of any shop's customers, calls or orders: he is a competitor, too.
"""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date, format_datetime

from ledger.months import zone
from mail import digest_choices, letters, outbox, own_person
from mail.digest_facts import Costs
from mail.digests import DAY, perform, tells
from mail.own_person import OwnPerson
from mail.week_facts import Week
from models import Notice, Outbox, Role, Run, Sending, Shop, Union, User
from pbx.disk import free_percent
from settings import Settings
from union import job_titles, last_drill, money, people, shops

WEEK = dt.timedelta(days=7)
NOTICES_MOST = 20


def queue_due(now: dt.datetime, settings: Settings) -> int:
    """Queue every weekly letter whose morning has come; how many runs it took."""
    done, costs = 0, Costs()
    for shop in list(shops.current()):
        for role in people.owners(shop):
            if role.user.is_active:
                done += _of_owner(shop, role.user, now, settings, costs)
    return done + sum(_of_coordinator(user, now, settings) for user in coordinators())


def coordinators() -> list[User]:
    held = Role.kind == "coordinator", Role.ends_at.is_null(), User.is_active
    return list(User.select().join(Role).where(*held).order_by(User.id).distinct())


def _of_owner(shop: Shop, owner: User, now: dt.datetime, settings: Settings, costs: Costs) -> int:
    def write(date: dt.date) -> str:
        if not tells(shop, date - DAY):
            return "no_calls"
        return send(Week(shop, date - DAY, now), owner, settings, own_person.beside(shop, date, costs))

    choice = digest_choices.of(owner, shop, "weekly")
    return perform(f"week:{shop.id}:{owner.id}", choice, shop.timezone, now, settings, write)


def send(week: Week, owner: User, settings: Settings, own: OwnPerson | None = None) -> str:
    """Queue the letter of a week to one owner; the outcome of the run."""
    shop, language, currency = week.shop, owner.language, Union.get().currency
    site = f"https://{settings.public_host}" if settings.public_host else ""
    page = f"{site}/shops/{shop.id}"
    off = f"{site}/letters/off/{digest_choices.token(owner, shop, 'weekly', settings)}" if site else ""
    letter = letters.write(
        "week", language, shop=shop.name, week=week, off=off, site=site, page=page,
        days=f"{format_date(week.first, 'd MMM', locale=language)} – {format_date(week.last, 'd MMM', locale=language)}",
        money=lambda minor: money.written(minor, currency, language),
        own=own, own_month=format_date(own.first, "LLLL y", locale=language) if own else "",
    )  # fmt: skip
    about = f"week:{shop.id}:{week.last}"
    outbox.queue("week", about, owner.email, letter.subject, letter.text, settings, letter.html, unsubscribe=off)
    return "1"


# --- the coordinator's --------------------------------------------------------------------------------------------


def _of_coordinator(user: User, now: dt.datetime, settings: Settings) -> int:
    choice = digest_choices.of(user, None, "health")
    return perform(
        f"health:0:{user.id}", choice, Union.get().timezone, now, settings,
        lambda date: send_health(user, date, now, settings),
    )  # fmt: skip


def send_health(user: User, date: dt.date, now: dt.datetime, settings: Settings) -> str:
    """Queue the box's week to one coordinator; the outcome of the run."""
    site = f"https://{settings.public_host}" if settings.public_host else ""
    off = f"{site}/letters/off/{digest_choices.token(user, None, 'health', settings)}" if site else ""
    since = now - WEEK
    ended = Sending.select().where(Sending.ends_at > since)
    letter = letters.write(
        "health", user.language, site=site, off=off,
        troubles=[(_moment(n.starts_at, user), n.cause, _moment(n.ends_at, user)) for n in _troubles(since)],
        failed=sorted({job_titles.title(run.job) for run in Run.select().where(Run.fault != "", Run.started_at > since)}),
        sent=ended.where(Sending.result == "accepted").count(),
        stuck=Outbox.select().where(Outbox.due_at.is_null(), Outbox.id.in_(_not_sent(since))).count(),
        free=int(free_percent(settings.data_dir)), drill=last_drill.standing(now),
    )  # fmt: skip
    about = f"health:{date}"
    outbox.queue("health", about, user.email, letter.subject, letter.text, settings, letter.html, unsubscribe=off)
    return "1"


def _troubles(since: dt.datetime):
    """What was told of the box in that time; a shop's cap is the shop's."""
    told = Notice.told_at.is_null(False), Notice.starts_at > since, ~Notice.cause.startswith("cap:")
    return Notice.select().where(*told).order_by(Notice.id).limit(NOTICES_MOST)


def _not_sent(since: dt.datetime):
    return Sending.select(Sending.mail).where(Sending.ends_at > since, Sending.result.in_(("refused", "unclear")))


def _moment(at: dt.datetime | None, user: User) -> str:
    return format_datetime(at.astimezone(zone()), "d MMM, HH:mm", locale=user.language) if at else ""
