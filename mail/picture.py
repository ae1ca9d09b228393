"""The small picture of a digest: calls per day as bars, a PNG made by hand so that any mail program shows it.

Pure. The ground is transparent and the colours are clear on white and on black, so that dark mode spoils nothing.
Words and numbers stand beside the picture as text: it adds nothing that the letter does not say.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 1040, 240  # twice as large as shown
GROUND, ANSWERED, CALLED, LOST, LINE = range(5)
PALETTE = bytes.fromhex("0000003d7fb88fb8d8d645458a949c")
ALPHA = bytes([0, 255, 255, 255, 255])
GAP = 0.3  # of a bar's room


def bars(days: Sequence[tuple[int, int, int]]) -> bytes:
    """A PNG: a bar per day of calls answered, called back or still waiting, and lost, from below upwards."""
    most = max((sum(day) for day in days), default=0) or 1
    room = WIDTH / max(1, len(days))
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    for number, day in enumerate(days):
        left, right = round((number + GAP / 2) * room), round((number + 1 - GAP / 2) * room)
        _stack(rows, left, right, day, (HEIGHT - 4) / most)
    for row in rows[-3:]:
        row[:] = bytes([LINE]) * WIDTH
    return _png(rows)


def _stack(rows: list[bytearray], left: int, right: int, day: tuple[int, int, int], unit: float) -> None:
    """One bar: unit is the height of a call; who is there at all is at least visible."""
    below, bottom = 0, HEIGHT - 4
    for colour, calls in zip((ANSWERED, CALLED, LOST), day, strict=True):
        top, start = round(bottom - (below + calls) * unit), round(bottom - below * unit)
        for row in rows[max(0, top) : start]:
            row[left:right] = bytes([colour]) * (right - left)
        below += calls


def _png(rows: list[bytearray]) -> bytes:
    """The file: palette colours, one byte a pixel (PNG specification, section 11)."""
    header = struct.pack(">IIBBBBB", WIDTH, len(rows), 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    parts = ((b"IHDR", header), (b"PLTE", PALETTE), (b"tRNS", ALPHA), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
