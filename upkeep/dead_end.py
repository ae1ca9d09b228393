"""Our own process as a call finds it when it has died, and when it hangs: the kernel alone plays both.

A port that is bound and does not listen refuses, as after a crash. One that listens and never takes a call up lets
Asterisk connect and ask, and then nobody answers: as when a process is frozen.
"""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


class DeadEnd:
    """An address that refuses until it is frozen. Used as a context."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind((HOST, 0))
        self._socket.setblocking(False)

    def __enter__(self) -> DeadEnd:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def address(self) -> str:
        """host:port"""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def freeze(self) -> None:
        """From now on calls get through to it, and no further."""
        self._socket.listen()

    def asked(self) -> int:
        """How many times it was asked since it froze, or since this was asked last."""
        count = 0
        while True:
            try:
                self._socket.accept()[0].close()
            except OSError:
                return count
            count += 1
