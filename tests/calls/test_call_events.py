"""Rows of real calls are folded into what happened in them.

Unless said otherwise the rows are Asterisk's own, recorded from real telephones through the real dialplan.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.call_events import Dialled, dialled, fold, result_of
from calls.call_legs import Event, Restart
from calls.place_events import told
from pbx import names
from tests.calls import recorded

CUSTOMER, OTHER = "+380501112233", "+380672223344"
OPERATOR, TRAINEE = 1, 2

# what happened: ending, ended by, keys, seconds waited, seconds talked, operator
STORIES = {
    "hangup-in-greeting": ("abandoned_greeting", "customer", "", None, 0, None),
    "hangup-in-menu": ("abandoned_menu", "customer", "", None, 0, None),
    "information": ("informed", "customer", "2", None, 0, None),
    "goodbye": ("informed", "system", "4", None, 0, None),
    "asked-callback": ("asked_callback", "system", "3", None, 0, None),
    "closed": ("closed", "customer", "", None, 0, None),
    "voicemail-closed": ("closed", "customer", "2", None, 0, None),
    "closed-asked": ("asked_callback", "system", "1", None, 0, None),
    "no-operator": ("no_operator", "system", "1", 0, 0, None),
    "mobile-busy": ("no_operator", "system", "1", 0, 0, None),
    "mobile-answered": ("answered", "operator", "1", 1, 2, None),
    "hangup-while-ringing": ("abandoned_line", "customer", "1", 2, 0, None),
    "hangup-in-whisper": ("abandoned_line", "customer", "1", 2, 0, None),
    "answered-customer-hangs-up": ("answered", "customer", "1", 2, 2, OPERATOR),
    "answered-operator-hangs-up": ("answered", "operator", "1", 2, 2, OPERATOR),
    "rings-out-trainee-answers": ("answered", "customer", "1", 7, 1, TRAINEE),
    "operator-lost-another-answers": ("answered", "customer", "1", 1, 7, TRAINEE),
    "operator-lost-second-hangs-up": ("answered", "operator", "1", 1, 7, TRAINEE),
    "operator-lost-caller-leaves": ("cut_off", "customer", "1", 1, 5, TRAINEE),
    "kept-place": ("asked_callback", "system", "1", 6, 0, None),
    "agi-dead": ("answered", "customer", "", 1, 1, OPERATOR),
    "agi-frozen": ("answered", "customer", "", 1, 1, OPERATOR),
}

# what became of an attempt: result, the call's ending, who ended it, seconds talked
ATTEMPTS = {
    "callback-answered-customer-hangs-up": ("answered", "answered", "customer", 3),
    "callback-answered-operator-hangs-up": ("answered", "answered", "operator", 3),
    "callback-busy": ("busy", "not_reached", "system", 0),
    "callback-no-answer": ("no_answer", "not_reached", "system", 0),
    "callback-wrong-number": ("wrong_number", "not_reached", "system", 0),
    "callback-declined": ("declined", "not_reached", "system", 0),
    "callback-congestion": ("trunk_dead", "not_reached", "system", 0),
    "callback-operator-gives-up": ("operator_gave_up", "not_reached", "operator", 0),
}


# the same of a place kept in the line: result, ending, who ended it, seconds talked, operator
PLACES = {
    "place-answered-customer-hangs-up": ("answered", "answered", "customer", 3, OPERATOR),
    "place-answered-operator-hangs-up": ("answered", "answered", "operator", 3, OPERATOR),
    "place-rings-out-trainee-answers": ("answered", "answered", "customer", 2, TRAINEE),
    "place-busy": ("busy", "not_reached", "system", 0, OPERATOR),
    "place-operator-gives-up": ("operator_gave_up", "not_reached", "operator", 0, OPERATOR),
}


def only(name: str) -> list[Event]:
    (events,) = recorded.sets(name)
    return events


def ours(event: str, after: list[Event], at: dt.datetime | None = None, extra: str = "") -> Event:
    """A row of ours behind the others."""
    last = after[-1]
    return Event(last.id + 1, event, "", at or last.at, "", "", "", last.linkedid, last.linkedid, extra)


def said(event: Event, word: str) -> bool:
    return event.event == "USER_DEFINED" and event.name == word


@pytest.mark.parametrize(("name", "story"), STORIES.items())
def test_a_call_tells_how_it_ended_and_how_long_each_part_took(name, story):
    call = fold(only(name))
    assert (
        call.ending, call.ended_by, call.menu_path, call.wait_seconds, call.talk_seconds, call.operator_id
    ) == story  # fmt: skip
    assert call.direction == "in"
    assert call.customer in (CUSTOMER, OTHER)
    assert call.shop_id in (1, 2, 3)
    assert call.did_id == call.shop_id
    assert call.arrived_at < call.ended_at


@pytest.mark.parametrize(("name", "story"), ATTEMPTS.items())
def test_an_attempt_tells_what_became_of_it_and_makes_a_call(name, story):
    events = only(name)
    call, news = fold(events), dialled(events)
    assert (news.result, call.ending, call.ended_by, call.talk_seconds) == story
    assert (call.direction, call.customer, call.operator_id) == ("callback", CUSTOMER, OPERATOR)
    assert news.attempt == call.attempt == call.key.removeprefix("cb-")
    assert call.recording == (f"{call.key}.alaw" if call.talk_seconds else "")


@pytest.mark.parametrize(("name", "story"), PLACES.items())
def test_a_kept_place_is_a_callback_that_begins_when_her_telephone_rings(name, story):
    events = only(name)
    call, news, place = fold(events), dialled(events), told(events)
    assert (news.result, call.ending, call.ended_by, call.talk_seconds, call.operator_id) == story
    assert (call.direction, call.customer, call.line_at, call.wait_seconds) == ("callback", CUSTOMER, None, None)
    assert news.attempt == call.attempt == place.public_id == call.key.removeprefix("cb-")
    rang = [leg.rang_at for leg in call.legs if leg.user_id == call.operator_id]
    assert [call.arrived_at] == rang and place.was_dialled and place.ended_at and place.rings is None


def test_a_placeholder_makes_no_call_until_an_operator_picks_up():
    events = only("place-rings-out-trainee-answers")
    picked_up = next(n for n, event in enumerate(events) if event.name == names.EVENT_CALLBACK)
    waiting, rings = told(events[:3]), told(events[:4])
    assert fold(events[:picked_up]) is None
    assert (waiting.rings, rings.rings, rings.taken_at, rings.was_dialled) == (None, OPERATOR, None, False)
    assert told(only("callback-busy")) is None


def test_who_keeps_his_place_keeps_it_since_he_entered_the_line():
    call = fold(only("kept-place"))
    assert dt.timedelta() <= call.line_at - call.kept_since < dt.timedelta(seconds=1)


def test_an_operator_who_does_not_pick_up_makes_no_call_but_ends_the_attempt():
    events = only("callback-operator-no-answer")
    assert fold(events) is None
    assert dialled(events) == Dialled("operator-no-answer", "operator_no_answer", events[-1].at)


@pytest.mark.parametrize(("reason", "result"), [("0", "operator_unreachable"), ("3", "operator_no_answer")])
def test_an_originate_that_left_no_rows_ends_the_attempt(reason, result):
    at = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    row = Event(1, names.ROW_ORIGINATE_REFUSED, "", at, "", "", "", "cb-x", "cb-x", reason)
    assert dialled([row]) == Dialled("x", result, at)


@pytest.mark.parametrize("status", ["CONGESTION", "CHANUNAVAIL", "INVALIDARGS", "whatever"])
def test_what_a_trunk_answers_for_itself_is_a_dead_trunk(status):
    assert result_of(status, 18) == "trunk_dead"


def test_a_callback_that_is_still_ringing_or_talking_has_no_result():
    events = only("callback-answered-customer-hangs-up")
    told = next(place for place, event in enumerate(events) if said(event, names.EVENT_DIALLED))
    assert [dialled(events[:count]) for count in range(1, told + 1)] == [None] * told


def test_every_telephone_that_was_rung_is_a_leg():
    first, second = fold(only("rings-out-trainee-answers")).legs
    assert (first.party, first.user_id, first.answered_at) == ("operator", OPERATOR, None)
    assert (second.party, second.user_id, second.cause) == ("operator", TRAINEE, 16)
    assert first.ended_at <= second.rang_at < second.answered_at < second.ended_at
    (mobile,) = fold(only("mobile-answered")).legs
    assert (mobile.party, mobile.user_id) == ("mobile", None)
    operator, customer = fold(only("callback-busy")).legs
    assert (operator.party, customer.party, customer.cause) == ("operator", "customer", 17)


def test_a_caller_who_was_handed_over_stays_his_operators_call():
    call = fold(recorded.events("handed-over"))
    assert (call.ending, call.ended_by, call.operator_id) == ("answered", "customer", OPERATOR)
    assert "transferred" in call.flags.split()
    operator, mobile = call.legs
    assert (operator.party, mobile.party, mobile.user_id) == ("operator", "mobile", None)
    assert operator.answered_at < mobile.answered_at < operator.ended_at < mobile.ended_at
    assert call.talk_seconds == pytest.approx((call.ended_at - call.answered_at).total_seconds(), abs=1)


def test_two_callers_at_once_are_two_calls():
    talking, waiting = (fold(events) for events in recorded.sets("two-one-waits"))
    assert (talking.ending, talking.shop_id) == ("answered", 1)
    assert (waiting.ending, waiting.shop_id, waiting.legs) == ("abandoned_line", 2, ())


def test_a_withheld_number_is_nobodys_even_when_it_came_along():
    events = only("withheld")
    number = next(json.loads(event.extra)["extra"] for event in events if said(event, names.EVENT_CALL_IN))
    assert number == f"1|1|prohib_not_screened|{CUSTOMER}"
    call = fold(events)
    assert (call.withheld, call.customer, call.callback_number) == (True, None, None)


def test_a_caller_who_shows_no_number_is_withheld():
    call = fold(only("anonymous"))
    assert (call.withheld, call.customer, call.callback_number) == (True, None, None)


def test_a_caller_with_one_of_our_numbers_is_withheld():
    events = only("own-number")
    assert fold(events).customer == "+380442000002"
    call = fold([*events, ours(names.ROW_OWN_NUMBER, events)])
    assert (call.withheld, call.customer, call.callback_number) == (True, None, None)


def test_a_number_typed_for_the_callback_is_called_and_not_the_callers():
    events = only("asked-callback")
    typed = [e._replace(extra='{"extra":"0672223344"}') if said(e, names.EVENT_ASKED) else e for e in events]
    call = fold(typed)
    assert (call.customer, call.callback_number) == (CUSTOMER, OTHER)


def test_a_message_is_no_contact_and_its_file_is_known():
    call = fold(only("voicemail-closed"))
    assert (call.ending, call.answered_at, call.recording, call.flags) == ("closed", None, "", "voicemail")
    assert call.voicemail == f"vm-{call.key}.alaw"


def test_a_caller_whom_the_owner_took_out_of_the_line_waited_and_was_answered_by_no_operator():
    call = fold(recorded.events("overflow-mobile"))
    assert (call.ending, call.ended_by, call.operator_id, call.wait_seconds, call.talk_seconds) == (
        "answered", "operator", None, 4, 1)  # fmt: skip
    assert set(call.flags.split()) == {"overflow-mobile", "agi-dead"}
    assert [leg.party for leg in call.legs] == ["mobile"]


def test_a_tick_and_a_number_nobody_serves_are_no_calls():
    assert fold(only("tick")) is None
    assert dialled(only("tick")) is None


def test_our_own_failures_are_flagged():
    assert fold(only("agi-dead")).flags == "agi-dead"
    assert fold(only("agi-frozen")).flags == "agi-frozen"
    assert fold(only("mobile-busy")).flags == "last-resort-mobile"


# --- what Asterisk never told ---------------------------------------------------------------------------------


def test_calls_alive_when_asterisk_died_are_cut_off_once_it_started_again():
    talking, waiting = recorded.sets("killed")
    assert fold(talking).ended_at is None
    assert fold(talking).ending == fold(waiting).ending == ""
    died = max(talking[-1].at, waiting[-1].at) + dt.timedelta(seconds=20)
    restart = Restart(waiting[-1].id + 1, died + dt.timedelta(hours=8), died)
    spoke, waited = fold(talking, [restart]), fold(waiting, [restart])
    assert (spoke.ending, spoke.ended_by, spoke.ended_at) == ("cut_off", "system", died)
    assert spoke.talk_seconds == int((died - spoke.answered_at).total_seconds() + 0.5)
    assert spoke.legs[0].ended_at == died
    assert (waited.ending, waited.ended_at) == ("cut_off", died)
    assert waited.wait_seconds == int((died - waited.line_at).total_seconds() + 0.5)


def test_a_call_that_came_after_the_start_is_not_cut_off_though_the_start_was_noticed_later():
    events = recorded.sets("killed")[1]
    earlier = events[0].at - dt.timedelta(seconds=1)
    assert fold(events, [Restart(events[-1].id + 1, earlier, earlier)]).ended_at is None


def test_a_start_before_the_call_means_nothing_to_it():
    events = [event._replace(id=event.id + 100) for event in only("hangup-in-menu")]
    assert fold(events[:6], [Restart(1, events[-1].at, events[0].at)]).ended_at is None


def test_a_call_whose_end_was_lost_is_cut_off_when_asterisk_knows_it_no_more():
    events = [event for event in recorded.sets("killed")[1]]
    gone_at = events[-1].at + dt.timedelta(seconds=9)
    call = fold([*events, ours(names.ROW_CHANNEL_GONE, events, gone_at)])
    assert (call.ending, call.ended_at) == ("cut_off", gone_at)


def test_a_call_that_lacks_only_its_last_row_ended_as_it_did():
    events = only("answered-customer-hangs-up")
    torn = [event for event in events if event.event != "LINKEDID_END"]
    assert fold(torn).ended_at is None
    gone = ours(names.ROW_CHANNEL_GONE, torn, torn[-1].at + dt.timedelta(hours=1))
    whole, mended = fold(events), fold([*torn, gone])
    assert (mended.ending, mended.ended_at, mended.ended_by) == (whole.ending, whole.ended_at, whole.ended_by)


def test_a_callback_cut_off_in_conversation_was_answered_and_before_it_not_dialled():
    events = only("callback-answered-customer-hangs-up")
    bridged = [place for place, event in enumerate(events) if event.event == "BRIDGE_ENTER"][-1] + 1
    at = events[-1].at + dt.timedelta(seconds=30)
    for count, result in ((bridged, "answered"), (3, "not_dialled")):
        rows = events[:count]
        assert dialled([*rows, ours(names.ROW_CHANNEL_GONE, rows, at)]).result == result


def test_a_caller_whose_operator_died_is_flagged_and_all_his_talk_counts():
    call = fold(only("operator-lost-another-answers"))
    assert call.flags == "returned-to-line"
    lost, found = call.legs
    assert (lost.user_id, lost.cause, found.user_id) == (OPERATOR, 44, TRAINEE)
    assert call.answered_at < lost.ended_at < found.answered_at
    parted = (call.ended_at - call.answered_at).total_seconds()
    assert call.talk_seconds < parted - (found.answered_at - lost.ended_at).total_seconds()


def test_a_call_broken_with_the_operators_telephone_is_cut_off_without_a_second_try_too():
    events = only("operator-lost-caller-leaves")
    lost = next(place for place, event in enumerate(events) if said(event, names.EVENT_OPERATOR_LOST))
    end = [event for event in events[lost:] if event.event in ("HANGUP", "CHAN_END", "LINKEDID_END")]
    assert fold([*events[:lost], *end]).ending == "cut_off"


# --- whatever happens ------------------------------------------------------------------------------------------


def test_a_clock_that_steps_back_gives_no_negative_time_and_is_flagged():
    events = only("answered-customer-hangs-up")
    bridged = [place for place, event in enumerate(events) if event.event == "BRIDGE_EXIT"][0]
    hour = dt.timedelta(hours=1)
    call = fold([*events[:bridged], *(event._replace(at=event.at - hour) for event in events[bridged:])])
    assert (call.ending, call.talk_seconds) == ("answered", 0)
    assert call.flags == "negative-duration"


def test_seconds_are_rounded_half_up():
    events = only("answered-customer-hangs-up")
    bridge = next(event for event in events if event.event == "BRIDGE_ENTER" and event.uniqueid == events[0].uniqueid)
    for length, seconds in ((0.49, 0), (0.5, 1), (59.5, 60), (60.499, 60)):
        at = bridge.at + dt.timedelta(seconds=length)
        moved = [e._replace(at=at) if e.id > bridge.id else e for e in events]
        assert fold(moved).talk_seconds == seconds


@pytest.mark.parametrize("name", recorded.NAMES)
def test_a_call_is_the_same_one_from_its_first_rows_to_its_last(name):
    for events in recorded.sets(name):
        told = [fold(events[:count]) for count in range(1, len(events) + 1)]
        calls = [call for call in told if call]
        assert {(call.id, call.key) for call in calls} <= {(events[0].id, events[0].linkedid)}
        ended = [bool(call.ended_at) for call in calls]
        assert ended == sorted(ended)


@given(st.sampled_from(recorded.NAMES), st.data())
def test_no_loss_or_disorder_of_rows_stops_the_fold(name, data):
    events = recorded.events(name)
    kept = data.draw(st.lists(st.sampled_from(events), min_size=1, max_size=len(events)))
    call = fold(kept, [Restart(9999, events[-1].at, events[0].at)])
    assert call is None or call.talk_seconds >= 0
    dialled(kept)


@pytest.mark.parametrize("extra", ["", "nonsense", "[]", '{"extra":null}', '{"extra":"x|y"}', '{"extra":"1|99999"}'])
def test_a_user_event_that_says_nonsense_does_not_stop_the_fold(extra):
    events = [e._replace(extra=extra) if e.event == "USER_DEFINED" else e for e in only("asked-callback")]
    assert fold(events).direction == "in"
