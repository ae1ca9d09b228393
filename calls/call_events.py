"""What happened in a call, told by its rows: the pure fold of one connected set of call events into one Call.

The rows come in file order and that is the only order: clocks step back, so a negative duration is 0 and flagged.
The fold asks nobody anything; what it needs and Asterisk does not write (a restart, a channel that vanished, a
caller who is one of ours) stands among the rows as a row of our own. So the same rows give the same Call for ever.

A set without CALL_IN or CALLBACK (a refused number, a whisper, an operator who never picked up) is no Call.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from calls import numbers
from calls.call_legs import (
    End,
    Event,
    Leg,
    Restart,
    Talk,
    end_of,
    integer,
    is_placeholder,
    legs_of,
    talks_of,
    words,
)
from pbx import names

_DIALLED_NUMBER = re.compile(r"PJSIP/(\+?[0-9]+)@", re.ASCII)


@dataclass(frozen=True)
class Call:
    """A call as models.Call describes it; id is its first row's. callback_number: who is owed a call, if anybody;
    kept_since: the instant his place in the line counts from, when he asked to keep it; voicemail: the file into which
    he may have spoken."""

    id: int
    key: str
    direction: str
    shop_id: int | None
    did_id: int | None
    customer: str | None
    withheld: bool
    arrived_at: dt.datetime
    menu_path: str
    line_at: dt.datetime | None
    wait_seconds: int | None
    answered_at: dt.datetime | None
    operator_id: int | None
    talk_seconds: int
    ended_at: dt.datetime | None
    ended_by: str
    ending: str
    attempt: str
    recording: str
    flags: str
    legs: tuple[Leg, ...]
    callback_number: str | None
    kept_since: dt.datetime | None = None
    voicemail: str = ""


@dataclass(frozen=True)
class Dialled:
    """What became of an attempt: its public id, one of models.Attempt.RESULTS, when, and how long they spoke."""

    attempt: str
    result: str
    at: dt.datetime
    talk_seconds: int = 0


def fold(events: Sequence[Event], restarts: Iterable[Restart] = ()) -> Call | None:
    """The Call that a connected set of rows, in file order, tells of; None when it tells of none."""
    opening = _first(events, names.EVENT_CALL_IN, names.EVENT_CALLBACK)
    if opening is None:
        return None
    main = opening.uniqueid
    end = end_of(events, main, restarts)
    legs = _ended(legs_of(events, opening), end)
    talks = _closed(talks_of(events, main, legs), end)
    came_in = opening.name == names.EVENT_CALL_IN
    attempt, did, shop = ("", *words(opening, 2)) if came_in else words(opening, 3)
    customer, withheld = _caller(events, opening) if came_in else (_called(events), False)
    arrived_at = _arrived_at(events, opening, legs)
    line = _first(events, names.EVENT_LINE)
    nobody = _first(events, names.EVENT_NOBODY)
    answered_at = talks[0].starts_at if talks else None
    waited_until = answered_at or (nobody and nobody.at) or (end and end.at)
    speaker = _spoken_to(talks, legs) if came_in else _caller_back(legs)
    spans = [(arrived_at, end.at)] if end else []
    spans += [(line.at, waited_until)] if line and waited_until else []
    spans += [(talk.starts_at, talk.ends_at) for talk in talks if talk.ends_at]
    return Call(
        id=events[0].id,
        key=events[0].linkedid,
        direction="in" if came_in else "callback",
        shop_id=integer(shop),
        did_id=integer(did),
        customer=customer,
        withheld=withheld,
        arrived_at=arrived_at,
        menu_path=">".join(value for step, value in _menu(events) if step == "key"),
        line_at=line and line.at,
        wait_seconds=_whole(_length(line.at, waited_until)) if line and waited_until else None,
        answered_at=answered_at,
        operator_id=speaker.user_id if speaker else None,
        talk_seconds=_whole(_talk(talks)),
        ended_at=end and end.at,
        ended_by=_ended_by(end, main, legs, came_in),
        ending=_ending(events, end, main, legs, talks, came_in) if end else "",
        attempt=attempt,
        recording=_last_word(events, names.EVENT_RECORDING) if talks else "",  # of a bridged part only
        flags=" ".join(sorted(_flags(events, spans))),
        legs=tuple(legs.values()),
        callback_number=numbers.normalise(_last_word(events, names.EVENT_ASKED, names.EVENT_KEPT)) or customer,
        kept_since=_kept_since(events),
        voicemail=_last_word(events, names.EVENT_VOICEMAIL),
    )


def _arrived_at(events: Sequence[Event], opening: Event, legs: Mapping[str, Leg]) -> dt.datetime:
    """When the call began: a kept place's when the telephone of the operator rang who took it."""
    if is_placeholder(opening):
        taken = [leg.rang_at for leg in legs.values() if leg.party == "operator" and leg.answered_at]
        return taken[-1] if taken else opening.at
    starts = (e.at for e in events if e.event == "CHAN_START" and e.uniqueid == opening.uniqueid)
    return next(starts, events[0].at)


