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
LIKE = 0.7  # a piece that is said is the likest of all, and likelier than any is to what is not said at all
SLIPS = 0.6  # seconds by which a piece may come sooner or later than it should: a busy machine loses and adds packets
LEADS = ("wait", "wait-up")
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
    found = (_one(recorded, language, at) for at in begun(recorded, language))
    return [one for one in found if one]


def begun(recorded: np.ndarray, language: str = "uk") -> list[float]:
    """The seconds at which an announcement begins, whether or not all of it can be made out."""
    return occurrences(recorded, piece(language, "place"), BEGINS)


def _one(recorded: np.ndarray, language: str, at: float) -> Told | None:
    """What is said from there on, piece by piece, each where the one before it ends."""
    place, end = _number(recorded, language, "place", range(1, LAST_PLACE + 1), at + _seconds(language, "place"))
    lead = max(LEADS, key=lambda name: _thirds(recorded, piece(language, name), end)[0])
    _, end = _thirds(recorded, piece(language, lead), end)
    low, end = _number(recorded, language, "from", MINUTES[1:-1], end) if lead == "wait" else (0, end)
    high, _ = _number(recorded, language, "to", MINUTES[1:], end)
    return Told(at, place, low, high) if None not in (place, low, high) else None


def _number(
    said: np.ndarray, language: str, kind: str, numbers: Iterable[int], begins: float
) -> tuple[int | None, float]:
    """The number that is said there in these words, None when none is, and where it ends."""
    alike = {number: _thirds(said, piece(language, f"{kind}-{number}"), begins) for number in numbers}
    best = max(alike, key=lambda number: alike[number][0])
    likeness, end = alike[best]
    return (best if likeness > LIKE else None), end


def _thirds(said: np.ndarray, sound: np.ndarray, begins: float) -> tuple[float, float]:
    """The mean likeness of a sound's thirds, each near where the one before it ends: a packet more or less between
    them spoils nothing; and where it ends."""
    size, found, end = len(sound) // 3, [], begins
    for third in (sound[start * size : (start + 1) * size] for start in range(3)):
        first = max(0, int((end - SLIPS) * RATE))
        likeness, at = peak(said[first : int((end + SLIPS) * RATE) + size], third)
        found.append(likeness)
        end = first / RATE + at + size / RATE if likeness > LIKE else end + size / RATE
    return float(np.mean(found)), end


def _seconds(language: str, name: str) -> float:
    return len(piece(language, name)) / RATE


def piece(language: str, name: str) -> np.ndarray:
    return samples(PIECES_DIR / language / f"{name}.wav")
