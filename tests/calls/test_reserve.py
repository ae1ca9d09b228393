"""Which of the reserve is rung for whom, and when."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models
from calls import reserve, sending
from calls.line import InLine
from calls.sending import Queues
from pbx.ami import Channel, QueueEntry, QueueMember

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
TEA, SOAP, TOOLS = 1, 2, 3
IRYNA, SOFIA = 7, 8


@pytest.mark.parametrize(
    ("released", "waiting", "expected"),
    [
        ({(IRYNA, TEA)}, [SOAP, TEA, TEA], {IRYNA: 1}),
        ({(IRYNA, TEA), (SOFIA, SOAP)}, [SOAP, TEA], {IRYNA: 1, SOFIA: 0}),
        ({(IRYNA, TEA), (IRYNA, SOAP), (SOFIA, SOAP)}, [SOAP, TEA], {IRYNA: 1, SOFIA: 0}),
        ({(IRYNA, TEA), (IRYNA, SOAP), (SOFIA, SOAP)}, [TOOLS, TEA, SOAP], {IRYNA: 1, SOFIA: 2}),
        ({(IRYNA, TEA), (SOFIA, TEA)}, [TEA], {IRYNA: 0}),
        (set(), [TEA], {}),
    ],
)
def test_each_gets_the_first_she_may_answer_and_makes_room_for_who_has_nobody_else(released, waiting, expected):
    assert reserve.pairs(waiting, {IRYNA, SOFIA}, frozenset(released)) == expected


@given(
    st.frozensets(st.tuples(st.integers(1, 4), st.integers(1, 5))),
    st.lists(st.integers(1, 5), max_size=8),
    st.sets(st.integers(1, 4)),
)
def test_nobody_is_passed_over_for_one_who_came_later(released, waiting, free):
    """Whoever is left out could not be answered by anybody even if all behind him were left out too."""
    answers = reserve.pairs(waiting, free, released)
    assert all((user, waiting[number]) in released and user in free for user, number in answers.items())
    for number in set(range(len(waiting))) - set(answers.values()):
        before = [one for one in range(number) if one in answers.values()]
        shops = [waiting[one] for one in (*before, number)]
        assert len(reserve.pairs(shops, free, released)) == len(before)


def waits(house, shop: str, seconds: float) -> InLine:
    since = NOON - dt.timedelta(seconds=seconds)
    return InLine(f"{shop} {seconds}", getattr(house, shop), since, since)


def test_the_reserve_is_due_after_a_wait_or_in_a_long_line_or_when_no_operator_is_at_work(house):
    rule = models.Union(reserve_after_seconds=20, reserve_line_length=2)
    two, manned = [waits(house, "tea", 25), waits(house, "soap", 5)], {house.tea.queue_id}
    assert reserve.due(two, rule, manned, NOON) == two[:1]
    three = [*two, waits(house, "tea", 1)]
    assert reserve.due(three, rule, manned, NOON) == three
    assert reserve.due(two, rule, set(), NOON) == two
    assert reserve.due(two, None, manned, NOON) == two


def test_another_lines_length_says_nothing_of_this_one(house):
    rule = models.Union(reserve_after_seconds=20, reserve_line_length=2)
    other = models.Queue.create(name="another line")
    models.Shop.update(queue=other).where(models.Shop.id == house.soap.id).execute()
    house.soap = models.Shop.get_by_id(house.soap.id)
    three = [waits(house, "soap", 3), waits(house, "soap", 2), waits(house, "soap", 1)]
    assert reserve.due([waits(house, "tea", 4), *three], rule, {house.tea.queue_id, other.id}, NOON) == three


def test_who_is_released_for_every_shop_of_her_line_stands_in_it_and_others_apart(house):
    queue = house.tea.queue
    models.QueueOperator.delete().execute()
    models.QueueOperator.create(queue=queue, user=house.trainee, penalty=5)
    every = {(house.trainee.id, shop.id) for shop in (house.tea, house.soap, house.tools)}
    assert reserve.apart(frozenset(every)) == set()
    assert reserve.apart(frozenset(every - {(house.trainee.id, house.tools.id)})) == {house.trainee.id}
    models.Did.update(ends_at=NOON).where(models.Did.shop == house.tools).execute()
    assert reserve.apart(frozenset(every - {(house.trainee.id, house.tools.id)})) == set(), "it is rung no more"


def test_whom_an_operator_is_about_to_answer_is_not_sent():
    def member(name: str, status: int, paused: bool = False, spoke_until: float = 0) -> QueueMember:
        return QueueMember("line-1", name, 0, paused, "", 0, status, int(spoke_until))

    now = NOON.timestamp()
    entries = [QueueEntry("line-1", place, f"caller {place}", "") for place in (1, 2, 3, 4)]
    keys = [(entry.uniqueid, TEA) for entry in entries]
    speaking = [member("rings", 3), member("speaks", 3), member("eats", 1, paused=True)]
    members = [*speaking, member("free", 1), member("rests", 1, spoke_until=now - 1)]

    def left(members: list[QueueMember], *rung: str) -> list[tuple[str, int]]:
        return sending.open_to(keys, Queues(members, entries, rung), 10, NOON)

    assert left(members, "caller 1") == keys[2:]
    assert left(members, "caller 3") == [keys[1], keys[3]]
    assert left(speaking) == keys


def test_whom_a_telephone_rings_for_is_known_by_its_channel():
    channels = [
        Channel("PJSIP/trunk-1-0000", "1.1", "1.1"),
        Channel("PJSIP/op-7-0001", "1.2", "1.1"),
        Channel("PJSIP/trunk-1-0002", "2.1", "2.1"),
        Channel("Local/s@place-0;2", "cb-ab-line", "cb-ab"),
        Channel("PJSIP/op-8-0004", "3.3", "cb-ab"),
    ]
    assert sending.rung(channels) >= {"1.1", "cb-ab-line"} and "2.1" not in sending.rung(channels)
