"""The owner's figures and the list behind them: every call stands in exactly one place, and a figure is its list."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from calls import call_log, callbacks, story
from calls.call_log import Filter
from calls.standing import STANDINGS
from models import MISSED_ENDINGS, Attempt, Call, Callback, Did, Miss, database, utcnow
from tests.web import seed

NOON = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
DAY = NOON.date()


@pytest.fixture
def cast(db, tmp_path):
    return seed.union(tmp_path)


def call(cast, ending: str, customer: str | None = "+380671230987", seconds: float = 40, **facts) -> Call:
    number = Call.select().count()
    values = {
        "key": f"{number}.1", "direction": "in", "shop": cast.tea, "did": cast.did, "arrived_at": NOON,
        "ended_at": NOON + dt.timedelta(seconds=seconds), "customer": customer, "ending": ending,
    } | facts  # fmt: skip
    return Call.create(**values)


def promise(cast, missed: Call, because: str = "", not_callable: str = "") -> Callback:
    made = Callback.create(
        shop=cast.tea, did=cast.did, customer=missed.customer or "+380501112233", opened_at=NOON, due_at=NOON,
        closed_at=NOON if because else None, closed_because=because, not_callable=not_callable,
    )  # fmt: skip
    Miss.create(callback=made, call_key=missed.key, at=missed.ended_at, why=missed.ending)
    return made


def standing(cast, of: Call) -> str:
    return call_log.find(cast.tea, of.key).standing


@pytest.mark.parametrize(
    ("because", "stands"),
    [
        ("talked", "called_back"),
        ("got_through", "called_back"),
        ("wrong_number", "lost"),
        ("given_up", "lost"),
        ("", "waiting"),
    ],
)
def test_a_missed_call_stands_where_its_promise_does(cast, because, stands):
    missed = call(cast, "abandoned_line")
    promise(cast, missed, because)
    assert standing(cast, missed) == stands


def test_a_customer_whose_number_may_not_be_called_is_lost_until_he_gets_through(cast):
    missed = call(cast, "abandoned_line", "+48221234567")
    owed = promise(cast, missed, not_callable="foreign")
    assert standing(cast, missed) == "lost"
    callbacks.close(owed, "got_through", NOON)
    assert standing(cast, missed) == "called_back"


@pytest.mark.parametrize("ending", MISSED_ENDINGS)
def test_a_withheld_caller_who_was_missed_is_lost(cast, ending):
    assert standing(cast, call(cast, ending, None, withheld=True)) == "lost"


def test_who_hung_up_at_once_is_counted_apart_and_so_is_who_heard_what_he_wanted(cast):
    assert standing(cast, call(cast, "abandoned_menu", None, seconds=4.9)) == "apart"
    assert standing(cast, call(cast, "abandoned_menu", None, seconds=5.1)) == "lost"
    assert standing(cast, call(cast, "abandoned_menu", seconds=4.9)) == "apart"
    assert standing(cast, call(cast, "informed")) == "apart"
    assert standing(cast, call(cast, "closed", None, seconds=1)) == "lost"


def test_another_limit_for_short_calls_does_not_make_old_ones_lost(cast):
    short, long = call(cast, "abandoned_menu", seconds=8), call(cast, "abandoned_menu", "+380501112233", seconds=9)
    promise(cast, long)
    cast.tea.short_call_seconds = 3
    assert [standing(cast, one) for one in (short, long)] == ["apart", "waiting"]
    cast.tea.short_call_seconds = 30
    assert [standing(cast, one) for one in (short, long)] == ["apart", "waiting"]


def test_who_had_got_through_before_his_missed_call_was_told_is_not_lost(cast):
    """Two telephones of one customer: nothing was owed any more, so there is no Miss."""
    assert standing(cast, call(cast, "no_operator")) == "called_back"


def test_who_spoke_with_the_owner_on_his_mobile_stands_apart_from_whom_operators_answered(cast):
    hers, his = call(cast, "answered", operator=cast.operator), call(cast, "answered", flags="overflow-mobile")
    handed_over = call(cast, "answered", operator=cast.operator, flags="transferred")
    assert [standing(cast, one) for one in (hers, handed_over, his)] == ["by_operator", "by_operator", "by_mobile"]
    figures = call_log.figures(cast.tea, DAY)
    assert (figures.by_operator, figures.by_mobile, figures.answered, figures.arrived) == (2, 1, 3, 3)


def test_what_rules_call_missed_is_what_the_index_of_missed_calls_holds():
    assert set(MISSED_ENDINGS) == set(callbacks.MISSED + callbacks.ABANDONED)


@pytest.mark.parametrize("number", range(5))
def test_a_figure_is_the_list_it_opens(cast, number):
    """Random calls round two midnights of the shop's own: each stands in one place, each figure is its list."""
    dice = random.Random(number)
    for _ in range(150):
        a_random_call(cast, dice)
    for day in (DAY + dt.timedelta(days=n) for n in (-1, 0, 1)):
        figures = call_log.figures(cast.tea, day)
        for name in vars(figures):
            listed = call_log.calls(cast.tea, Filter(day, day, name), 1000)
            assert len(listed) == getattr(figures, name)
            assert {one.standing for one in listed} <= {name}
        answered = call_log.calls(cast.tea, Filter(day, day, "answered"), 1000)
        assert len(answered) == figures.answered and {one.ending for one in answered} <= {"answered"}
        whole = call_log.calls(cast.tea, Filter(day, day), 1000)
        assert {one.standing for one in whole} <= set(STANDINGS)
        assert figures.arrived == sum(one.standing not in ("going", "out") for one in whole)
        missed = call_log.calls(cast.tea, Filter(day, day, "missed"), 1000)
        assert len(missed) == figures.lost + figures.waiting + figures.called_back
    assert sum(call_log.figures(cast.tea, DAY + dt.timedelta(days=n)).lost for n in (-1, 0, 1)) > 0


