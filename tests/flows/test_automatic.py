"""Automatic mode: due callbacks come to her by themselves, after every caller, and never more than are free."""

from __future__ import annotations

import datetime as dt
import itertools
import signal
import time

import pytest

from calls import automatic, presence
from models import Attempt, Call, Callback, Leg, Placeholder, utcnow
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD
from tests.web import seed

pytestmark = pytest.mark.flow
BOX = {
    "wrapup_seconds": 2, "ring_seconds": 4, "place_permit_seconds": 8, "tick_seconds": 2, "tick_late_seconds": 30, "place_again_seconds": 0.2, "place_refused_seconds": 600, "callback_ring_seconds": 3,
}  # fmt: skip
RUNS = ("agi", "scheduler")
SHOPS = ("tea", "soap", "tools")


def owed(cast, customer: str = CUSTOMER, shop: str = "tea", minutes_ago: float = 1) -> Callback:
    """A customer who has been due for so long."""
    at = utcnow() - dt.timedelta(minutes=minutes_ago)
    return Callback.create(
        shop=cast.shops[shop], did=cast.dids[shop], customer=customer, opened_at=at, due_at=at
    )  # fmt: skip


def automatically(cast, user, host: int = 20, **options):
    """She is on duty, in automatic mode."""
    phone = cast.on_duty(user, host, **options)
    automatic.start(user, utcnow())
    return phone


def dialled(phone) -> list[str]:
    """The numbers that rang at the trunk, in order."""
    return [event["invite"].partition("sip:")[2].partition("@")[0] for event in phone.happened("incoming")]


def held(cast, count: int) -> None:
    until(lambda: cast.box.rx("queue show").count("Local/s@place") == count, 25, f"{count} placeholders")


def over(count: int, timeout: float = 30) -> list[Attempt]:
    """So many attempts that have a result."""
    ended = Attempt.select().where(Attempt.ended_at.is_null(False)).order_by(Attempt.id)
    return until(
        lambda: found if len(found := list(ended.clone())) >= count else None, timeout, f"{count} attempts are over"
    )


def test_who_is_due_is_called_one_after_the_other_in_order(cast):
    numbers = [f"+38050100000{n}" for n in range(4)]
    for minutes, number in enumerate(reversed(numbers), start=1):
        owed(cast, number, minutes_ago=minutes)
    owed(cast, "+380501999999", minutes_ago=-60)
    trunk = cast.customer(answer=486)
    operator = automatically(cast, cast.operator, answer=200)
    attempts = over(4)
    assert dialled(trunk) == numbers, [(a.customer, a.result, a.reason, a.wanted_at, a.ended_at) for a in attempts]
    assert [attempt.result for attempt in attempts] == ["busy"] * 4
    assert {attempt.user for attempt in attempts} == {cast.operator}
    assert len(operator.happened("incoming")) == 4
    assert Callback.select().where(Callback.closed_at.is_null()).count() == 5


def test_every_caller_goes_first(cast):
    customer = cast.customer(answer=200)
    callers = [cast.caller(OTHER), cast.caller(THIRD)]
    operator = automatically(cast, cast.operator, answer=200)
    cast.in_line(TEA, callers[0])
    operator.answered()
    owed(cast)
    held(cast, 1)
    cast.in_line(SOAP, callers[1])
    callers[0].hangup()
    operator.answered()
    time.sleep(1)
    assert '"Mylo"' in operator.happened("incoming")[1]["invite"] and not customer.happened("incoming")
    callers[1].hangup()
    customer.wait("incoming", 8)


def test_no_more_wait_than_there_are_operators_and_none_without_her(cast):
    for n in range(4):
        owed(cast, f"+38050100000{n}", SHOPS[n % 3])
    first, second = automatically(cast, cast.operator), cast.on_duty(cast.trainee, 21)
    first.wait("incoming", 8)
    time.sleep(1.5)
    assert Placeholder.select().where(Placeholder.ends_at.is_null()).count() == 1 and not second.happened("incoming")
    automatic.stop(cast.operator, utcnow())
    time.sleep(0.5)
    assert len(first.happened("incoming")) == 1, "what rings goes on"
    first.ended(10)
    until(lambda: cast.box.channels() == 0, 5, "nothing waits behind the line")
    assert not second.happened("incoming")


def test_only_who_is_ready_turns_it_on_and_signing_off_ends_it(cast):
    cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "meal")
    with pytest.raises(presence.NotAllowed):
        automatic.start(cast.operator, utcnow())
    presence.ready(cast.operator)
    automatic.start(cast.operator, utcnow())
    until(lambda: cast.box.rx("queue show automatic-1").count("PJSIP/op-1"), 5, "she serves what waits behind the line")


def test_two_operators_callers_and_a_scheduler_that_dies_call_nobody_twice(cast, times):
    """Ten customers, missed by three shops again and again; live callers in between; kill -9 again and again."""
    count = max(12, times(50))
    for n in range(count):
        at = utcnow() - dt.timedelta(minutes=count - n)
        seed.missed(None, cast.shops[SHOPS[n % 3]], f"was.{n}", f"+38050100000{n % 10}", at, "abandoned_line")
    trunk = cast.customer(answer=486)
    automatically(cast, cast.operator, 20, answer=200), automatically(cast, cast.trainee, 21, answer=200)
    caller = cast.caller(OTHER)
    wanted = Callback.select().count()
    for rounds in itertools.count():
        if Attempt.select().where(Attempt.result == "busy").count() >= wanted or rounds > 6 * wanted:
            break
        if rounds % 5 == 1:
            cast.in_line(TEA, caller)
            time.sleep(0.5)
            caller.hangup()
            caller.ended()
        if rounds % 7 == 3:
            cast.box.signal("scheduler", signal.SIGKILL)
            cast.box.start_scheduler()
        time.sleep(1)
    assert sorted(dialled(trunk)) == sorted(callback.customer for callback in Callback.select())
    legs = Leg.select().where(Leg.party == "customer").order_by(Leg.rang_at)
    spans = [(leg.rang_at, leg.ended_at) for leg in legs]
    assert all(sum(since <= at < until_ for since, until_ in spans) <= 2 for at, _ in spans)
    for one, other in itertools.combinations(legs, 2):
        is_him = Call.get(Call.id == one.call_id).customer == Call.get(Call.id == other.call_id).customer
        assert not (is_him and one.rang_at < other.ended_at and other.rang_at < one.ended_at), "never two shops at once"
    taken = Leg.select().where(Leg.party == "operator", Leg.answered_at.is_null(False))
    assert all(any(her.call == leg.call and her.answered_at <= leg.rang_at for her in taken) for leg in legs)