def _spoken_to(talks: Sequence[Talk], legs: Mapping[str, Leg]) -> Leg | None:
    """The leg of the operator a caller spoke with last; handed over to a mobile, the call stays hers."""
    spoke = [leg for talk in talks if (leg := legs[talk.partner]).user_id is not None]
    return spoke[-1] if spoke else None


def _caller_back(legs: Mapping[str, Leg]) -> Leg | None:
    """The operator's leg of a callback: hers who picked up, or else was the last to be rung."""
    hers = [leg for leg in legs.values() if leg.party == "operator"]
    return next((leg for leg in reversed(hers) if leg.answered_at), hers[-1] if hers else None)


def dialled(events: Sequence[Event], restarts: Iterable[Restart] = ()) -> Dialled | None:
    """What became of the attempt whose rows these are; None while it lasts, or when they are no attempt's."""
    channel = events[0].linkedid
    attempt = channel.removeprefix("cb-")
    if attempt == channel:
        return None
    call, end = fold(events, restarts), end_of(events, channel, restarts)
    spoken = call.talk_seconds if call else 0
    told = _first(events, names.EVENT_DIALLED)
    refusal = next((e for e in events if e.event == names.ROW_ORIGINATE_REFUSED), None)
    if told:
        _, status, cause = words(told, 3)
        return Dialled(attempt, result_of(status, integer(cause)), told.at, spoken)
    if refusal:
        unreachable = refusal.extra == "0"
        return Dialled(attempt, "operator_unreachable" if unreachable else "operator_no_answer", refusal.at)
    if end is None:
        return None
    if end.was_cut:
        return Dialled(attempt, "answered" if spoken else "not_dialled", end.at, spoken)
    return Dialled(attempt, "operator_gave_up" if call else "operator_no_answer", end.at)


def result_of(status: str, cause: int | None) -> str:
    """An attempt's result from DIALSTATUS and Q.850 cause, as Asterisk 22 gave them for what providers answer."""
    if (
        status == "CHANUNAVAIL"
    ):  # 404, 484; 603 and 403 look alike; the rest is a provider who is silent, a trunk found dead
        return {1: "wrong_number", 28: "wrong_number", 21: "declined"}.get(cause, "trunk_dead")
    return {
        "ANSWER": "answered",
        "BUSY": "busy",
        "NOANSWER": "no_answer",
        "CANCEL": "operator_gave_up",
        "REFUSED": "refused",
        "": "operator_gave_up",
    }.get(status, "trunk_dead")


def _ending(
    events: Sequence[Event], end: End, main: str, legs: Mapping[str, Leg], talks: Sequence[Talk], came_in: bool
) -> str:
    if end.was_cut or (talks and came_in and talks[-1].is_lost(legs)):
        return "cut_off"
    if talks:
        return "answered"
    if not came_in:
        return "not_reached"
    if not any(event.event == "ANSWER" and event.uniqueid == main for event in events):
        return "refused"
    if _first(events, names.EVENT_ASKED, names.EVENT_KEPT):
        return "asked_callback"
    return _unanswered(events)


def _unanswered(events: Sequence[Event]) -> str:
    """How a caller left who spoke with nobody: by the furthest he came."""
    steps = _menu(events)
    route = _first(events, names.EVENT_ROUTE)
    if _first(events, names.EVENT_NOBODY):
        return "no_operator"
    if _first(events, names.EVENT_LINE):
        return "abandoned_line"
    if (route and words(route)[0] == "closed") or any(step == "closed" for step, _ in steps):
        return "closed"
    if any(step == "information" or (step, value) == ("done", "goodbye") for step, value in steps):
        return "informed"
    if any(step in ("keys", "key", "wrong", "silence") for step, _ in steps):
        return "abandoned_menu"
    return "abandoned_greeting"


