"""The figures of reports in words: each has a name and the definition that is printed beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from calls.counting import Counts


@dataclass(frozen=True)
class Figure:
    """A figure of a Counts: what it is called, what it means, how it is read and written (count, share, seconds).

    least: the number its share is of, for "not yet reliable"; None for counts."""

    name: str
    title: str
    meaning: str
    kind: str = "count"
    of: Callable[[Counts], int] | None = None


OFFERED = _l("Callers who came into the line, for an operator. Left out: who heard what he wanted from the menu or asked "
             "it for a callback, who came out of hours or gave up before the line, and short hang-ups.")  # fmt: skip

FIGURES = (
    Figure("arrived", _l("Calls"), _l("Everybody who rang and was answered by the menu or the line.")),
    Figure("before_line", _l("Ended before the line"), _l("In the greeting, the menu, or out of hours.")),
    Figure("short", _l("Short hang-ups"),
           _l("Left the line sooner than the shop's limit for a call that counts: apart, in no share below.")),
    Figure("offered", _l("Offered"), OFFERED),
    Figure("answered", _l("Answered"), _l("Offered calls in which somebody spoke with the caller.")),
    Figure("handled", _l("Answered by operators"), _l("Those of them in which an operator of the union spoke.")),
    Figure("by_mobile", _l("Taken by the owner's mobile"),
           _l("The others answered: out of the line, by a key of the menu, or with no operator signed on. In no figure of "
              "operators and on no bill.")),
    Figure("abandoned", _l("Abandoned"), _l("Offered calls in which the caller hung up while he waited.")),
    Figure("asked", _l("Left the line for a callback"), _l("Pressed the key that asks for a call instead of waiting.")),
    Figure("nobody", _l("Nobody on duty"), _l("No operator was signed on; a message or the owner's mobile remained.")),
    Figure("cut", _l("Broken off"), _l("Cut off by a fault of ours or of the operator's telephone.")),
    Figure("answered_share", _l("Share answered"), _l("Answered of offered."), "share", lambda c: c.offered),
    Figure("abandoned_share", _l("Share abandoned"), _l("Abandoned of offered."), "share", lambda c: c.offered),
    Figure("level", _l("Service level, of all offered"),
           _l("Answered within the time, of all offered: whoever gave up counts against it."), "share",
           lambda c: c.offered),
    Figure("level_patient", _l("Service level, without quick leavers"),
           _l("Answered within the time, of those offered who did not leave within it: they gave no chance to answer."),
           "share", lambda c: c.offered - c.abandoned_within),
    Figure("asa", _l("Average speed of answer (ASA)"),
           _l("Mean wait in the line of those answered."), "seconds", lambda c: c.answered),
    Figure("aht", _l("Average handling time (AHT)"),
           _l("Mean of talk and after-call work of the calls that operators answered."), "seconds",
           lambda c: c.handled),
    Figure("solved_share", _l("Solved at once"),
           _l("Conversations that the operator says settled it, of those of which she said so or not."), "share",
           lambda c: c.told),
    Figure("called", _l("Spoken with on a callback"), _l("Calls of ours in which somebody was spoken with.")),
)  # fmt: skip
BY_NAME = {figure.name: figure for figure in FIGURES}
OCCUPANCY = _l("Talk and after-call work, of the time she was there for calls: breaks and training are not.")
UNRELIABLE = _l("Not yet reliable: of fewer than %(least)s calls, one more moves a share by over three points.")
