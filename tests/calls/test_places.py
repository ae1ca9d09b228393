"""Kept places and due callbacks: which channels must wait for whom, and what their rows do to callbacks."""

from __future__ import annotations

import datetime as dt

import pytest

from calls import automatic, callbacks, caps, line, places, presence, shift
from calls.place_events import Told
from calls.presence import NotAllowed
from models import (
    Attempt,
    AutomaticMode,
    Call,
    Callback,
    Claim,
    IngestMark,
    KeptPlace,
    Phone,
    Placeholder,
    QueueOperator,
    Shop,
)

CUSTOMER, OTHER = "+380501112233", "+380672223344"
NOON = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


@pytest.fixture
def line_open(house):
    """The operator serves the line and is ready; facts arrive."""
    IngestMark.create(id=1, ticked_at=NOON)
    for user in (house.operator, house.trainee):
        QueueOperator.create(queue=house.tea.queue, user=user)
        Phone.create(user=user, secret="x")
        presence.sign_on(user, at(-60))
    return house


def owed(house, customer: str = CUSTOMER, shop: Shop | None = None, due: float = 0) -> Callback:
    shop = shop or house.tea
    return Callback.create(shop=shop, did=shop.dids.get(), customer=customer, opened_at=NOON, due_at=at(due))


def kept(house, customer: str = CUSTOMER, since: float = 0, **more) -> KeptPlace:
    return KeptPlace.create(callback=owed(house, customer, **more), call_key=f"call {customer}", since=at(since))


def holding(place: KeptPlace, public_id: str = "abc") -> Placeholder:
    return Placeholder.create(public_id=public_id, callback=place.callback, starts_at=at(1))


def told(public_id: str = "abc", rings: int | None = None, **more) -> Told:
    values = {"rings_at": None, "taken_at": None, "was_dialled": False, "ended_at": None}
    return Told(public_id, rings, **{**values, **more})


def held(settings, seconds: float = 2) -> list[str]:
    return [wish.callback.customer for wish in places.holdable(at(seconds), settings)]


def test_places_are_held_in_the_order_in_which_their_owners_entered_the_line(line_open, settings):
    kept(line_open, OTHER, since=20)
    kept(line_open, CUSTOMER, since=10)
    assert held(settings) == [CUSTOMER, OTHER]


def test_no_place_is_held_for_who_must_not_be_dialled_now(line_open, settings):
    place = kept(line_open)
    assert held(settings) == [CUSTOMER]
    calling = Call.create(key="1.1", direction="in", shop=line_open.soap, customer=CUSTOMER, arrived_at=NOON)
    assert held(settings) == [], "he is on the telephone with one of us"
    calling.delete_instance()
    callbacks.claim(place.callback, line_open.trainee, NOON, settings)
    assert held(settings) == [], "an operator took him from the list"
    callbacks.release(place.callback, line_open.trainee, NOON)
    Shop.update(cap_minutes_per_day=0).execute()
    assert held(settings) == [], "the shop's minutes are used up"
    Shop.update(cap_minutes_per_day=300).execute()
    callbacks.close(place.callback, "talked", NOON)
    assert held(settings) == []


def test_the_operator_whose_telephone_rings_has_the_attempt_and_the_callback(line_open, settings):
    place = kept(line_open)
    holding(place)
    places.follow(told(rings=line_open.operator.id, rings_at=at(2)), at(2), settings)
    attempt = Attempt.get()
    assert (attempt.user, attempt.public_id, attempt.ended_at) == (line_open.operator, "abc", None)
    assert Claim.get().user == line_open.operator
    assert places.permitted_seconds("abc", at(3), settings) == caps.max_seconds(attempt.minutes_reserved, settings)


def test_who_lets_it_ring_out_loses_it_to_the_next_who_is_rung(line_open, settings):
    holding(kept(line_open))
    places.follow(told(rings=line_open.operator.id, rings_at=at(2)), at(2), settings)
    places.follow(told(), at(3), settings)
    assert Attempt.get().result == "operator_no_answer"
    assert callbacks.claim_of(Callback.get()) is None
    assert places.permitted_seconds("abc", at(3), settings) is None
    places.follow(told(rings=line_open.trainee.id, rings_at=at(4)), at(4), settings)
    attempt = Attempt.get()
    assert (attempt.user, attempt.ended_at) == (line_open.trainee, None)


