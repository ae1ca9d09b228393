"""Whatever is tallied, comes late, or changes: a report says what a plain recount of all calls says, at every moment.

The recount is written here once more, from the definitions of service_level.py and standing.py, row by row and day by
day, without SQL and without a sum that is kept.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from calls import callbacks, ingest, service_level, tallies
from calls.service_level import Report
from models import Call, Callback, Did, Leg, Miss, Outcome, Presence, Shop, TalliedSpan
from pbx.names import CEL_FILE
from tests.calls import recorded

FIRST, LAST = dt.date(2026, 2, 20), dt.date(2026, 11, 12)  # both clock changes of each zone
BUSY = ((dt.date(2026, 2, 27), 36), (dt.date(2026, 9, 28), 40))  # whole months around them
LATER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
ZONES = ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe")  # the last moves its clock by half an hour
ENDINGS = ("answered",) * 4 + (
    "abandoned_line", "abandoned_menu", "no_operator", "asked_callback", "cut_off", "closed", "informed",
)  # fmt: skip
STORIES = ("answered-customer-hangs-up", "hangup-while-ringing", "asked-callback", "closed", "no-operator")
BECAUSE = ("talked", "owner_called", "given_up", "wrong_number")
FIGURES = (
    "arrived", "offered", "answered", "answered_within", "abandoned", "abandoned_within", "gave_up_seconds", "asked",
    "nobody", "cut", "short", "waited_seconds", "handled", "talk_seconds", "after_call_seconds", "called",
    "called_talk_seconds", "told", "solved", "called_back", "waiting", "lost",
)  # fmt: skip


@pytest.fixture
def dice() -> random.Random:
    return random.Random(11)


@pytest.fixture
def union(house, dice):
    """Three shops in three zones, months of calls of every kind around the nights in which clocks change."""
    for shop, zone in zip((house.tea, house.soap, house.tools), ZONES, strict=True):
        Shop.update(timezone=zone).where(Shop.id == shop.id).execute()
    for number in range(700):
        made_up(number, house, dice)
    return house


def made_up(number: int, house, dice: random.Random) -> None:
    begins, days = dice.choice(BUSY)
    at = dt.datetime.combine(begins, dt.time(), dt.UTC) + dt.timedelta(seconds=dice.random() * days * 86400)
    if dice.random() < 0.3:  # the hours in which clocks change somewhere
        night = dice.choice([(3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1)])
        at = dt.datetime(2026, *night, tzinfo=dt.UTC) + dt.timedelta(seconds=dice.random() * 86400)
    which, ending = dice.randrange(3), dice.choice(ENDINGS)
    shop, out = (house.tea, house.soap, house.tools)[which], dice.random() < 0.1
    in_line = ending not in ("closed", "informed", "abandoned_menu")
    customer = f"+38050{dice.randrange(200):07}" if dice.random() < 0.8 else None
    lasted = None if dice.random() < 0.01 else dt.timedelta(seconds=dice.choice([1, 3, 5, 60, 3600.5]))
    call = Call.create(
        id=10**6 + number, key=f"r{number}", shop=shop, did=dice.choice([house.dids[which], None]), customer=customer,
        direction="callback" if out else "in", arrived_at=at, talk_seconds=50,
        ending="" if lasted is None else "answered" if out else ending,
        ended_at=lasted and at + lasted,
        line_at=at if in_line else None, wait_seconds=dice.randint(0, 30) if in_line else None,
        operator=dice.choice([house.operator, house.trainee, None]) if ending == "answered" else None,
    )  # fmt: skip
    if call.operator and lasted:
        follow_up(call, dice)
    elif ending != "answered" and ending != "informed" and lasted and not out and customer and dice.random() < 0.8:
        missed(call, house.dids[which], dice)


def follow_up(call: Call, dice: random.Random) -> None:
    Leg.create(call=call, uniqueid=f"{call.key}x", party="operator", user=call.operator, rang_at=call.arrived_at,
               ended_at=call.ended_at)  # fmt: skip
    if dice.random() < 0.7:
        Presence.create(user=call.operator, kind="after_call", starts_at=call.ended_at,
                        ends_at=call.ended_at + dt.timedelta(seconds=dice.random() * 90))  # fmt: skip
    for _ in range(dice.randrange(3)):
        Outcome.create(call_key=call.key, shop=call.shop, user=call.operator, kind="advice",
                       solved=dice.choice([True, False, None]))  # fmt: skip


def missed(call: Call, did: Did, dice: random.Random) -> None:
    owed = Callback.get_or_none(
        Callback.shop == call.shop, Callback.customer == call.customer, Callback.closed_at.is_null()
    )
    owed = owed or Callback.create(
        shop=call.shop, did=did, customer=call.customer, opened_at=call.arrived_at, due_at=call.arrived_at,
        not_callable=dice.choice(["", "", "foreign"]),
    )  # fmt: skip
    Miss.create(callback=owed, call_key=call.key, at=call.arrived_at, why=call.ending)
    if dice.random() < 0.5:
        callbacks.close(owed, dice.choice(BECAUSE), call.arrived_at)


# --- the recount ----------------------------------------------------------------------------------------------------


def recount(shops: list[Shop], first: dt.date, last: dt.date, within: int) -> dict[str, dict[object, Counter]]:
    """By everything a report may be asked for, what was counted."""
    counts: dict[str, dict[object, Counter]] = defaultdict(lambda: defaultdict(Counter))
    for shop in shops:
        for call in Call.select().where(Call.shop == shop, Call.ended_at.is_null(False)):
            local = call.arrived_at.astimezone(ZoneInfo(shop.timezone))
            if first <= local.date() <= last:
                keys = {
                    "shop": shop.id, "did": call.did_id, "operator": call.operator_id, "day": local.date(),
                    "month": local.date().replace(day=1), "hour": (local.weekday(), local.hour),
                    "day_hour": (local.date(), local.hour), "shop_day": (local.date(), shop.id),
                }  # fmt: skip
                for what, key in keys.items():
                    counts[what][key].update(one(call, shop, within))
    return counts


def one(call: Call, shop: Shop, within: int) -> Iterator[str] | dict[str, int]:
    """What one call adds to which figures."""
    outcome = Outcome.select().where(Outcome.call_key == call.key).order_by(Outcome.id.desc()).first()
    said = outcome.solved if outcome else None
    spoken = {"told": int(said is not None), "solved": int(bool(said))}
    if call.direction == "callback":
        return (
            {**spoken, "called": 1, "called_talk_seconds": call.talk_seconds} if call.ending == "answered" else spoken
        )
    if call.ending == "answered":
        hers = int(call.operator_id is not None)
        return {
            **spoken, "arrived": 1, "offered": 1, "answered": 1, "answered_within": int((call.wait_seconds or 0) <= within),
            "waited_seconds": call.wait_seconds or 0, "handled": hers, "talk_seconds": hers * call.talk_seconds,
            "after_call_seconds": hers * after_call(call),
        }  # fmt: skip
    return {"arrived": 1, **stands(call, shop), **in_the_line(call, shop, within)}


def in_the_line(call: Call, shop: Shop, within: int) -> dict[str, int]:
    if call.line_at is None:
        return {}
    if call.ending != "abandoned_line":
        return {"offered": 1, {"asked_callback": "asked", "no_operator": "nobody"}.get(call.ending, "cut"): 1}
    if lasted(call) < shop.short_call_seconds:
        return {"short": 1}
    waited = call.wait_seconds or 0
    return {"offered": 1, "abandoned": 1, "abandoned_within": int(waited <= within), "gave_up_seconds": waited}


def stands(call: Call, shop: Shop) -> dict[str, int]:
    """Whether he who was missed was called back, waits, or is lost."""
    miss, left = Miss.get_or_none(Miss.call_key == call.key), call.ending.startswith("abandoned")
    if call.ending == "informed":
        return {}
    if miss is None and call.customer:
        return {} if left else {"called_back": 1}  # too short to be owed one; or he had got through meanwhile
    if miss is None:
        return {} if left and lasted(call) < shop.short_call_seconds else {"lost": 1}
    if miss.callback.closed_because in ("talked", "got_through", "owner_called"):
        return {"called_back": 1}
    return {"lost" if miss.callback.closed_at or miss.callback.not_callable else "waiting": 1}


def lasted(call: Call) -> float:
    return (call.ended_at - call.arrived_at).total_seconds()


def after_call(call: Call) -> int:
    legs = Leg.select().where(Leg.call == call, Leg.party == "operator")
    work = [Presence.get_or_none(user=leg.user, kind="after_call", starts_at=leg.ended_at) for leg in legs]
    return round(sum((one.ends_at - one.starts_at).total_seconds() for one in work if one))


# --- what may happen ------------------------------------------------------------------------------------------------


def some_days_are_tallied(house, settings, dice) -> None:
    tallies.make_due(LATER, settings)


def a_fact_comes_late(house, settings, dice) -> None:
    """Asterisk's own rows of a call, as if it had been another day."""
    day = dice.choice([begins + dt.timedelta(dice.randrange(days)) for begins, days in BUSY])
    apart = dt.datetime.combine(day, dt.time(9), dt.UTC).timestamp() - 1_763_000_000
    apart = int(apart) + dice.randrange(30_000)
    story = recorded.text(dice.choice(STORIES))
    with (settings.cel_dir / CEL_FILE).open("ab") as late:
        late.write(re.sub(rb"\b17[0-9]{8}\b", lambda found: b"%d" % (int(found[0]) + apart), story))
    ingest.ingest_all(settings)


