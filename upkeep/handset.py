"""The sound of a telephone whose signalling SIPp does: speaks a tone, keeps what it hears, presses keys.

It listens at a port of its own and answers to wherever sound comes from, as telephones behind NAT do.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time

from upkeep.tones import FRAME, RATE, to_alaw, tone

ALAW_PAYLOAD, KEY_PAYLOAD = 8, 101
KEYS = "0123456789*#"


class Handset:
    """Sound in and out, from address:port, until closed."""

    def __init__(self, address: str, hertz: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(FRAME / RATE)
        self.port = self._socket.getsockname()[1]
        self._heard = bytearray()
        self._voice = to_alaw(tone(hertz, 1))  # whole periods, so it repeats without a click
        self._keys: list[str] = []
        self._open = True
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def heard(self) -> bytes:
        """All A-law sound that has arrived."""
        return bytes(self._heard)

    def press(self, key: str) -> None:
        """Press a key (RFC 4733)."""
        self._keys.append(key)

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._socket.close()

    def _talk(self) -> None:
        """Each 20 ms send a frame, to whoever sent one; a press takes the place of 8 frames."""
        peer, at, header = None, 0, Header()
        due = time.monotonic()
        while self._open:
            peer = self._listen(due) or peer
            due += FRAME / RATE
            if peer is None:
                continue
            if self._keys:
                for packet in header.press(self._keys.pop(0)):
                    self._socket.sendto(packet, peer)
                continue
            frame = self._voice[at : at + FRAME]
            at = (at + FRAME) % len(self._voice)
            self._socket.sendto(header.next(ALAW_PAYLOAD) + frame, peer)

    def _listen(self, until: float) -> tuple[str, int] | None:
        """Keep what arrives until then; who sent it."""
        peer = None
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                packet, peer = self._socket.recvfrom(2048)
            except (TimeoutError, ConnectionError):
                continue
            if len(packet) > 12 and packet[1] & 0x7F == ALAW_PAYLOAD:
                self._heard += packet[12:]
        return peer


class Header:
    """RTP headers in sequence (RFC 3550)."""

    def __init__(self) -> None:
        self._sequence, self._time, self._source = (
            random.getrandbits(15),
            random.getrandbits(30),
            random.getrandbits(32),
        )

    def next(self, payload: int, marker: bool = False, advance: int = FRAME) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._time += advance
        return struct.pack("!BBHII", 0x80, payload | marker << 7, self._sequence, self._time, self._source)

    def press(self, key: str) -> list[bytes]:
        """A key held for 160 ms; its end said three times, for two may be lost."""
        event, packets = KEYS.index(key), []
        for step in range(1, 9):
            duration, is_last = step * FRAME, step == 8
            body = struct.pack("!BBH", event, 0x80 * is_last | 10, duration)
            packets += [self.next(KEY_PAYLOAD, step == 1, 0) + body for _ in range(3 if is_last else 1)]
        self._time += 8 * FRAME
        return packets
