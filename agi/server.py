"""The FastAGI server: one connection, one thread, one script; threads that have served wait for the next call.

It keeps two rules. A connection that is no call costs nothing: a port scan, half a header, a slow or endless one
is dropped within HEADER_SECONDS without a word in the log. And no fault of a script hurts another call: it is
logged, the connection closes, and Asterisk takes that caller to the line.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from asterisk.agi import AGIHangup

from agi.session import NotAgi, Session

MOST_CALLS = 256  # at once; a union of 20 shops needs fewer than 30
BACKLOG = 128
STOP_SECONDS = 3.0  # what a stopping server leaves its calls before it lets them go to the line
log = logging.getLogger(__name__)


class Server:
    """Listens from its making; serve() runs until stop()."""

    def __init__(
        self, address: tuple[str, int], script: Callable[[Session], None], margin_seconds: float, most: int = MOST_CALLS
    ) -> None:
        self._script = script
        self._margin_seconds = margin_seconds
        self._places = threading.BoundedSemaphore(most)
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="call")
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopping = False
        self._listener = socket.create_server(address, backlog=BACKLOG)

    @property
    def address(self) -> tuple[str, int]:
        return self._listener.getsockname()

    @property
    def calls(self) -> int:
        """How many connections are open now."""
        return len(self._open)

    def serve(self) -> None:
        """Accept until stopped, then see the calls off."""
        with self._listener:
            while not self._stopping:
                self._accept()
        self._see_off()

    def stop(self) -> None:
        """Make serve() end; may be called from a signal handler or another thread."""
        self._stopping = True
        with suppress(OSError):  # it has ended already
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            if not self._stopping:
                log.error("cannot accept a call: %s", error)  # out of file descriptors, mostly
                time.sleep(0.1)
            return
        if not self._places.acquire(blocking=False):
            log.error("more calls at once than may be served: one goes to the line")
            connection.close()
            return
        self._start(connection)

    def _start(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            self._threads.submit(self._serve_one, connection)
        except RuntimeError as error:
            log.error("cannot start a thread: %s", error)
            self._let_go(connection)

    def _serve_one(self, connection: socket.socket) -> None:
        try:
            self._run(connection)
        finally:
            self._let_go(connection)

    def _run(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(connection, self._margin_seconds)
        except (NotAgi, OSError):
            return
        try:
            self._script(session)
        except AGIHangup:
            pass
        except Exception:
            log.exception(
                "script %s failed on %s", session.env.get("agi_network_script"), session.env.get("agi_uniqueid")
            )

    def _let_go(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
            connection.close()
        self._places.release()

    def _see_off(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self._open and time.monotonic() < deadline:
            time.sleep(0.05)
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the caller was quicker
                    connection.shutdown(socket.SHUT_RDWR)
        self._threads.shutdown()
