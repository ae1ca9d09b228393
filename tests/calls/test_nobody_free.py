"""Rows of real calls in which no operator was free in time: a message, the owner's mobile, the reserve, a kept place.

Asterisk's own, recorded from real telephones through the real dialplan with all of ours alive; each figure was reckoned
by hand from the instants in the file.
"""

from __future__ import annotations

import datetime as dt

from calls.call_events import Call, fold
from calls.call_legs import Event, Restart
from calls.place_events import told
from tests.calls import recorded

CUSTOMER, THIRD = "+380501112233", "+380935556677"
OPERATOR, TRAINEE = 1, 2


def facts(call: Call) -> tuple:
    """Ending, ended by, keys, seconds waited, seconds talked, operator, flags."""
    return (call.ending, call.ended_by, call.menu_path, call.wait_seconds, call.talk_seconds, call.operator_id,
            call.flags)  # fmt: skip


def seconds(since: dt.datetime, until: dt.datetime) -> float:
    return round((until - since).total_seconds(), 2)


def only(name: str) -> list[Event]:
    (events,) = recorded.sets(name)
    return events


def test_a_message_that_asterisks_death_broke_off_lives_until_it_starts_again_and_its_file_is_known():
    events = only("voicemail-killed")
    assert fold(events).ended_at is None
    died = events[-1].at + dt.timedelta(seconds=9)
    call = fold(events, [Restart(events[-1].id + 1, died + dt.timedelta(hours=1), died)])
    assert facts(call) == ("cut_off", "system", "2", None, 0, None, "voicemail")
    assert (call.ended_at, call.answered_at, call.line_at) == (died, None, None)
    assert (call.voicemail, call.callback_number) == (f"vm-{call.key}.alaw", CUSTOMER)


def test_a_message_left_with_no_operator_signed_on_is_of_a_call_that_met_nobody():
    call = fold(only("voicemail-no-operator"))
    assert facts(call) == ("no_operator", "system", "1", 0, 0, None, "voicemail")
    assert (call.voicemail, call.recording, call.legs) == (f"vm-{call.key}.alaw", "", ())
    assert seconds(call.arrived_at, call.ended_at) == 15.24


def test_a_caller_whom_the_owner_accepted_with_the_key_spoke_with_no_operator():
    call = fold(recorded.events("overflow-taken"))
    assert facts(call) == ("answered", "customer", "1", 4, 3, None, "overflow-mobile")
    (mobile,) = call.legs
    assert (mobile.party, mobile.user_id, mobile.uniqueid[:3]) == ("mobile", None, "ov-")
    assert seconds(mobile.answered_at, call.answered_at) == 2.68, "the offer was heard before he pressed"
    assert dt.timedelta() <= mobile.ended_at - call.ended_at < dt.timedelta(seconds=0.1)


def test_a_mobile_whose_own_voicemail_answered_leaves_the_call_as_it_was():
    waiting, offered = recorded.sets("overflow-not-accepted")
    assert facts(fold(waiting)) == ("abandoned_line", "customer", "1", 27, 0, None, "")
    assert fold(waiting).legs == () and fold(offered) is None
    assert seconds(offered[0].at, offered[-1].at) == 24.51, "the offer was said three times"


def test_whom_the_trainee_took_while_the_operator_spoke_is_hers_alone():
    first, second = (fold(events) for events in recorded.sets("reserve-takes"))
    assert (first.customer, *facts(first)) == (THIRD, "answered", "customer", "1", 1, 9, OPERATOR, "")
    assert (second.customer, *facts(second)) == (CUSTOMER, "answered", "customer", "1", 6, 2, TRAINEE, "")
    (leg,) = second.legs
    assert leg.user_id == TRAINEE and seconds(second.line_at, leg.rang_at) == 5.01, "not before he had waited"
    assert first.answered_at < second.answered_at < second.ended_at < first.ended_at


def test_a_place_kept_while_her_telephone_rang_is_kept_since_he_came_and_rings_her_next():
    caller, place = recorded.sets("kept-place-while-ringing")
    call = fold(caller)
    assert facts(call) == ("asked_callback", "system", "1", 5, 0, None, "")
    assert (call.kept_since, call.callback_number) == (call.line_at.replace(microsecond=0), CUSTOMER)
    (leg,) = call.legs
    assert (leg.user_id, leg.answered_at, leg.cause) == (OPERATOR, None, 0) and leg.ended_at < call.ended_at
    waiting = told(place)
    assert (waiting.rings, waiting.taken_at, waiting.ended_at) == (OPERATOR, None, None) and fold(place) is None
    assert place[0].at > call.ended_at, "nobody stands in the line twice"
