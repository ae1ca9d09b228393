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
LONGEST = 7  # seconds that place and wait take to say
LIKE = 0.65  # a piece that is said is the likest of all, and likelier than any is to what is not said at all
BEGINS = 0.4  # a lead in which packets were lost is still liker than anything else


@dataclass(frozen=True)
class Told:
    """Place and range as heard; at: seconds into the recording."""

    at: float
    place: int
    low: int
    high: int


def told(recorded: np.ndarray, language: str = "uk") -> list[Told]:
    """Every announcement in a recording that was heard to its end, in order."""
    starts = occurrences(recorded, piece(language, "place"), BEGINS)
    found = (_one(recorded[int(at * RATE) : int((at + LONGEST) * RATE)], language, at) for at in starts)
    return [one for one in found if one]


def _one(said: np.ndarray, language: str, at: float) -> Told | None:
    up, both = (peak(said, piece(language, lead))[0] for lead in ("wait-up", "wait"))
    place = _number(said, language, "place", range(1, LAST_PLACE + 1))
    low = _number(said, language, "from", MINUTES[1:-1]) if both > up else 0
    high = _number(said, language, "to", MINUTES[1:])
    return Told(at, place, low, high) if None not in (place, low, high) else None


def _number(said: np.ndarray, language: str, kind: str, numbers: Iterable[int]) -> int | None:
    """The number that is said in these words; None when none is."""
    alike = {number: _thirds(said, piece(language, f"{kind}-{number}")) for number in numbers}
    best = max(alike, key=alike.get)
    return best if alike[best] > LIKE else None


def _thirds(said: np.ndarray, sound: np.ndarray) -> float:
    """The mean likeness of its thirds, each where it is: a packet more or less between them spoils nothing."""
    size = len(sound) // 3
    return float(np.mean([peak(said, sound[start * size : (start + 1) * size])[0] for start in range(3)]))


def piece(language: str, name: str) -> np.ndarray:
    return samples(PIECES_DIR / language / f"{name}.wav")
