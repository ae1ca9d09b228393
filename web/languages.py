"""Languages and how times, lengths and numbers are written. Instants become local only here, at the edge."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal
from flask import Flask, g, request
from flask_babel import Babel, get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import numbers
from models import Union, utcnow
from settings import LANGUAGES
from union import money as amounts

NAMES = {"uk": "Українська", "ru": "Русский", "en": "English"}
VOICES = {"uk": _l("Ukrainian"), "ru": _l("Russian"), "en": _l("English")}
SYNTHESISERS = {"rhvoice": "RHVoice", "espeak-ng": "espeak-ng"}
COOKIE = "language"


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "uk"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.root_path) + "/translations"
    Babel(app, locale_selector=choose)
    app.jinja_env.filters.update(
        clock=clock,
        moment=moment,
        day=day,
        day_long=day_long,
        day_full=day_full,
        day_short=day_short,
        lasting=lasting,
        spell=spell,
        ago=ago,
        minute=minute,
        number=number,
        money=money,
        decimal=decimal,
    )
    app.jinja_env.globals.update(
        languages=NAMES, voices=VOICES, synthesisers=SYNTHESISERS, language=lambda: str(get_locale())
    )


def choose() -> str:
    """The person's own language, else the one he chose before logging in, else his browser's, else Ukrainian."""
    if current_user.is_authenticated:
        return current_user.user.language
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "uk"


def zone(of=None) -> ZoneInfo:
    """The time zone of a shop, or the union's."""
    if of is not None:
        return ZoneInfo(of.timezone)
    if "zone" not in g:
        union = Union.get_or_none()
        g.zone = ZoneInfo(union.timezone if union else "Europe/Kyiv")
    return g.zone


def today(of=None) -> dt.date:
    """The date it is at a shop, or in the union."""
    return utcnow().astimezone(zone(of)).date()


def clock(at: dt.datetime, of=None, seconds: bool = False) -> str:
    """14:05, or 14:05:09."""
    return format_time(at.astimezone(zone(of)), "HH:mm:ss" if seconds else "HH:mm", locale=get_locale())


def day(date: dt.date | dt.datetime, of=None) -> str:
    """today, yesterday, Fri 21 Nov, with the year when it is another."""
    date = _local_date(date, of)
    now = today(of)
    if date == now:
        return gettext("today")
    if date == now - dt.timedelta(days=1):
        return gettext("yesterday")
    return format_date(date, "EE d MMM" if date.year == now.year else "d MMM y", locale=get_locale())


def day_long(date: dt.date | dt.datetime, of=None) -> str:
    """21 November 2026."""
    return format_date(_local_date(date, of), "long", locale=get_locale())


def day_full(date: dt.date | dt.datetime, of=None) -> str:
    """Friday, 21 November 2026."""
    return format_date(_local_date(date, of), "full", locale=get_locale())


def day_short(date: dt.date) -> str:
    """21 Nov, for where the year is said already."""
    return format_date(date, "d MMM", locale=get_locale())


def month_name(first: dt.date) -> str:
    """November 2026."""
    return format_date(first, "LLLL y", locale=get_locale())


def weekdays(form: str = "EE") -> list[str]:
    """The names of the days from Monday on, short or (EEEE) whole."""
    monday = dt.date(2024, 1, 1)
    return [format_date(monday + dt.timedelta(day), form, locale=get_locale()) for day in range(7)]


def moment(at: dt.datetime, of=None) -> str:
    """14:05 for an instant of today, else the day too."""
    local = at.astimezone(zone(of))
    if local.date() == today(of):
        return clock(at, of)
    form = "d MMM, HH:mm" if local.year == today(of).year else "d MMM y, HH:mm"
    return format_datetime(local, form, locale=get_locale())


def lasting(seconds: int | float | None) -> str:
    """A length as m:ss, or h:mm:ss from an hour on; nothing for None."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spell(seconds: int) -> str:
    """A length in words for where a second does not matter: 5 min, 2 h, 3 days."""
    return format_timedelta(dt.timedelta(seconds=max(60, seconds)), "minute", format="short", locale=get_locale())


def ago(at: dt.datetime) -> str:
    """How long ago it was, in words: 5 minutes ago, 3 days ago."""
    since = max(dt.timedelta(minutes=1), utcnow() - at)
    return format_timedelta(-since, "minute", threshold=1, add_direction=True, locale=get_locale())


def minute(of_day: int | None) -> str:
    """Minutes from midnight as 09:30; 1440 is 24:00."""
    return "" if of_day is None else f"{of_day // 60:02}:{of_day % 60:02}"


def number(e164: str | None) -> str:
    """A number of ours (never a customer's) as people here write it."""
    return numbers.national(e164) if e164 else ""


def decimal(value: float) -> str:
    """A size or share with one place after the point, as the language writes it: 2,4."""
    return format_decimal(value, "#,##0.0", locale=get_locale())


def money(minor: int) -> str:
    """An amount of the union's currency: 1 250,50 ₴."""
    if "currency" not in g:
        union = Union.get_or_none()
        g.currency = union.currency if union else "UAH"
    return amounts.written(minor, g.currency, str(get_locale()))


def _local_date(date: dt.date | dt.datetime, of) -> dt.date:
    return date.astimezone(zone(of)).date() if isinstance(date, dt.datetime) else date
