"""A phrase is known again in what arrives over a telephone line, and no other is taken for it."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from settings import ROOT
from upkeep import speech
from upkeep.tones import FRAME, to_alaw

PHRASES = ROOT / "static/prompts/uk"


def alaw(phrase: Path) -> bytes:
    with wave.open(str(phrase)) as file:
        data = file.readframes(file.getnframes())
    return to_alaw([int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)])


def test_a_phrase_is_heard_whole_though_silence_is_around_it():
    sound = bytes([0xD5]) * 8000 + alaw(PHRASES / "no-operator.wav") + bytes([0xD5]) * 4000
    assert speech.said(sound, PHRASES / "no-operator.wav") == 1


def test_of_a_phrase_that_broke_off_half_was_heard():
    sound = alaw(PHRASES / "transfer-offer.wav")
    half = sound[: len(sound) // 2 // FRAME * FRAME]
    assert 0.3 < speech.said(half, PHRASES / "transfer-offer.wav") < 0.7


def test_lost_packets_spoil_no_more_than_themselves():
    sound = alaw(PHRASES / "no-operator.wav")
    frames = [sound[at : at + FRAME] for at in range(0, len(sound), FRAME)]
    arrived = b"".join(frame for number, frame in enumerate(frames) if number % 10)
    assert speech.said(arrived, PHRASES / "no-operator.wav") > 0.85


@pytest.mark.parametrize("other", ["kept", "closed", "transfer-offer", "voicemail-speak", "will-call"])
def test_another_phrase_is_not_taken_for_it(other):
    assert speech.said(alaw(PHRASES / f"{other}.wav"), PHRASES / "no-operator.wav") < 0.05


def test_in_silence_nothing_was_said():
    assert speech.said(b"", PHRASES / "no-operator.wav") == 0
    assert speech.said(bytes([0xD5]) * 16000, PHRASES / "no-operator.wav") == 0
