"""What is said to who waits: every place and every range has its words, in every language."""

from __future__ import annotations

import re
import wave
from itertools import combinations

import numpy as np
import pytest

from calls import announced, phrasing
from calls.announced import MINUTES, Announcement
from settings import LANGUAGES, ROOT
from tests.flows.sound import samples

PIECES_DIR = ROOT / "static/prompts/waiting"
FILES = sorted(PIECES_DIR.glob("*/*.wav"))


def wording(language: str) -> dict[str, str]:
    """Piece -> what is said, as written down."""
    part = (PIECES_DIR / "WORDING.md").read_text().split(f"## {language}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", part, re.M)[1:])


def said(language: str, place: int, low: int, high: int, cause: str = "") -> str:
    words = wording(language)
    return " ".join(words[piece] for piece in phrasing.pieces(Announcement(place, low, high, 0, 1, cause)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_is_recorded_and_written_down_and_no_other(language):
    assert {file.stem for file in (PIECES_DIR / language).iterdir()} == set(phrasing.PIECES) == set(wording(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_and_every_range_is_put_together_from_pieces_there_are(language):
    words = wording(language)
    heard = {tuple(phrasing.pieces(Announcement(place, 1, 2, 90, 1))) for place in range(1, 31)}
    heard |= {tuple(phrasing.pieces(Announcement(1, low, high, 90, 1))) for low, high in combinations(MINUTES, 2)}
    assert len(heard) == 30 + len(MINUTES) * (len(MINUTES) - 1) // 2 - 1, "all are different"
    assert {piece for pieces in heard for piece in pieces} <= set(words)


@pytest.mark.parametrize(
    ("language", "place", "low", "high", "whole"),
    [
        ("uk", 3, 2, 4, "Ваше місце в черзі третє. Час очікування від двох до чотирьох хвилин."),
        ("uk", 1, 0, 1, "Ваше місце в черзі перше. Чекати залишилося до однієї хвилини."),
        ("uk", 22, 20, 25, "Ваше місце в черзі двадцять друге. Час очікування від двадцяти до двадцяти п'яти хвилин."),
        ("uk", 31, 50, 60, "Ваше місце в черзі після тридцятого. Час очікування від п'ятдесяти до години або довше."),
        ("ru", 2, 1, 5, "Ваше место в очереди второе. Время ожидания от одной до пяти минут."),
        ("ru", 30, 0, 1, "Ваше место в очереди тридцатое. Ждать осталось до одной минуты."),
        ("en", 3, 2, 4, "Your place in the queue: third. The wait is from two to four minutes."),
        ("en", 21, 0, 1, "Your place in the queue: twenty-first. The wait is up to one minute."),
        ("en", 40, 40, 60, "Your place in the queue: after the thirtieth. The wait is from forty to an hour or more."),
    ],
)
def test_numbers_stand_in_the_form_their_place_wants(language, place, low, high, whole):
    assert said(language, place, low, high) == whole


@pytest.mark.parametrize(
    ("language", "one", "many"), [("uk", "хвилини", "хвилин"), ("ru", "минуты", "минут"), ("en", "minute", "minutes")]
)
def test_only_one_minute_is_singular(language, one, many):
    words = wording(language)
    ends = {minutes: words[f"to-{minutes}"].rstrip(".").split()[-1] for minutes in MINUTES if 0 < minutes < 60}
    assert ends == {minutes: one if minutes == 1 else many for minutes in ends}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_number_is_the_same_word_at_both_ends(language):
    words = wording(language)
    for minutes in MINUTES[1:-1]:
        _, number = words[f"from-{minutes}"].split(maxsplit=1)
        assert words[f"to-{minutes}"].split(maxsplit=1)[1].rsplit(maxsplit=1)[0] == number


@pytest.mark.parametrize("cause", announced.CAUSES)
def test_a_longer_wait_begins_with_its_cause(cause):
    pieces = phrasing.pieces(Announcement(4, 5, 8, 400, 1, cause))
    assert pieces == [phrasing.CAUSES[cause], "place", "place-4", "wait", "from-5", "to-8"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_piece_is_even_begins_at_once_and_leaves_no_gap(file):
    with wave.open(str(file)) as opened:
        assert (opened.getframerate(), opened.getnchannels(), opened.getsampwidth()) == (8000, 1, 2)
    heard = samples(file)
    loud = np.flatnonzero(np.abs(heard) > 150)
    assert 0.3 < len(heard) / 8000 < 5
    assert -23 < 20 * np.log10(np.sqrt((heard**2).mean()) / 32768) < -17
    assert np.abs(heard).max() < 32000, "clipped"
    assert loud[0] / 8000 < 0.1 and (len(heard) - loud[-1]) / 8000 < 0.15


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pieces_sound_alike(language):
    sounds = [file.read_bytes() for file in FILES if file.parent.name == language]
    assert len(set(sounds)) == len(sounds) == len(phrasing.PIECES)