def a_random_call(cast, dice: random.Random) -> None:
    customer = dice.choice([None, f"+38067{dice.randrange(10**7):07}"])
    seconds, out = dice.choice([1, 4, 6, 50]), dice.random() < 0.1
    ending = dice.choice(["answered", "not_reached"] if out else [*MISSED_ENDINGS, "answered", "informed", "refused"])
    at = NOON + dt.timedelta(minutes=dice.randrange(-2000, 2000))
    lives = dice.random() < 0.05
    ended_at = None if lives else at + dt.timedelta(seconds=seconds)
    made = call(cast, "" if lives else ending, customer, arrived_at=at, ended_at=ended_at,
                shop=dice.choice([cast.tea, cast.tea, cast.soap]), direction="callback" if out else "in",
                operator=dice.choice([None, cast.operator, cast.operator]) if ending == "answered" else None)  # fmt: skip
    if ending in MISSED_ENDINGS and customer and not lives and made.shop == cast.tea and dice.random() < 0.9:
        promise(cast, made, dice.choice(["", "talked", "got_through", "wrong_number", "given_up"]),
                dice.choice(["", "", "foreign"]))  # fmt: skip


def test_the_list_is_cut_into_pages_that_hold_each_call_once_even_at_one_instant(cast):
    for number in range(25):
        call(cast, "answered", arrived_at=NOON + dt.timedelta(seconds=number // 5))
    whole = call_log.calls(cast.tea, Filter(), 100)
    pages, before = [], None
    while page := call_log.calls(cast.tea, Filter(), 4, before):
        pages, before = pages + page, page[-1].id
        call(cast, "answered", arrived_at=NOON + dt.timedelta(hours=1))  # a new one meanwhile moves nothing
    assert pages == whole and len(whole) == 25


def test_filters_ask_for_the_number_the_operator_and_the_shops_own_days(cast):
    other = Did.get(Did.label == "листівка")
    late = call(cast, "answered", arrived_at=NOON.replace(hour=22, minute=30), operator=cast.operator)  # 00:30 in Kyiv
    flyer = call(cast, "answered", did=other, operator=cast.trainee)
    assert call_log.calls(cast.tea, Filter(first=DAY + dt.timedelta(days=1)), 9) == [late]
    assert call_log.calls(cast.tea, Filter(last=DAY), 9) == [flyer]
    assert call_log.calls(cast.tea, Filter(did=other.id), 9) == [flyer]
    assert call_log.calls(cast.tea, Filter(operator=cast.operator.id), 9) == [late]
    assert call_log.operators(cast.tea) == [cast.operator, cast.trainee]
    assert call_log.operators(cast.soap) == []


def test_the_whole_list_can_be_read_in_small_readings(cast, monkeypatch):
    monkeypatch.setattr(call_log, "CHUNK", 3)
    made = [call(cast, "answered") for _ in range(8)]
    assert list(call_log.every(cast.tea, Filter())) == made[::-1]


@pytest.mark.parametrize("group", ["lost", "waiting", "called_back", "missed"])
def test_missed_calls_are_found_by_their_own_index(cast, group):
    sql = []
    monitor = database.execute_sql
    database.execute_sql = lambda text, params=None: sql.append((text, params)) or monitor(text, params)
    try:
        call_log.calls(cast.tea, Filter(group=group), 50)
    finally:
        database.execute_sql = monitor
    plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql[0][0]}", sql[0][1])]
    assert any("call_missed" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_the_story_of_a_missed_call_goes_on_until_its_promise_is_kept(cast):
    missed = call(cast, "abandoned_line", line_at=NOON, wait_seconds=30, ended_by="customer")
    owed = promise(cast, missed)
    for minutes, result in ((2, "busy"), (9, "talked")):
        at = missed.ended_at + dt.timedelta(minutes=minutes)
        Attempt.create(public_id=str(minutes), callback=owed, user=cast.operator, customer=owed.customer, wanted_at=at,
                       sent_at=at, ended_at=utcnow(), result=result)  # fmt: skip
    callbacks.close(owed, "talked", missed.ended_at + dt.timedelta(minutes=10))
    told = [(step.code, step.detail, step.result) for step in story.tell(missed)]
    name = cast.operator.name
    assert told == [
        ("arrived", "", ""), ("waited", "", ""), ("ended", "customer", ""), ("promised", "", ""),
        ("tried", name, "busy"), ("tried", name, "talked"), ("kept", "talked", ""),
    ]  # fmt: skip