def _caller(events: Sequence[Event], opening: Event) -> tuple[str | None, bool]:
    """(E.164 or None, whether withheld): a number that comes along with a restricted presentation is not ours to use,
    no digits at all is "anonymous", and one of the union's own numbers is a forwarded call, whoever makes it."""
    _, _, presentation, number = words(opening, 4)
    own = any(event.event == names.ROW_OWN_NUMBER for event in events)
    if own or not number or not presentation.startswith("allowed"):
        return None, True
    return numbers.normalise(number), False


def _called(events: Iterable[Event]) -> str | None:
    """The E.164 number an operator's callback dialled."""
    dials = (_DIALLED_NUMBER.match(e.app_data) for e in events if e.event == "APP_START" and e.app == "Dial")
    return next((numbers.normalise(match[1]) for match in dials if match), None)


def _ended_by(end: End | None, main: str, legs: Mapping[str, Leg], came_in: bool) -> str:
    """customer, operator (or the owner's mobile), system; "" while it lives."""
    if end is None:
        return ""
    if came_in and end.hung_up_by == main:
        return "customer"
    leg = legs.get(end.hung_up_by)
    if leg is None:
        return "system"
    if leg.party == "customer":
        return "customer" if leg.answered_at else "system"  # one who was busy has ended nothing
    return "operator"


def _flags(events: Sequence[Event], spans: Iterable[tuple[dt.datetime, dt.datetime]]) -> set[str]:
    flags = {f"agi-{words(e, 2)[1]}" for e in events if e.event == "USER_DEFINED" and e.name == names.EVENT_AGI_FAILED}
    if _first(events, names.EVENT_OPERATOR_LOST):
        flags.add("returned-to-line")
    if _first(events, names.EVENT_TRANSFER):
        flags.add("transferred")
    if _first(events, names.EVENT_OVERFLOW):
        flags.add("overflow-mobile")
    if _first(events, names.EVENT_VOICEMAIL):
        flags.add("voicemail")
    resort = _first(events, names.EVENT_LAST_RESORT)
    if resort and words(resort)[0] == "mobile":
        flags.add("last-resort-mobile")
    if any(until < since for since, until in spans):
        flags.add("negative-duration")
    return flags


def _menu(events: Iterable[Event]) -> list[list[str]]:
    """The menu's steps, [step, value], in order."""
    return [words(e, 2) for e in events if e.event == "USER_DEFINED" and e.name == names.EVENT_MENU]


def _ended(legs: Mapping[str, Leg], end: End | None) -> dict[str, Leg]:
    """Legs that were cut off with the call end when it ended."""
    return {uid: leg if leg.ended_at or not end else replace(leg, ended_at=end.at) for uid, leg in legs.items()}


def _closed(talks: Iterable[Talk], end: End | None) -> list[Talk]:
    return [talk if talk.ends_at or not end else replace(talk, ends_at=end.at) for talk in talks]


def _talk(talks: Iterable[Talk]) -> dt.timedelta:
    return sum((_length(talk.starts_at, talk.ends_at) for talk in talks if talk.ends_at), dt.timedelta())


def _first(events: Iterable[Event], *wanted: str) -> Event | None:
    """The first user event of these names."""
    return next((event for event in events if event.event == "USER_DEFINED" and event.name in wanted), None)


def _last_word(events: Sequence[Event], *wanted: str) -> str:
    """The first word of the last user event of these names; "" when there was none."""
    said = _first(list(reversed(events)), *wanted)
    return words(said)[0] if said else ""


def _kept_since(events: Iterable[Event]) -> dt.datetime | None:
    """When he entered the line who asked to keep his place in it."""
    kept = _first(events, names.EVENT_KEPT)
    since = integer(words(kept, 2)[1]) if kept else None
    return None if since is None else dt.datetime.fromtimestamp(since, dt.UTC)


def _length(since: dt.datetime, until: dt.datetime) -> dt.timedelta:
    return max(until - since, dt.timedelta())


def _whole(length: dt.timedelta) -> int:
    """Whole seconds, rounded half up."""
    return int(length.total_seconds() + 0.5)
