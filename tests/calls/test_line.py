"""Who waits now, and who is there to answer."""

from __future__ import annotations

import datetime as dt

import models
from calls import line
from calls.line import LineNow, Speaking, Trainee, Waiting

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


def at(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def operator(house, name: str, kind: str, since: float, penalty: int = 0, queue=None, **leg) -> models.User:
    """Somebody signed on who serves a line, and what she did: instants from now, and the call's direction."""
    user = models.User.create(email=f"{name}@example.com", name=name, password_hash="x")
    models.QueueOperator.create(queue=queue or house.tea.queue, user=user, penalty=penalty)
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
    return user


def test_each_operator_is_seen_as_she_is(house, settings):
    operator(house, "free", "ready", -900)
    operator(house, "being rung", "ready", -900, direction="in")
    operator(house, "free for long", "ready", -900, direction="in", answered=-300, ended=-60)
    operator(house, "speaking", "ready", -900, direction="in", answered=-90)
    operator(house, "calling back", "ready", -900, direction="callback", answered=-30)
    operator(house, "resting", "ready", -900, direction="in", answered=-300, ended=-4)
    operator(house, "writing", "after_call", -25, direction="in", answered=-300, ended=-25)
    operator(house, "eating", "meal", -700)
    operator(house, "let it ring out", "unanswered", -50)
    models.Presence.create(user=house.operator, kind="ready", starts_at=at(-900), ends_at=at(-5))
    waiting = (Waiting(house.tea.id, 30), Waiting(house.soap.id, 90, kept=True))
    assert line.line_now(house.tea.queue_id, waiting, NOON, settings) == LineNow(
        waiting,
        ready=3,
        speaking=(Speaking(house.soap.id, 90), Speaking(house.soap.id, 30, kept=True)),
        after_call=(4, 25),
        away=(700, 50),
    )


def test_only_who_serves_the_line_is_counted(house, settings):
    other = models.Queue.create(name="tools and toys")
    operator(house, "another line's", "ready", -900, queue=other)
    both = operator(house, "both lines'", "ready", -900, queue=other)
    models.QueueOperator.create(queue=house.tea.queue, user=both)
    models.Presence.create(user=models.User.create(email="x@y.z", name="no line's", password_hash="x"), kind="ready")
    ours, theirs = (line.line_now(queue, (), NOON, settings).ready for queue in (house.tea.queue_id, other.id))
    assert (ours, theirs) == (1, 2)


def test_a_trainee_is_seen_with_the_shops_she_may_answer_and_when(house, settings):
    models.Union.create(id=1, name="union", reserve_after_seconds=20, reserve_line_length=2)
    operator(house, "speaking", "ready", -900, direction="in", answered=-90)
    iryna = operator(house, "trainee", "ready", -900, penalty=5)
    olena = operator(house, "speaking trainee", "ready", -900, penalty=5, direction="in", answered=-30)
    for user, shop in ((iryna, house.tea), (olena, house.tea), (olena, house.soap)):
        models.Release.create(user=user, shop=shop)
    waiting = (Waiting(house.tea.id, 3), Waiting(house.soap.id, 1))
    seen = line.line_now(house.tea.queue_id, waiting, NOON, settings)
    tea, both = frozenset({house.tea.id}), frozenset({house.tea.id, house.soap.id})
    assert seen.trainees == (Trainee(tea, 20), Trainee(both, 20, speaking=Speaking(house.soap.id, 30)))
    assert (seen.ready, seen.on_duty, seen.serving(house.soap.id).on_duty) == (0, 3, 2)
    longer = line.line_now(house.tea.queue_id, waiting * 2, NOON, settings)
    assert [one.after_seconds for one in longer.trainees] == [0, 0], "more than two wait"
