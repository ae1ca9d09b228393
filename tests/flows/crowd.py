"""Many callers at once, each with his own number and his own recording: four in each telephone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.flows.cast import SOAP, TEA, TOOLS, Cast
from tests.flows.phones import Telephone

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
