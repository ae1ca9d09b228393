"""Who is signed on, and what the queues must look like because of it."""

from __future__ import annotations

import datetime as dt
import threading

import peewee
import pytest

import models
from calls import presence
from calls.presence import Change, Member

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


@pytest.fixture
def queue(db):
    return models.Queue.create(name="all shops")


@pytest.fixture
def operator(queue):
    return person(queue, "operator")


@pytest.fixture
def trainee(queue):
    return person(queue, "trainee", penalty=5)


def person(queue: models.Queue, name: str, penalty: int = 0) -> models.User:
    user = models.User.create(email=f"{name}@example.com", name=name, password_hash="x")
    models.Phone.create(user=user, secret="s" * 20)
    models.QueueOperator.create(queue=queue, user=user, penalty=penalty)
    return user


def story(user: models.User) -> list[tuple]:
    rows = models.Presence.select().where(models.Presence.user == user).order_by(models.Presence.id)
    return [(row.kind, row.starts_at, row.ends_at, row.ended_because) for row in rows]


def test_a_day_is_a_chain_of_rows_without_gaps(operator):
    presence.sign_on(operator, NOON)
    presence.take_break(operator, "meal", after(10))
    presence.ready(operator, after(20))
    assert presence.sign_off(operator, at=after(30))
    assert story(operator) == [
        ("ready", NOON, after(10), "meal"),
        ("meal", after(10), after(20), "ready"),
        ("ready", after(20), after(30), "signed-off"),
    ]
    assert presence.current(operator) is None
    assert presence.last_ended(operator).ended_because == "signed-off"


def test_pressing_the_same_key_twice_changes_nothing(operator):
    first = presence.sign_on(operator, NOON)
    assert presence.sign_on(operator, after(5)) == first
    assert story(operator) == [("ready", NOON, None, "")]
    assert presence.sign_off(operator, at=after(10))
    assert not presence.sign_off(operator, at=after(11))


def test_who_is_signed_off_takes_no_break_and_does_not_return(operator):
    for attempt in (lambda: presence.take_break(operator, "rest"), lambda: presence.ready(operator)):
        with pytest.raises(presence.NotAllowed, match="not-signed-on"):
            attempt()
    assert story(operator) == []


def test_a_break_of_no_known_kind_is_refused(operator):
    presence.sign_on(operator, NOON)
    for kind in ("nap", "ready", "unanswered", ""):
        with pytest.raises(presence.NotAllowed, match="unknown-kind"):
            presence.take_break(operator, kind)


def test_who_serves_no_queue_cannot_sign_on(db):
    stranger = models.User.create(email="x@example.com", name="x", password_hash="x")
    with pytest.raises(presence.NotAllowed, match="no-queue"):
        presence.sign_on(stranger)


def test_letting_a_call_ring_out_is_seen_once_and_only_by_who_was_ready(operator, trainee):
    presence.sign_on(operator, NOON)
    assert presence.rang_out(operator, after(5))
    assert not presence.rang_out(operator, after(5))
    assert presence.current(operator).kind == "unanswered"
    presence.sign_on(trainee, NOON)
    presence.take_break(trainee, "rest", after(1))
    assert not presence.rang_out(trainee, after(5))
    assert presence.current(trainee).kind == "rest"


def test_news_older_than_her_return_does_not_send_her_away_again(operator):
    presence.sign_on(operator, NOON)
    presence.rang_out(operator, after(5))
    presence.ready(operator, after(8))
    assert not presence.rang_out(operator, after(5))
    assert presence.current(operator).kind == "ready"


def test_the_database_refuses_two_open_rows_of_one_person(operator):
    presence.sign_on(operator, NOON)
    with pytest.raises(peewee.IntegrityError):
        models.Presence.create(user=operator, kind="rest")


def test_ten_clicks_at_once_leave_one_open_row_and_no_gap(operator):
    presence.sign_on(operator, NOON)
    kinds = ["ready", "rest", "meal", "training", "technical"] * 2
    faults = []

    def click(kind: str):
        try:
            with models.database.connection_context():
                presence.ready(operator) if kind == "ready" else presence.take_break(operator, kind)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=click, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = story(operator)
    assert faults == []
    assert [ended for _, _, ended, _ in rows].count(None) == 1
    assert sorted(row[1] for row in rows)[1:] == sorted(row[2] for row in rows if row[2])


def test_only_who_signed_on_is_in_the_line_and_a_break_is_a_pause(queue, operator, trainee):
    assert presence.line_now() == {}
    presence.sign_on(operator)
    presence.sign_on(trainee)
    presence.take_break(trainee, "meal")
    assert presence.line_now() == {
        (queue.pbx_name, f"PJSIP/op-{operator.id}"): Member(0, False, ""),
        (queue.pbx_name, f"PJSIP/op-{trainee.id}"): Member(5, True, "meal"),
    }


def test_while_her_callback_runs_the_line_does_not_ring_her(queue, operator):
    presence.sign_on(operator)
    place = (queue.pbx_name, f"PJSIP/op-{operator.id}")
    assert presence.line_now({operator.id}) == {place: Member(0, True, "callback")}
    presence.take_break(operator, "rest")
    assert presence.line_now({operator.id}) == {place: Member(0, True, "rest")}


def test_a_person_made_inactive_leaves_the_line(operator):
    presence.sign_on(operator)
    models.User.update(is_active=False).execute()
    assert presence.line_now() == {}


def test_changes_are_what_differs_and_nothing_else():
    here, there, gone = ("line-1", "PJSIP/op-1"), ("line-1", "PJSIP/op-2"), ("line-1", "PJSIP/op-3")
    wanted = {here: Member(0, False, ""), there: Member(5, True, "meal")}
    assert presence.changes(wanted, wanted) == []
    assert presence.changes(wanted, {gone: Member(0, False, ""), here: Member(2, True, "Auto-Pause")}) == [
        Change("remove", *gone, Member(0, False, "")),
        Change("add", *there, Member(5, True, "meal")),
        Change("penalty", *here, Member(0, False, "")),
        Change("pause", *here, Member(0, False, "")),
    ]


def test_a_reason_left_over_from_an_earlier_pause_is_no_difference():
    place = ("line-1", "PJSIP/op-1")
    assert presence.changes({place: Member(0, False, "")}, {place: Member(0, False, "meal")}) == []


def test_a_telephone_tells_whose_it_is():
    assert presence.user_of(presence.interface(7)) == 7
    assert presence.user_of("PJSIP/trunk-1") is None
    assert presence.user_of("Local/op-7") is None
