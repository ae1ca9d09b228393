"""Many callers at once, each with his own number and his own recording: four in each telephone; and what they were told."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from calls import presence
from models import Announced, Call
from tests.flows.announcements import begun, told
from tests.flows.box import until
from tests.flows.cast import SOAP, TEA, TOOLS, Cast
from tests.flows.phones import Telephone
from tests.flows.sound import heard

MADE_OUT = 0.5  # a busy machine tears some to pieces
SEATS = 4  # of a telephone: a fifth call would be answered busy


@dataclass(frozen=True)
class Caller:
    """One of them: his number, and the file in which is what he heard."""

    number: str
    file: Path
    phone: Telephone
    seat: int

    def began(self) -> float:
        """The epoch second at which his recording begins."""
        (event,) = self.phone.happened("recording", call=self.seat)
        return event["at"]


def call_in(cast: Cast, count: int, folder: Path) -> list[Caller]:
    """So many callers of the three shops, all at once; every one has been answered by the box."""
    phones = [
        cast.caller(record=str(folder / f"{number}-{{call}}.wav")) for number in range((count + SEATS - 1) // SEATS)
    ]
    crowd = [
        Caller(
            f"+38050222{place:04}",
            folder / f"{place // SEATS}-{place % SEATS}.wav",
            phones[place // SEATS],
            place % SEATS,
        )
        for place in range(count)
    ]
    for caller, did in zip(crowd, cycle((TEA, SOAP, TOOLS)), strict=False):
        caller.phone.call(cast.box.rings(did), user=caller.number)
    for phone in phones:
        for _ in [one for one in crowd if one.phone is phone]:
            phone.answered(30)
    return crowd


def hang_up(crowd: list[Caller]) -> None:
    """All of them, and their calls are facts."""
    for phone in {caller.phone for caller in crowd}:
        phone.hangup()
    until(lambda: not Call.select().where(Call.ended_at.is_null()).exists(), 20, "all are gone")


def operator_at_lunch(cast: Cast) -> Telephone:
    """The line is open and nobody answers: its operator is at table."""
    operator = cast.on_duty(cast.operator, 20)
    presence.take_break(cast.operator, "meal")
    until(lambda: "paused" in cast.member(cast.operator), 10)
    return operator


def lags(crowd: list[Caller], first_seconds: float) -> list[float]:
    """Once all were told and hung up: for each the seconds from when he should have been told to when he heard it.

    Fails when one heard nothing or another's place, or when more than a few can't be made out."""
    late, made_out = [], 0
    for caller in crowd:
        recorded = heard(caller.file)
        at = begun(recorded)
        assert at, f"{caller} was told nothing"
        if (said := told(recorded)) and said[0].at == at[0]:
            made_out += 1
            assert said[0].place == first_told(caller).place, f"{caller} was told another's place"
        late.append(caller.began() + at[0] - call_of(caller).line_at.timestamp() - first_seconds)
    assert made_out >= MADE_OUT * len(crowd), f"{made_out} of {len(crowd)} can be made out"
    return late


def call_of(caller: Caller) -> Call:
    return Call.get(Call.customer == caller.number)


def first_told(caller: Caller) -> Announced:
    return Announced.select().where(Announced.call_key == call_of(caller).key).order_by(Announced.at).get()


def all_told(crowd: list[Caller]) -> bool:
    return Announced.select(Announced.call_key).distinct().count() == len(crowd)