def a_callback_is_closed(house, settings, dice) -> None:
    owed = Callback.select().where(Callback.closed_at.is_null()).order_by(Callback.id)
    if owed.exists():
        callbacks.close(dice.choice(list(owed)), dice.choice(BECAUSE), LATER)


def a_limit_is_changed(house, settings, dice) -> None:
    shop = dice.choice([house.tea, house.soap, house.tools])
    Shop.update(short_call_seconds=dice.choice([2, 5, 61])).where(Shop.id == shop.id).execute()


EVENTS = (some_days_are_tallied, some_days_are_tallied, a_fact_comes_late, a_callback_is_closed, a_limit_is_changed)


def test_at_every_moment_a_report_is_a_plain_recount(union, settings, dice, times, monkeypatch):
    monkeypatch.setattr(tallies, "DAYS_AT_ONCE", 60)
    months = 0
    for _ in range(times(200)):
        dice.choice(EVENTS)(union, settings, dice)
        shops = dice.sample(list(Shop.select()), dice.randint(1, 3))
        begins, days = dice.choice([*BUSY, (FIRST, (LAST - FIRST).days)])
        first = begins + dt.timedelta(dice.randint(-1, 3))
        last = first + dt.timedelta(dice.choice([0, 1, days, days, dice.randrange(days)]))
        counts = recount(shops, first, last, settings.answer_within_seconds)
        for by_day in (True, False):
            report = service_level.read(shops, first, last, settings, by_day)
            assert differences(figures(report, by_day), expected(counts, by_day)) == [], (first, last, by_day)
        months += TalliedSpan.select().where(TalliedSpan.first < TalliedSpan.last).exists()
    assert months


