"""The tests' end of the telephones in phone.py: callers behind a trunk, operators' phones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 3  # how many times as long as a quiet machine needs a busy one is waited for
SCRIPT = Path(__file__).with_name("phone.py")


def goes_first(process: subprocess.Popen) -> subprocess.Popen:
    """The processor is its own before others', where that is allowed: sound that comes late is lost."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, process.pid, -10)
    return process


class Telephone:
    """One telephone process; its events are kept in order and can be waited for."""

    def __init__(self, **options):
        self.options = options
        self.events: list[dict] = []
        self.seen = 0
        self.news = threading.Condition()
        # a caller's telephone is another machine: how busy ours is must not slow it
        self.process = goes_first(subprocess.Popen(
            [sys.executable, str(SCRIPT), json.dumps(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ))  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        self.wait("ready")

    def _listen(self):
        for line in self.process.stdout:
            if not line.startswith("{"):
                continue
            with self.news:
                self.events.append(json.loads(line))
                self.news.notify_all()

    def wait(self, event: str, timeout: float = 10, **facts) -> dict:
        """The next event of this kind with these facts, after the last one waited for; timeout: what a quiet machine may
        need. Raises TimeoutError."""
        deadline = time.monotonic() + timeout * PATIENCE
        with self.news:
            while True:
                for index in range(self.seen, len(self.events)):
                    found = self.events[index]
                    if found["event"] == event and all(found.get(name) == value for name, value in facts.items()):
                        self.seen = index + 1
                        return found
                if not self.news.wait(deadline - time.monotonic()) or time.monotonic() > deadline:
                    raise TimeoutError(f"no {event} {facts} within {timeout} s; since then: {self.events[self.seen :]}")

    def happened(self, event: str, **facts) -> list[dict]:
        """Every event so far of this kind with these facts."""
        return [e for e in self.events if e["event"] == event and all(e.get(n) == v for n, v in facts.items())]

    def _do(self, what: str, **arguments):
        self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self.process.stdin.flush()

    def call(self, uri: str, headers: dict | None = None, user: str = ""):
        """Call, as user if another is to be shown than its own."""
        self._do("call", uri=uri, headers=headers, user=user)

    def answer(self, call: int = 0, code: int = 200):
        self._do("answer", call=call, code=code)

    def hangup(self):
        self._do("hangup")

    def press(self, digits: str):
        self._do("digits", digits=digits)

    def set(self, **options):
        """Change how the next call is met: record=file, play=file, answer=code."""
        self._do("set", **options)

    def unregister(self):
        self._do("unregister")

    def answered(self, timeout: float = 10) -> dict:
        return self.wait("state", timeout, state="CONFIRMED")

    def ended(self, timeout: float = 10) -> dict:
        return self.wait("state", timeout, state="DISCONNECTED")

    def kill(self):
        """Die without a word, as a laptop that lost its network."""
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            try:
                self._do("stop")
                self.process.wait(5)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self.kill()
        self.process.stdin.close()
