"""Lines from a socket, with a limit on their length and on the time they may take.

The time is one deadline for the whole line, not for each byte: whoever sends a byte a second is late too.
"""

from __future__ import annotations

import socket
from time import monotonic

RECEIVE_BYTES = 8192


class TooLong(Exception):
    """The peer sent more than a line may hold."""


class TooLate(Exception):
    """The peer did not end its line in time."""


class Lines:
    """The lines a connected peer sends. Raises EOFError once it has closed its side."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def next(self, seconds: float, most_bytes: int) -> str:
        """The next line without its end, within seconds; bytes that are no UTF-8 become U+FFFD."""
        deadline = monotonic() + seconds
        while b"\n" not in self._buffer:
            if len(self._buffer) > most_bytes:
                raise TooLong
            self._receive(deadline)
        line, _, self._buffer = self._buffer.partition(b"\n")
        if len(line) > most_bytes:
            raise TooLong
        return line.decode("utf-8", "replace").removesuffix("\r")

    def _receive(self, deadline: float) -> None:
        left = deadline - monotonic()
        if left <= 0:
            raise TooLate
        self._connection.settimeout(left)
        try:
            received = self._connection.recv(RECEIVE_BYTES)
        except TimeoutError:
            raise TooLate
        except OSError:
            raise EOFError
        if not received:
            raise EOFError
        self._buffer += received
