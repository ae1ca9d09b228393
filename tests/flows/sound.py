"""What was heard: recorded audio against prompts, by normalised cross-correlation."""

from __future__ import annotations

import time
import wave
from pathlib import Path

import numpy as np

RATE = 8000
HEARD, NOT_HEARD = 0.8, 0.3


def samples(path: Path | str) -> np.ndarray:
    """Mono 8 kHz samples of a .wav or a headerless .alaw as floats."""
    path = Path(path)
    if path.suffix == ".alaw":
        return ALAW[np.frombuffer(path.read_bytes(), np.uint8)]
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE and file.getnchannels() == 1, path
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def heard(path: Path | str, timeout: float = 3) -> np.ndarray:
    """What a telephone recorded, once its call is over: pjsua2 writes the length a moment after the call."""
    deadline = time.monotonic() + timeout
    while Path(path).read_bytes()[4:8] in (b"", bytes(4)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return samples(path)


def likeness(recorded: np.ndarray, prompt: np.ndarray, seconds: float | None = None) -> float:
    """The best normalised cross-correlation (0–1) of a prompt, or its first seconds, anywhere in a recording."""
    return peak(recorded, prompt, seconds)[0]


def spoken(recorded: np.ndarray, phrase: np.ndarray) -> float:
    """The median likeness of a phrase's half-seconds: a telephone that drops one packet spoils one, not the whole."""
    return float(np.median([likeness(recorded, piece) for piece in _pieces(phrase)]))


def voice_in(recorded: np.ndarray, voice: np.ndarray) -> float:
    """The likeness of the half-second found best: of a voice that was played only a part is in a recording."""
    return max(likeness(recorded, piece) for piece in _pieces(voice))


def _pieces(sound: np.ndarray, size: int = RATE // 2) -> list[np.ndarray]:
    return [sound[start : start + size] for start in range(0, len(sound) - size + 1, size // 2)]


def peak(recorded: np.ndarray, prompt: np.ndarray, seconds: float | None = None) -> tuple[float, float]:
    """(likeness, seconds into the recording at which the prompt begins)."""
    scores = _scores(recorded, prompt[: int(seconds * RATE)] if seconds else prompt)
    at = int(scores.argmax())
    return float(scores[at]), at / RATE


def occurrences(recorded: np.ndarray, prompt: np.ndarray, least: float = HEARD) -> list[float]:
    """The seconds at which a prompt begins, each time it is in the recording."""
    scores, found = _scores(recorded, prompt), []
    while scores.max() > least:
        at = int(scores.argmax())
        found.append(at / RATE)
        scores[max(0, at - len(prompt)) : at + len(prompt)] = 0
    return sorted(found)


def _scores(recorded: np.ndarray, prompt: np.ndarray) -> np.ndarray:
    """The normalised cross-correlation (0–1) of a prompt at each sample it could begin at."""
    prompt = prompt - prompt.mean()
    if len(recorded) < len(prompt) or not prompt.any():
        return np.zeros(1)
    size = 1 << (len(recorded) + len(prompt)).bit_length()
    crossed = np.fft.irfft(np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(prompt, size)), size)
    crossed = crossed[: len(recorded) - len(prompt) + 1]
    sums = np.concatenate([[0], np.cumsum(recorded)])
    squares = np.concatenate([[0], np.cumsum(recorded**2)])
    n = len(prompt)
    energy = (squares[n:] - squares[:-n]) - (sums[n:] - sums[:-n]) ** 2 / n
    floor = n * 25.0  # quieter than this is silence, not a faint prompt
    return np.abs(crossed) / (np.sqrt(np.maximum(energy, floor)) * np.linalg.norm(prompt))


def loudness(recorded: np.ndarray) -> float:
    """Root mean square of the samples, 0–32767."""
    return float(np.sqrt((recorded**2).mean())) if len(recorded) else 0.0


def _alaw(code: int) -> float:
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return float(value if code & 0x80 else -value)


ALAW = np.array([_alaw(code) for code in range(256)])


def speech(path: Path, seed: int, seconds: float = 4.0) -> Path:
    """Write a .wav unlike any other seed's: band-limited noise in syllables, which survives A-law untouched."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal(int(seconds * RATE))
    smooth = np.convolve(noise, np.ones(6) / 6, "same")
    beat = np.repeat(random.uniform(0.2, 1.0, int(seconds * 5) + 1), RATE // 5)[: len(smooth)]
    data = smooth * beat
    data = data / np.abs(data).max() * 12000
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(data.astype("<i2").tobytes())
    return path
