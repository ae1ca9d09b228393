"""Customers who are owed a call: the small words in which the tests of callbacks tell their stories."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from zoneinfo import ZoneInfo

import pytest

import models
from calls import attempts, callbacks
from calls.call_events import Call, Dialled
from calls.callbacks import Refused
from models import Attempt, Callback

CUSTOMER, OTHER, FOREIGN = "+380501112233", "+380672223344", "+48221234567"
NOON = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)  # a Friday, 12:00 in Kyiv
ids = itertools.count(1000)
COLUMNS = {field.column_name for field in models.Call._meta.sorted_fields}


def at(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def a_call(house, ending: str = "abandoned_line", ended: float = 0, seconds: float = 30, **changed) -> Call:
    """A call to the tea shop that ended so many minutes after noon."""
    number = next(ids)
    values = {
        "id": number, "key": f"call-{number}", "direction": "in", "shop_id": house.tea.id, "did_id": house.dids[0].id,
        "customer": CUSTOMER, "withheld": False, "arrived_at": at(ended) - dt.timedelta(seconds=seconds),
        "menu_path": "", "line_at": None, "wait_seconds": None, "answered_at": None, "operator_id": None,
        "talk_seconds": 0, "ended_at": at(ended), "ended_by": "customer", "ending": ending, "attempt": "",
        "recording": "", "flags": "", "legs": (), "callback_number": changed.get("customer", CUSTOMER),
    }  # fmt: skip
    return Call(**{**values, **changed})


def ended(house, settings, *calls: Call) -> None:
    """The calls as ingest tells them: saved, then followed, in turn."""
    for call in calls:
        row = {name: value for name, value in vars(call).items() if name in COLUMNS}
        models.Call.insert(row).on_conflict_replace().execute()
        callbacks.follow(call, settings)


def another(house, settings, customer: str, user, **changed) -> Callback:
    """One more open callback, claimed by user."""
    ended(house, settings, a_call(house, customer=customer, **changed))
    callback = Callback.get(Callback.customer == customer)
    callbacks.claim(callback, user, NOON, settings)
    return callback


def refused(what, *arguments) -> str:
    with pytest.raises(Refused) as caught:
        what(*arguments)
    return caught.value.reason


KYIV = ZoneInfo("Europe/Kyiv")
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


def local(date: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(hour, minute), KYIV).astimezone(dt.UTC)


FRIDAY, SATURDAY, MONDAY = dt.date(2026, 11, 20), dt.date(2026, 11, 21), dt.date(2026, 11, 23)


def answer(callback, house, settings) -> Attempt:
    """An attempt of the operator's that somebody or something answered."""
    wish = attempts.want(callback, house.operator, at(1), settings)
    attempts.mark_sent(wish, at(1))
    attempts.end(Dialled(wish.public_id, "answered", at(2), 40), settings)
    return wish


def attempt(callback, house, settings, result: str, minute: float) -> None:
    callbacks.claim(callback, house.operator, at(minute), settings)
    wish = Attempt.create(public_id=f"try-{minute}", callback=callback, user=house.operator, customer=CUSTOMER,
                          wanted_at=at(minute), sent_at=at(minute))  # fmt: skip
    attempts.end(Dialled(wish.public_id, result, at(minute)), settings)
    if result == "answered":
        callbacks.outcome(callback, house.operator, "machine", at(minute))


def dial(house, settings, callback: Callback, at: dt.datetime, result: str) -> Attempt:
    """She takes it and dials; a minute later it is known how that ended."""
    models.IngestMark.insert(id=1, ticked_at=at).on_conflict_replace().execute()
    callbacks.claim(callback, house.operator, at, settings)
    wish = attempts.want(callback, house.operator, at, settings)
    attempts.mark_sent(wish, at)
    attempts.end(Dialled(wish.public_id, result, at + MINUTE), settings)
    if result == "answered":
        callbacks.outcome(callback, house.operator, "talked", at + MINUTE)
    callbacks.release(callback, house.operator, at + MINUTE)
    return Attempt.get_by_id(wish.id)


def together(works) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
