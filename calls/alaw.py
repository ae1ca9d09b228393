"""A recording as browsers play it: a WAV header in front of the A-law bytes that Asterisk wrote, made while it is read.

Nothing is converted and nothing is kept twice: byte n of the sound is byte n of the file, so any range is a seek.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

RATE = 8000
A_LAW = 6  # WAVE_FORMAT_ALAW
_HEADER = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI")
HEADER_BYTES = _HEADER.size


def header(samples: int) -> bytes:
    """The header of a WAV file of so many samples: one byte each, mono, 8000 a second."""
    return _HEADER.pack(
        b"RIFF", HEADER_BYTES - 8 + samples, b"WAVE",
        b"fmt ", 18, A_LAW, 1, RATE, RATE, 1, 8, 0,
        b"fact", 4, samples,
        b"data", samples,
    )  # fmt: skip


class Wav(io.RawIOBase):
    """A headerless A-law file as a readable, seekable WAV file; its size is that of the moment it was opened."""

    def __init__(self, path: Path):
        self._sound = path.open("rb")
        samples = self._sound.seek(0, io.SEEK_END) & ~1  # a chunk has an even length
        self._head, self._at = header(samples), 0
        self.size = HEADER_BYTES + samples

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer) -> int:
        wanted = min(len(buffer), max(0, self.size - self._at))
        piece = self._head[self._at : self._at + wanted]
        if len(piece) < wanted:
            self._sound.seek(self._at + len(piece) - HEADER_BYTES)
            piece += self._sound.read(wanted - len(piece))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._sound.close()
        super().close()
