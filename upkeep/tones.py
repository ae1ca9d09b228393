"""Tones: made, put into A-law, and found again in what was heard; a tone arrives or it does not, beyond doubt."""

from __future__ import annotations

import math
import wave
from bisect import bisect_left
from pathlib import Path

RATE = 8000
FRAME = 160  # samples in 20 ms


def tone(hertz: int, seconds: float, loudness: int = 8000) -> list[int]:
    """Samples of a sine, 16 bits, 8 kHz."""
    return [round(loudness * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(RATE * seconds))]


def write_wav(path: Path, samples: list[int]) -> None:
    """A .wav as Asterisk plays it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))


def seconds_of(alaw: bytes, hertz: int) -> float:
    """For how long a tone is heard: 20 ms frames that it makes up for the most part."""
    frames = (alaw[at : at + FRAME] for at in range(0, len(alaw) - FRAME + 1, FRAME))
    return sum(_is_tone([ALAW[code] for code in frame], hertz) for frame in frames) * FRAME / RATE


def to_alaw(samples: list[int]) -> bytes:
    """G.711 A-law: for each sample the code whose sound is nearest."""
    return bytes(_nearest(sample) for sample in samples)


def _is_tone(samples: list[int], hertz: int) -> bool:
    """Goertzel's algorithm: whether hertz carries more than a quarter of the energy of what is not silence.

    A quarter, because a recording mixes both sides."""
    energy = sum(sample * sample for sample in samples)
    if energy < len(samples) * 200**2:
        return False
    factor = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    power = before * before + last * last - factor * before * last
    return power > 0.25 * energy * len(samples) / 2


def _sound_of(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if code & 0x80 else -value


ALAW = [_sound_of(code) for code in range(256)]
_CODES = sorted(range(256), key=ALAW.__getitem__)
_SOUNDS = [ALAW[code] for code in _CODES]


def _nearest(sample: int) -> int:
    at = min(bisect_left(_SOUNDS, sample), 255)
    lower = max(at - 1, 0)
    return _CODES[at] if _SOUNDS[at] - sample <= sample - _SOUNDS[lower] else _CODES[lower]
