"""The telephones of a call as its rows tell: which were rung, who spoke with whom, when it was over.

Pure questions over one connected set of rows in file order; `call_events` makes a Call of the answers.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pbx import names

LOST_CAUSE = 44  # rtp_timeout: nothing was heard from her phone any more
_OPERATOR = re.compile(r"PJSIP/op-([0-9]+)-", re.ASCII)
_PLACEHOLDER = f"Local/s@{names.PLACE}-"
_TRUNK = re.compile(r"PJSIP/trunk-[0-9]+-", re.ASCII)


class Event(NamedTuple):
    """A row as the fold reads it; extra is Asterisk's JSON, or plain words in a row of ours."""

    id: int
    event: str
    name: str
    at: dt.datetime
    channel: str
    app: str
    app_data: str
    uniqueid: str
    linkedid: str
    extra: str


class Restart(NamedTuple):
    """Asterisk started: the row's id, when, and when the one before it was last known to live."""

    id: int
    at: dt.datetime
    alive_at: dt.datetime


@dataclass(frozen=True)
class Leg:
    """One telephone that was rung; id is the row that began it. user_id is None for a mobile or a customer."""

    id: int
    uniqueid: str
    party: str
    user_id: int | None
    rang_at: dt.datetime
    answered_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    cause: int | None = None


@dataclass(frozen=True)
class Talk:
    """The call's own channel and one leg in a bridge, in [starts_at, ends_at); who left it first."""

    partner: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    left_first: str = ""

    def is_lost(self, legs: Mapping[str, Leg]) -> bool:
        """Whether the other's telephone died in it."""
        return self.left_first == self.partner and legs[self.partner].cause == LOST_CAUSE


@dataclass(frozen=True)
class End:
    """When a call was over, by whose hang-up (a uniqueid, "" for nobody's), and whether it was cut off."""

    at: dt.datetime
    hung_up_by: str = ""
    was_cut: bool = False


def legs_of(events: Iterable[Event], opening: Event) -> dict[str, Leg]:
    """The telephones rung, by uniqueid; a caller's own is none, the operator's who calls back is one."""
    legs: dict[str, Leg] = {}
    for event in events:
        if event.event == "CHAN_START" and (leg := _new_leg(event, opening)):
            legs[event.uniqueid] = leg
        elif event.event == "ANSWER" and event.uniqueid in legs:
            legs[event.uniqueid] = replace(legs[event.uniqueid], answered_at=event.at)
        elif event.event == "HANGUP" and event.uniqueid in legs:
            cause = integer(extra(event).get("hangupcause"))
            legs[event.uniqueid] = replace(legs[event.uniqueid], ended_at=event.at, cause=cause)
    return legs


def talks_of(events: Iterable[Event], main: str, legs: Mapping[str, Leg]) -> list[Talk]:
    """The conversations between the main channel and a leg, in order; only the last may be without an end."""
    bridges: dict[str, dict[str, None]] = defaultdict(dict)  # bridge -> its members, in order of entering
    talks: list[Talk] = []
    for event in events:
        current = talks[-1] if talks and talks[-1].ends_at is None else None
        if event.event == "BRIDGE_ENTER":
            members = bridges[str(extra(event).get("bridge_id"))]
            members[event.uniqueid] = None
            others = [member for member in members if member in legs and member != main]
            if not current and main in members and others:
                talks.append(Talk(others[0], event.at))
        elif event.event in ("BRIDGE_EXIT", "HANGUP"):
            for members in bridges.values():
                members.pop(event.uniqueid, None)
            if current and event.uniqueid in (main, current.partner):
                talks[-1] = replace(current, ends_at=event.at, left_first=event.uniqueid)
    return talks


def end_of(events: Sequence[Event], main: str, restarts: Iterable[Restart]) -> End | None:
    """The end of the call; None while it lives. Cut off: it never hung up and Asterisk knows it no more."""
    hangup = next((event for event in reversed(events) if event.event == "HANGUP" and event.uniqueid == main), None)
    ends = [event for event in events if event.event == "LINKEDID_END"]
    gone_at = _gone_at(events, restarts)
    if hangup and is_placeholder(hangup):
        hangup = _first_hangup(events) or hangup
    if ends and (hangup or {event.linkedid for event in events} <= {end.linkedid for end in ends}):
        return End((hangup or ends[-1]).at, _source(events, hangup))
    if gone_at is None:
        return None
    return End(hangup.at, _source(events, hangup)) if hangup else End(gone_at, was_cut=True)


def is_placeholder(event: Event) -> bool:
    """Whether a row is of a channel that holds a place in the line: two halves, which end one after the other."""
    return event.channel.startswith(_PLACEHOLDER)


def extra(event: Event) -> dict:
    """Asterisk's JSON of a row; {} for none or nonsense."""
    try:
        found = json.loads(event.extra) if event.extra else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def words(event: Event, count: int | None = None) -> list[str]:
    """The words of a user event, at least one; exactly count when that is given, "" for those it lacks."""
    said = str(extra(event).get("extra", "")).split("|")
    return said if count is None else [*said, *[""] * count][:count]


def integer(text: object) -> int | None:
    """The whole number text is; None for anything else."""
    try:
        return int(str(text))
    except ValueError:
        return None


def _first_hangup(events: Iterable[Event]) -> Event | None:
    """The first hang-up after an operator took a placeholder: what ended first ended all of it."""
    rest = iter(events)
    taken = any(event.event == "USER_DEFINED" and event.name == names.EVENT_CALLBACK for event in rest)
    return next((event for event in rest if event.event == "HANGUP"), None) if taken else None


def _new_leg(event: Event, opening: Event) -> Leg | None:
    if match := _OPERATOR.match(event.channel):
        return Leg(event.id, event.uniqueid, "operator", int(match[1]), event.at)
    if _TRUNK.match(event.channel) and event.uniqueid != opening.uniqueid:
        party = "customer" if opening.name == names.EVENT_CALLBACK else "mobile"
        return Leg(event.id, event.uniqueid, party, None, event.at)
    return None


def _gone_at(events: Sequence[Event], restarts: Iterable[Restart]) -> dt.datetime | None:
    """When Asterisk was found to know the call no more: by itself, or because it started anew since."""
    gone = next((event for event in events if event.event == names.ROW_CHANNEL_GONE), None)
    if gone:
        return gone.at
    later = (restart for restart in restarts if restart.id > events[0].id and restart.at > events[0].at)
    restart = next(later, None)
    return max(events[-1].at, restart.alive_at) if restart else None


def _source(events: Iterable[Event], hangup: Event | None) -> str:
    """The uniqueid of the channel that hung up first, "" when it was Asterisk."""
    source = hangup and extra(hangup).get("hangupsource")
    started = (event for event in events if event.event == "CHAN_START" and event.channel == source)
    return next((event.uniqueid for event in started), "") if source else ""