def test_without_an_attempt_there_is_no_leave_and_a_customer_who_rings_in_is_not_dialled(line_open, settings):
    holding(kept(line_open))
    assert places.permitted_seconds("abc", at(2), settings) is None
    places.follow(told(rings=line_open.operator.id, rings_at=at(2)), at(2), settings)
    Call.create(key="1.1", direction="in", shop=line_open.tea, customer=CUSTOMER, arrived_at=at(2))
    assert places.permitted_seconds("abc", at(2), settings) == 0


def test_two_shops_do_not_ring_one_customer_at_once(line_open, settings):
    holding(kept(line_open))
    second = KeptPlace.create(callback=owed(line_open, shop=line_open.soap), call_key="other", since=at(1))
    holding(second, "def")
    places.follow(told(rings=line_open.operator.id, rings_at=at(2)), at(2), settings)
    places.follow(told("def", rings=line_open.trainee.id, rings_at=at(2)), at(2), settings)
    assert [attempt.public_id for attempt in Attempt.select()] == ["abc"]
    assert places.permitted_seconds("def", at(2), settings) is None


def test_his_place_ends_when_he_was_dialled_and_not_before(line_open, settings):
    place = kept(line_open)
    holding(place)
    places.follow(told(ended_at=at(5)), at(5), settings)
    assert KeptPlace.get().ends_at is None
    assert held(settings, 5.5) == [], "not again at once"
    assert held(settings, 5 + settings.place_again_seconds) == [CUSTOMER]
    Placeholder.create(public_id="def", callback=place.callback, starts_at=at(8))
    places.follow(told("def", taken_at=at(9), was_dialled=True), at(9), settings)
    assert KeptPlace.get().ends_at == at(9) and held(settings, 60) == []


def test_the_line_counts_kept_places_and_nobody_twice(line_open):
    first, second = kept(line_open, CUSTOMER, since=10), kept(line_open, OTHER, since=12)
    holding(first), holding(second, "def")
    for key, customer, entered in (("3.1", OTHER, 40), ("2.1", "+380501234567", 11)):
        Call.create(
            key=key, direction="in", shop=line_open.tea, customer=customer, arrived_at=NOON, line_at=at(entered)
        )
    order = line.line_order()
    assert [one.call.key if one.call else one.callback.customer for one in order] == [CUSTOMER, "2.1", "3.1"]
    assert [one.since for one in order] == [at(10), at(11), at(12)]


# --- automatic mode -----------------------------------------------------------------------------------------------


def waiting(settings, held: list[Placeholder] | None = None) -> list[str]:
    return [wish.callback.customer for wish in automatic.holdable(held or places.living(), at(2), settings)]


def test_as_many_of_the_due_wait_as_operators_would_take_them(line_open, settings):
    for seconds in (4, 1, 0):
        owed(line_open, f"+38050123456{seconds}", due=seconds)
    assert waiting(settings) == []
    automatic.start(line_open.operator, NOON)
    assert waiting(settings) == ["+380501234560"]
    automatic.start(line_open.trainee, NOON)
    assert waiting(settings) == ["+380501234560", "+380501234561"], "the third is not due"


def test_while_one_is_rung_for_her_the_next_does_not_wait(line_open, settings):
    first = owed(line_open, "+380501234560")
    owed(line_open, "+380501234561", due=1)
    automatic.start(line_open.operator, NOON)
    Placeholder.create(public_id="abc", callback=first, kind="automatic", starts_at=at(1))
    assert waiting(settings) == ["+380501234560"]
    places.follow(told(rings=line_open.operator.id, rings_at=at(2)), at(2), settings)
    assert waiting(settings) == []


def test_a_kept_place_is_not_held_a_second_time_behind_the_line(line_open, settings):
    kept(line_open)
    automatic.start(line_open.operator, NOON)
    assert waiting(settings) == [] and held(settings) == [CUSTOMER]


def test_only_who_is_ready_turns_it_on(line_open):
    presence.take_break(line_open.operator, "rest", NOON)
    with pytest.raises(NotAllowed):
        automatic.start(line_open.operator, NOON)
    presence.ready(line_open.operator, NOON)
    assert automatic.start(line_open.operator, NOON) == automatic.start(line_open.operator, NOON)


def test_in_automatic_mode_she_serves_the_queue_behind_the_line_too_until_she_signs_off(line_open):
    automatic.start(line_open.operator, NOON)
    hers = presence.interface(line_open.operator.id)
    assert {queue for queue, name in presence.line_now() if name == hers} == {"line-1", "automatic-1"}
    shift.end(line_open.operator)
    assert AutomaticMode.get().ended_because == "signed-off"
    presence.sign_on(line_open.operator)
    assert {queue for queue, name in presence.line_now() if name == hers} == {"line-1"}
