"""What a caller was told, decoded from what his telephone recorded by matching the recorded pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from calls.announced import MINUTES
from calls.phrasing import LAST_PLACE
from settings import ROOT
from tests.flows.sound import RATE, occurrences, peak, samples

PIECES_DIR = ROOT / "static/prompts/waiting"
SLACK = RATE // 5  # between two pieces there may be a packet more or less
LIKE = 0.6  # short pieces over music: what is not said is below 0.4


@dataclass(frozen=True)
class Told:
    """Place and range as heard; at: seconds into the recording."""

    at: float
    place: int
    low: int
    high: int


def told(recorded: np.ndarray, language: str = "uk") -> list[Told]:
    """Every announcement in a recording that was heard to its end, in order."""
    lead = piece(language, "place")
    starts = [int(at * RATE) for at in occurrences(recorded, lead)]
    found = (_one(recorded, language, start, start + len(lead)) for start in starts)
    return [one for one in found if one]


def _one(recorded: np.ndarray, language: str, start: int, end: int) -> Told | None:
    place, end = _number(recorded, language, "place", range(1, LAST_PLACE + 1), end)
    after = recorded[end - SLACK : end + 2 * RATE]
    up, two = (peak(after, piece(language, name))[0] for name in ("wait-up", "wait"))
    end += len(piece(language, "wait-up" if up > two else "wait"))
    low = 0
    if two > up:
        low, end = _number(recorded, language, "from", MINUTES[1:-1], end)
    high, _ = _number(recorded, language, "to", MINUTES[1:], end)
    return Told(start / RATE, place, low, high) if None not in (place, low, high) else None


def _number(recorded: np.ndarray, language: str, kind: str, numbers: Iterable[int], end: int) -> tuple[int | None, int]:
    """The number whose piece begins about here, and where it ends; None when none is heard."""
    found = {}
    for number in numbers:
        sound = piece(language, f"{kind}-{number}")
        found[number] = peak(recorded[max(0, end - SLACK) : end + len(sound) + SLACK], sound)[0]
    best = max(found, key=found.get)
    return best if found[best] > LIKE else None, end + len(piece(language, f"{kind}-{best}"))


def piece(language: str, name: str) -> np.ndarray:
    return samples(PIECES_DIR / language / f"{name}.wav")
