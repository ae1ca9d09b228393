"""Whether a phrase was said: found again in what a telephone heard, frame by frame, beyond doubt.

Asterisk sends a phrase as it stands in the file, 20 ms a packet; so the frames of a file and those that arrive have
their samples' signs in common, whatever A-law has rounded. A lost packet spoils one frame, not the phrase.
"""

from __future__ import annotations

import wave
from functools import cache
from pathlib import Path

from upkeep.tones import ALAW, FRAME, RATE

MOST_UNLIKE = 4  # signs, of 160, in which a frame may differ from its like
QUIET = 500  # of 32767: a frame without so loud a sample is a pause between words
_IS_POSITIVE = bytes(ALAW[code] > 0 for code in range(256)).translate(bytes([48, 49]) + bytes(254))


def said(alaw: bytes, phrase: Path) -> float:
    """The share (0.0–1.0) of a phrase's frames, a mono .wav of 8 kHz, that are in this sound."""
    wanted = _signs_of(phrase)
    heard = {_signs(alaw[at : at + FRAME]) for at in range(0, len(alaw) - FRAME + 1, FRAME)}
    found = sum(any((frame ^ other).bit_count() <= MOST_UNLIKE for other in heard) for frame in wanted)
    return found / len(wanted)


def seconds(phrase: Path) -> float:
    """How long a phrase lasts."""
    with wave.open(str(phrase)) as file:
        return file.getnframes() / file.getframerate()


@cache
def _signs_of(phrase: Path) -> list[int]:
    """The signs of each frame of a phrase that is not a pause."""
    with wave.open(str(phrase)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError(f"{phrase} is not as Asterisk plays it")
        data = file.readframes(file.getnframes())
    samples = [int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2)]
    frames = (samples[at : at + FRAME] for at in range(0, len(samples) - FRAME + 1, FRAME))
    return [int("".join("1" if one >= 0 else "0" for one in frame), 2) for frame in frames if max(frame) > QUIET]


def _signs(frame: bytes) -> int:
    return int(frame.translate(_IS_POSITIVE), 2)
