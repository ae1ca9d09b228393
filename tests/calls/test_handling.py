"""What is learnt of how long things last: the laws, and the facts they are read from."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.handling import ANY_TALK, History, fit, read
from calls.laws import SHARES, Believed, LogNormal, Patience, Sometimes, fitted, left, patience
from calls.wait import Handling, Waiting
from models import Call, Leg, Presence, Shop

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
EMPTY = fit(History(), 10)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


# --- laws --------------------------------------------------------------------------------------------------------


def test_a_law_is_found_again_from_its_own_durations():
    dice, law = random.Random(1), LogNormal(200, 0.6)
    found = fitted([law.exceeded_by(dice.random()) for _ in range(3000)], ANY_TALK).law
    assert (found.median, found.sigma) == (pytest.approx(200, rel=0.05), pytest.approx(0.6, rel=0.05))


def test_few_durations_move_the_belief_by_their_weight():
    """One observation against a belief worth three: a quarter of the way, in logarithms."""
    found = fitted([1600.0], Believed(LogNormal(100, 1), 3, 1000)).law
    assert found.median == pytest.approx(200)
    assert fitted([], ANY_TALK).law.median == pytest.approx(ANY_TALK.law.median)


def test_what_has_lasted_long_lasts_longer_yet_where_spread_is_wide():
    law = LogNormal(100, 1.0)
    assert left(law, 0) == pytest.approx(law.whole)
    middles = [left(law, elapsed)[300] for elapsed in (100, 400, 1600, 1e7)]
    assert middles == sorted(middles)


def test_two_kinds_of_conversation_stay_two_kinds():
    """Half are over in 10 to 20 seconds, half last about 300: one of a minute is a long one, and has minutes to go."""
    found = fitted([10 + n / 50 for n in range(500)] + [290 + n / 25 for n in range(500)], ANY_TALK)
    assert found.beyond(30) == pytest.approx(0.5, abs=0.02)
    assert sorted(left(found, 60))[300] == pytest.approx(240, abs=10)


def test_farther_out_than_anything_seen_the_fitted_law_speaks():
    found = fitted([100.0] * 50, ANY_TALK)
    assert left(found, 5000) == pytest.approx(left(found.law, 5000))
    assert fitted([], ANY_TALK).whole == pytest.approx(fitted([], ANY_TALK).law.whole)


@given(st.lists(st.floats(0, 1e5), max_size=40), st.floats(0.0001, 0.9999))
def test_no_larger_share_is_beyond_than_exceeds(durations, share):
    found = fitted(durations, ANY_TALK)
    assert found.beyond(found.exceeded_by(share)) <= share + 1 / len(SHARES)  # the law is told in so many steps


def test_a_rest_is_the_fixed_one_until_that_is_over_then_her_own():
    rest = Sometimes(0.2, LogNormal(60, 0.5), 10)
    share = sum(seconds == 10 for seconds in rest.whole) / len(SHARES)
    assert share == pytest.approx(0.8, abs=0.01)
    assert min(left(rest, 4)) == pytest.approx(6)
    assert left(rest, 11) == pytest.approx(left(rest.law, 11), rel=1e-6)


@given(st.floats(0, 1), st.floats(0.01, 0.99), st.floats(0, 500))
def test_what_a_share_exceeds_and_the_share_beyond_belong_together(share, at, otherwise):
    law = Sometimes(share, LogNormal(60, 0.5), otherwise)
    assert law.beyond(law.exceeded_by(at) + 1e-6) <= at + 1e-6


def test_the_hazard_of_leaving_counts_those_who_were_answered_as_waiting_only():
    prior = Patience((0, 60), (1 / 100, 1 / 100))
    waits = [(30, True), (60, False), (90, True), (120, False)]
    found = patience(waits, prior, 1e-9)
    assert found.hazards == pytest.approx((1 / (30 + 60 + 60 + 60), 1 / (30 + 60)))


def test_patience_left_is_that_of_the_steps():
    steps = Patience((0, 60), (1 / 1000, 1 / 50))
    assert steps.left(60)[300] == pytest.approx(50 * 0.6931, rel=0.01)
    assert steps.left(0)[300] > steps.left(60)[300]


# --- the union's history -----------------------------------------------------------------------------------------


def test_a_young_shop_is_like_the_union_and_an_old_one_like_itself():
    handling = fit(History({1: [60.0] * 500, 2: [600.0] * 500, 3: [600.0]}), 10)
    assert talk(handling, 1).median == pytest.approx(60, rel=0.05)
    assert talk(handling, 2).median == pytest.approx(600, rel=0.05)
    assert handling.any_talk.law.median < talk(handling, 3).median < 350
    assert talk(handling, 99) == handling.any_talk.law


def talk(handling: Handling, shop_id: int) -> LogNormal:
    return handling.of(Waiting(shop_id, 0)).law


histories = st.builds(
    History,
    st.dictionaries(st.integers(1, 3), st.lists(st.floats(0, 1e5), max_size=5), max_size=3),
    *[st.lists(st.floats(0, 1e5), max_size=5)] * 4,
    st.lists(st.tuples(st.floats(0, 1e5), st.booleans()), max_size=5),
)


@settings(deadline=None)
@given(histories)
def test_any_history_gives_laws_that_can_be_asked(history):
    handling = fit(history, 10)
    for law in (*handling.talk.values(), handling.any_talk, handling.callback, handling.after_call, handling.absence):
        assert 0 <= law.exceeded_by(0.9) <= law.exceeded_by(0.1) < 1e12
        assert all(0 <= seconds < 1e15 for seconds in left(law, 1e4))
    assert all(hazard > 0 for hazard in handling.patience.hazards)


# --- read from facts ---------------------------------------------------------------------------------------------


def call(shop: Shop, key: str, ending: str, operator=None, direction: str = "in", wait: int | None = 20, talk: int = 0):
    return Call.create(
        key=key, direction=direction, shop=shop, arrived_at=after(-900), line_at=after(-800), wait_seconds=wait,
        operator=operator, talk_seconds=talk, ended_at=after(-600), ending=ending,
    )  # fmt: skip


def test_facts_are_read_as_what_they_are(house, settings):
    answered = call(house.tea, "1.1", "answered", house.operator, talk=90)
    call(house.tea, "1.2", "abandoned_line", wait=40)
    call(house.soap, "1.3", "asked_callback", wait=50)
    callback = call(house.soap, "1.4", "answered", house.operator, direction="callback", wait=None, talk=300)
    for made, rang, picked, ended in ((answered, -780, -772, -690), (callback, -700, -695, -595)):
        Leg.create(
            call=made, uniqueid=made.key, party="operator", user=house.operator,
            rang_at=after(rang), answered_at=after(picked), ended_at=after(ended),
        )  # fmt: skip
    for kind, began, ended in (("after_call", -600, -540), ("meal", -540, -60), ("ready", -60, -1)):
        Presence.create(user=house.operator, kind=kind, starts_at=after(began), ends_at=after(ended))
    seen = History(
        {house.tea.id: [90.0]}, [100.0], [60.0], [480.0], [8.0], [(50.0, False), (40.0, True), (20.0, False)]
    )  # fmt: skip
    assert_alike(read(NOON, settings), fit(seen, settings.wrapup_seconds))


def test_what_is_old_and_what_the_test_shop_did_tells_nothing(house, settings):
    test_shop = Shop.create(name="test", queue=house.tea.queue, is_test=True)
    call(test_shop, "1.1", "answered", house.operator, talk=5)
    call(house.tea, "1.2", "answered", house.operator, talk=5)
    long_after = NOON + dt.timedelta(days=settings.history_days + 1)
    assert_alike(
        read(long_after, settings),
        replace(EMPTY, after_call=replace(EMPTY.after_call, otherwise=settings.wrapup_seconds)),
    )
    assert list(read(NOON, settings).talk) == [house.tea.id]


def assert_alike(one, other) -> None:
    assert one.talk.keys() == other.talk.keys()
    for mine, its in zip(figures(one), figures(other), strict=True):
        assert mine == pytest.approx(its, rel=1e-3)


def figures(handling):
    laws = [*handling.talk.values(), handling.any_talk, handling.callback, handling.after_call, handling.absence]
    return [*(law.whole for law in laws), handling.patience.hazards, (handling.answering_seconds,)]
