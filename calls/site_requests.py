"""What the visitor of a shop's site asks for: a call to the number he types, at once or at a time he names.

What he is promised before he asks is what he gets: both come from the hours in which the shop's customers are called.
Anybody may ask, so everything is limited before anything is written: per number and per address over all sites, per
shop and local day; only a number the shop may call, and none that was a stranger's not long ago. The limits are asked
first, in one read, and nothing is written for what is refused: a flood costs the disk nothing and everybody else little.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from calls import callbacks, numbers, site_buttons
from calls.calling_hours import calling_hours
from calls.own_numbers import own_numbers
from models import Attempt, Callback, CallRequest, Did, Shop, SiteButton, SiteRequest, database
from settings import Settings
from union.faults import Refused, refuse_if

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
KEPT = 2 * DAY  # how long the limits remember a request: longer than any of them and than a local day
PAGE_MOST = 300
TIMES_DAYS = 2  # days with hours of which times are offered
TIMES_WITHIN = 8  # days among which they are looked for
# In plain SQL, because a flood asks it: peewee takes ten times as long to put it together as SQLite to answer it.
COUNTS = """SELECT
    (SELECT COUNT(*) FROM site_request WHERE shop_id = ? AND at >= ?),
    (SELECT COUNT(*) FROM site_request WHERE address = ? AND at > ?),
    (SELECT COUNT(*) FROM site_request WHERE number = ? AND at > ?)"""
IS_WAITED_FOR = "SELECT 1 FROM callback WHERE shop_id = ? AND customer = ? AND closed_at IS NULL"


@dataclass(frozen=True)
class Offer:
    """What is promised to one who asks now: to be called from `due_at` on, and before `call_by`."""

    due_at: dt.datetime
    call_by: dt.datetime


def offer(shop: Shop, now: dt.datetime, settings: Settings, wanted: dt.datetime | None = None) -> Offer:
    """The promise to one who asks now, for this time or for as soon as it can be."""
    hours = calling_hours(shop, now)
    due_at = hours.next_opening(wanted or now) or wanted or now
    return Offer(due_at, hours.after_open(due_at, dt.timedelta(minutes=settings.promise_minutes)))


def times(shop: Shop, now: dt.datetime) -> list[dt.datetime]:
    """The full hours that may be named: those of the next two days on which the shop's customers are called."""
    zone = ZoneInfo(shop.timezone)
    hours, first = calling_hours(shop, now), _next_full_hour(now, zone)
    instants = (first + HOUR * step for step in range(24 * TIMES_WITHIN))
    offered = [at for at in instants if hours.is_open(at)]
    days = list(dict.fromkeys(at.astimezone(zone).date() for at in offered))[:TIMES_DAYS]
    return [at for at in offered if at.astimezone(zone).date() in days]


