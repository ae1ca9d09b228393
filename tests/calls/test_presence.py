"""Who is signed on, and what the queues must look like because of it."""

from __future__ import annotations

import datetime as dt
import threading

import peewee
import pytest

import models
import settings
from calls import presence
from calls.presence import Change, Member

SETTINGS = settings.load({"SPILKA_SECRET_KEY": "k" * 40, "SPILKA_AMI_SECRET": "a" * 20})
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


def test_who_stands_apart_is_paused_in_the_line_and_as_she_is_in_a_queue_of_her_own(queue, operator, trainee):
    presence.sign_on(operator)
    presence.sign_on(trainee)
    line, own = ((name, f"PJSIP/op-{trainee.id}") for name in (queue.pbx_name, f"reserve-{trainee.id}"))
    theirs = presence.line_now(apart=frozenset({trainee.id}))
    assert (theirs[line], theirs[own]) == (Member(5, True, "reserve"), Member(0, False, ""))
    presence.take_break(trainee, "meal")
    theirs = presence.line_now(apart=frozenset({trainee.id}))
    assert (theirs[line], theirs[own]) == (Member(5, True, "meal"), Member(0, True, "meal"))
    assert own not in presence.line_now()


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


# --- after a call ------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(queue):
    return models.Shop.create(name="tea", queue=queue)


def on_the_telephone(shop: models.Shop, user: models.User, ended: bool = False) -> models.Call:
    end = after(10) if ended else None
    call = models.Call.create(key="k.1", direction="in", shop=shop, arrived_at=NOON, ended_at=end)
    models.Leg.create(call=call, uniqueid="k.2", party="operator", user=user, rang_at=NOON, ended_at=end)
    return call


def hang_up(call: models.Call, at: dt.datetime) -> None:
    models.Leg.update(ended_at=at).execute()
    models.Call.update(ended_at=at).execute()


def test_a_conversation_is_followed_by_work_from_which_she_returns_by_herself(operator):
    presence.sign_on(operator, NOON)
    assert presence.wind_up(operator, after(10), after(40))
    presence.move_on(after(39))
    assert presence.current(operator).kind == "after_call"
    presence.move_on(after(40))
    assert [row[0] for row in story(operator)] == ["ready", "after_call", "ready"]
    assert story(operator)[1][1:3] == (after(10), after(40))


def test_who_needs_longer_stays_until_she_says_so(operator):
    presence.sign_on(operator, NOON)
    presence.wind_up(operator, after(10), after(40))
    presence.need_longer(operator)
    presence.move_on(after(4000))
    assert presence.current(operator).kind == "after_call"
    presence.ready(operator, after(4001))
    with pytest.raises(presence.NotAllowed, match="not-after-call"):
        presence.need_longer(operator)


def test_the_same_end_told_again_does_not_send_her_back_to_after_call_work(operator):
    presence.sign_on(operator, NOON)
    presence.wind_up(operator, after(10), after(40))
    presence.ready(operator, after(15))
    assert not presence.wind_up(operator, after(10), after(40))
    assert presence.current(operator).kind == "ready"


def test_who_speaks_already_with_the_next_or_rests_has_no_after_call_work(operator, shop):
    presence.sign_on(operator, NOON)
    on_the_telephone(shop, operator)
    assert not presence.wind_up(operator, after(10), after(40))
    hang_up(models.Call.get(), after(20))
    presence.take_break(operator, "meal", after(21))
    assert not presence.wind_up(operator, after(20), after(50))
    assert presence.current(operator).kind == "meal"


def test_a_break_asked_for_during_a_call_begins_after_it_and_no_call_comes_before_it(operator, shop, queue):
    presence.sign_on(operator, NOON)
    call = on_the_telephone(shop, operator)
    presence.take_break(operator, "rest", after(5))
    presence.move_on(after(6))
    place = (queue.pbx_name, presence.interface(operator.id))
    assert presence.current(operator).kind == "ready"
    assert presence.line_now() == {place: Member(0, True, "rest")}
    hang_up(call, after(9))
    presence.wind_up(operator, after(9), after(40))
    assert [row[0] for row in story(operator)] == ["ready", "rest"]
    assert story(operator)[1][1] == after(9)


def test_a_break_asked_for_while_it_rang_begins_though_nobody_spoke_unless_she_takes_it_back(operator, shop):
    presence.sign_on(operator, NOON)
    call = on_the_telephone(shop, operator)
    presence.take_break(operator, "rest", after(5))
    presence.ready(operator, after(6))
    assert presence.current(operator).next_kind == ""
    presence.take_break(operator, "meal", after(7))
    hang_up(call, after(8))
    presence.move_on(after(9))
    assert [row[0] for row in story(operator)] == ["ready", "meal"]


def test_a_rest_is_due_after_so_much_work_since_signing_on_or_the_last_rest(operator):
    minutes = SETTINGS.rest_after_minutes * 60
    presence.sign_on(operator, NOON)
    presence.wind_up(operator, after(100), after(130))
    presence.ready(operator, after(130))
    assert not presence.rest_is_due(operator, after(minutes - 1), SETTINGS)
    assert presence.rest_is_due(operator, after(minutes), SETTINGS)
    presence.take_break(operator, "rest", after(minutes))
    presence.ready(operator, after(minutes + 300))
    assert not presence.rest_is_due(operator, after(2 * minutes), SETTINGS)
    assert presence.rest_is_due(operator, after(2 * minutes + 300), SETTINGS)
    presence.sign_off(operator, at=after(20000))
    presence.sign_on(operator, after(30000))
    assert not presence.rest_is_due(operator, after(30000 + minutes - 1), SETTINGS)
    assert presence.rest_is_due(operator, after(30000 + minutes), SETTINGS)