def figures(report: Report, by_day: bool) -> dict:
    """Everything a report says; a key without calls is left out."""
    said = {what: report.by(what) for what in ("shop", "did", "operator", "month")} | {"hour": report.hours}
    if by_day:
        said |= {"day": report.by("day"), "day_hour": report.day_hours, "shop_day": report.shop_days}
    return {
        what: {key: told for key, counts in groups.items() if (told := filled(counts, what))}
        for what, groups in said.items()
    }


def expected(counts: dict[str, dict[object, Counter]], by_day: bool) -> dict:
    wanted = ("shop", "did", "operator", "month", "hour", *(("day", "day_hour", "shop_day") if by_day else ()))
    return {what: {key: told for key, c in counts[what].items() if (told := filled(c, what))} for what in wanted}


def differences(said: dict, counted: dict) -> list:
    """What was said otherwise than it was counted."""
    return [
        (what, key, name, told.get(key, {}).get(name), should.get(key, {}).get(name))
        for what, told, should in ((what, said[what], counted[what]) for what in said)
        for key in told.keys() | should.keys()
        for name in FIGURES
        if told.get(key, {}).get(name) != should.get(key, {}).get(name)
    ]


def filled(counts: object, what: str) -> dict[str, int]:
    """The figures that are not 0; of an hour only those that are told by hour."""
    names = ("arrived", "offered") if what.endswith("hour") else FIGURES
    value = counts.__getitem__ if isinstance(counts, Counter) else counts.__getattribute__
    return {name: value(name) for name in names if value(name)}