def _next_full_hour(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    local = (now + HOUR).astimezone(zone)
    return local.replace(minute=0, second=0, microsecond=0).astimezone(dt.UTC)


# --- asking ----------------------------------------------------------------------------------------------------


def ask(
    button: SiteButton, typed: str, wanted: dt.datetime | None, page: str, address: str, now: dt.datetime,
    settings: Settings,
) -> Offer:  # fmt: skip
    """Promise a call to the number that was typed. The same again while he waits is no second request.

    Raises Refused: number (missing, number_wrong, number_premium, site_number_often), wanted (site_time_over), and
    without a field of its own (form): site_off, site_address_often, site_day_full.
    """
    refuse_if(form=None if button.is_on else "site_off")
    number, address = numbers.normalise(typed), network(address)
    if not _is_waited_for(button, number):
        _require_within_limits(button, number, address, now, settings)
    did = site_buttons.did_of(button)
    refuse_if(form=None if did else "site_off")
    _require_callable(button.shop, typed, number, now, settings)
    if wanted and not (now < wanted and calling_hours(button.shop, now).is_open(wanted)):
        raise Refused(wanted="site_time_over")
    if wanted or not _waits(button.shop, number):
        _take(button, did, number, wanted, page, address, now, settings)
    return offer(button.shop, now, settings, wanted)


def _is_waited_for(button: SiteButton, number: str | None) -> bool:
    """Whether a callback of this customer is open: what he asks may then be no further call."""
    return database.execute_sql(IS_WAITED_FOR, (button.shop_id, number)).fetchone() is not None


def _require_callable(shop: Shop, typed: str, number: str | None, now: dt.datetime, settings: Settings) -> None:
    refuse_if(number=None if typed.strip() else "missing")
    refuse_if(number=None if number else "number_wrong")
    allowed = shop.allowed_destinations.split()
    if not numbers.is_dialable(number, allowed, own_numbers()) or _was_wrong(number, now, settings):
        raise Refused(number="number_premium")


def _was_wrong(number: str, now: dt.datetime, settings: Settings) -> bool:
    """Whether somebody who asked for nothing answered at this number not long ago, whichever shop called."""
    since = now - dt.timedelta(days=settings.site_wrong_number_days)
    strangers = (Callback.customer == number) & (Callback.closed_because == "wrong_number")
    return Callback.select().where(strangers, Callback.closed_at > since).exists()


def _waits(shop: Shop, number: str) -> bool:
    """Whether he has asked on the site already, for as soon as it can be, and his telephone has not rung since."""
    query = CallRequest.select(CallRequest, Callback).join(Callback).order_by(CallRequest.id.desc())
    still = Callback.shop == shop, Callback.customer == number, Callback.closed_at.is_null()
    last = query.where(*still, CallRequest.source == "site").first()
    if last is None or last.wanted_at:
        return False
    return not last.callback.attempts.where(Attempt.sent_at > last.at).exists()


def _take(
    button: SiteButton, did: Did, number: str, wanted: dt.datetime | None, page: str, address: str, now: dt.datetime,
    settings: Settings,
) -> None:  # fmt: skip
    """Write it down; the limits are asked again, because many may have asked at this instant."""
    with database.atomic():
        _require_within_limits(button, number, address, now, settings)
        SiteRequest.delete().where(SiteRequest.at < now - KEPT).execute()
        SiteRequest.create(shop=button.shop, number=number, address=address, at=now)
        callbacks.ask(button.shop, did, number, wanted, "site", page_of(page), now, settings)


def _require_within_limits(
    button: SiteButton, number: str | None, address: str, now: dt.datetime, settings: Settings
) -> None:
    since = midnight(button.shop, now), now - HOUR, now - DAY
    shop_since, hour_ago, day_ago = (SiteRequest.at.db_value(at) for at in since)
    asked = button.shop_id, shop_since, address, hour_ago, number, day_ago
    of_shop, of_address, of_number = database.execute_sql(COUNTS, asked).fetchone()
    refuse_if(form="site_day_full" if of_shop >= button.cap_per_day else None)
    refuse_if(form="site_address_often" if of_address >= settings.site_address_per_hour else None)
    refuse_if(number="site_number_often" if of_number >= settings.site_number_per_day else None)


def midnight(shop: Shop, now: dt.datetime) -> dt.datetime:
    """When the shop's present day began."""
    local = now.astimezone(ZoneInfo(shop.timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def network(address: str) -> str:
    """What counts as one address: of IPv6 the half that a household gets; of anything else all of it."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if ip.version == 6 and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False).network_address)
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def page_of(url: str) -> str:
    """The page a visitor was on, as it is kept: without the parts that may name him, "" when it is no address."""
    try:
        parts = urlsplit(url.strip()[: 4 * PAGE_MOST])
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return "".join(letter for letter in bare if letter.isprintable())[:PAGE_MOST]


# --- what the shop sees ------------------------------------------------------------------------------------------


def today(shop: Shop, now: dt.datetime) -> int:
    """How many of its day's calls have been asked for: what its cap counts."""
    return SiteRequest.select().where(SiteRequest.shop == shop, SiteRequest.at >= midnight(shop, now)).count()


def latest(shop: Shop, most: int) -> list[CallRequest]:
    """The last requests from its site, each with its callback, the newest first."""
    query = CallRequest.select(CallRequest, Callback).join(Callback)
    of_site = Callback.shop == shop, CallRequest.source == "site"
    return list(query.where(*of_site).order_by(CallRequest.id.desc()).limit(most))
