"""Who waits now, and who is there to answer."""

from __future__ import annotations

import datetime as dt

import models
from calls import line
from calls.line import LineNow, Speaking, Waiting

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def test_only_who_is_in_the_line_and_neither_answered_nor_gone_waits_in_order_of_entering(db):
    queue = models.Queue.create(name="all shops")
    shop = models.Shop.create(name="tea", queue=queue)
    test_shop = models.Shop.create(name="test", queue=queue, is_test=True)

    def call(key: str, entered: int | None, shop=shop, **more) -> None:
        line_at = None if entered is None else NOON + dt.timedelta(seconds=entered)
        models.Call.create(key=key, direction="in", shop=shop, arrived_at=NOON, line_at=line_at, **more)

    call("second", 20)
    call("first", 10)
    call("in the menu", None)
    call("answered", 5, answered_at=NOON)
    call("gone", 6, ended_at=NOON)
    call("the box calling itself", 7, shop=test_shop)
    assert [(call.key, call.shop.name) for call in line.waiting()] == [("first", "tea"), ("second", "tea")]


def test_each_operator_is_seen_as_she_is(house, settings):
    def at(seconds: float) -> dt.datetime:
        return NOON + dt.timedelta(seconds=seconds)

    def operator(name: str, kind: str, since: float, **leg) -> None:
        user = models.User.create(email=f"{name}@example.com", name=name, password_hash="x")
        models.Presence.create(user=user, kind=kind, starts_at=at(since))
        if leg:
            moments = {f"{what}_at": at(moment) for what, moment in leg.items() if what != "direction"}
            call = models.Call.create(
                key=name,
                direction=leg["direction"],
                shop=house.soap,
                arrived_at=at(-500),
                ended_at=moments.get("ended_at"),
            )
            models.Leg.create(call=call, uniqueid=name, party="operator", user=user, rang_at=at(-400), **moments)

    operator("free", "ready", -900)
    operator("being rung", "ready", -900, direction="in")
    operator("free for long", "ready", -900, direction="in", answered=-300, ended=-60)
    operator("speaking", "ready", -900, direction="in", answered=-90)
    operator("calling back", "ready", -900, direction="callback", answered=-30)
    operator("resting", "ready", -900, direction="in", answered=-300, ended=-4)
    operator("writing", "after_call", -25, direction="in", answered=-300, ended=-25)
    operator("eating", "meal", -700)
    operator("let it ring out", "unanswered", -50)
    models.Presence.create(user=house.operator, kind="ready", starts_at=at(-900), ends_at=at(-5))
    waiting = (Waiting(house.tea.id, 30), Waiting(house.soap.id, 90, kept=True))
    assert line.line_now(waiting, NOON, settings) == LineNow(
        waiting,
        ready=3,
        speaking=(Speaking(house.soap.id, 90), Speaking(house.soap.id, 30, kept=True)),
        after_call=(4, 25),
        away=(700, 50),
    )
