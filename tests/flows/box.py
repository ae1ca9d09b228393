"""A whole box of its own for a test: database, Asterisk, FastAGI, scheduler, on loopback addresses nobody shares.

The cast (see `cast.py`) is three shops behind one trunk, an operator and a trainee. Asterisk runs as in
production: the same static files, the same generated ones, the same wrapper, out of the private root that
tests/run made. Everything started here is stopped by its own pid.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import models
import settings
from pbx import apply
from pbx.apply import modules_to_reload
from tests.flows.phones import PATIENCE, goes_first

HOUSE = Path(settings.__file__).parent
T = TypeVar("T")
WRAPPER = HOUSE / "deploy" / "asterisk"


def until(question: Callable[[], T], timeout: float = 10, what: str = "") -> T:
    """The first true answer to a question asked every 20 ms; timeout: what a quiet machine may need. Raises TimeoutError."""
    deadline = time.monotonic() + timeout * PATIENCE
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout} s: {what or question}")
        time.sleep(0.02)
    return answer


class Box:
    """Processes and folders of one test. Shortened waits are given as settings: Box(path, ring_seconds=3)."""

    def __init__(self, folder: Path, **changed):
        a, b = random.randrange(2, 250), random.randrange(1, 250)
        self.net = f"127.{a}.{b}"
        self.address = f"{self.net}.1"
        self.folder = folder
        root = os.environ.get("SPILKA_ASTERISK_ROOT")
        if not root:
            raise RuntimeError("SPILKA_ASTERISK_ROOT is not set: flows are run by tests/run")
        values = {
            "data_dir": folder / "data",
            "pbx_dir": folder / "pbx",
            "asterisk_root": root,
            "secret_key": "k" * 40,
            "ami_secret": "a" * 20,
            "web_bind": f"{self.address}:8000",
            "agi_bind": f"{self.address}:4573",
            "ami_bind": f"{self.address}:5038",
            "http_bind": f"{self.address}:8088",
            "sip_bind": f"{self.address}:5060",
            "phones_bind": f"{self.address}:5062",
            "phones_networks": f"{self.net}.20/30",
            "rtp_ports": "10000-11999",
            "ice_addresses": ice_addresses(self.address),
            "ring_seconds": 4,
            "wrapup_seconds": 1,
            "after_call_seconds": 0,
            "key_wait_seconds": 2,
            "rtp_timeout_seconds": 3,
            "voicemail_silence_seconds": 2,
            "tick_seconds": 3600,
            "reconcile_seconds": 1,
            "ballast_mb": 1,
            "drill_days": 0,
            "secure_cookies": "no",
        } | changed
        self.environ = {f"{settings.PREFIX}{name.upper()}": str(value) for name, value in values.items()}
        self.settings = settings.load(self.environ)
        for path in (self.settings.data_dir, self.settings.recordings_dir, self.settings.prompts_dir):
            path.mkdir(parents=True, exist_ok=True)
        self.processes: dict[str, subprocess.Popen] = {}
        self.telephones = []
        models.database.init(str(self.settings.database))
        models.database.connect(reuse_if_open=True)
        models.database.create_tables(models.TABLES)

    # --- processes -----------------------------------------------------------------------------------------

    def start_asterisk(self):
        """Write the configuration and wait until Asterisk is fully booted."""
        apply.apply(self.settings)
        self._start("asterisk", str(WRAPPER), "-f", "-C", self._conf())
        goes_first(self.processes["asterisk"])
        until(lambda: self.rx("core waitfullybooted").startswith("Asterisk has fully booted"), 20, "Asterisk booted")

    def start_agi(self):
        self._start("agi", sys.executable, "-m", "agi")
        host, _, port = self.settings.agi_bind.rpartition(":")
        until(lambda: _accepts(host, int(port)), 10, "FastAGI listens")

    def start_scheduler(self):
        started = self.log("scheduler").count("scheduler started")
        self._start("scheduler", sys.executable, "scheduler.py")
        until(lambda: self.log("scheduler").count("scheduler started") > started, 10, "the scheduler runs")

    def start_web(self):
        bind = self.settings.web_bind
        self._start("web", sys.executable, "-m", "gunicorn", "--no-control-socket", "-b", bind, "app:create_app()")
        host, _, port = bind.rpartition(":")
        until(lambda: _accepts(host, int(port)), 15, "web listens")

    def _start(self, name: str, *command: str):
        log = (self.folder / f"{name}.log").open("ab")
        environ = {**os.environ, **self.environ, "PYTHONPATH": str(HOUSE)}
        self.processes[name] = subprocess.Popen(
            command, cwd=HOUSE, env=environ, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def signal(self, name: str, number: int):
        """Send a signal to one of our processes: SIGSTOP freezes it (never while it writes: it would keep the database
        from everybody), SIGKILL is kill -9."""
        with models.database.atomic() if number == signal.SIGSTOP else contextlib.nullcontext():
            self.processes[name].send_signal(number)
        if number == signal.SIGKILL:
            self.processes.pop(name).wait()

    def stop(self):
        for phone in self.telephones:
            phone.close()
        for process in reversed(self.processes.values()):
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        models.database.close()

    # --- Asterisk ---------------------------------------------------------------------------------------------

    def _conf(self) -> str:
        return str(self.settings.pbx_dir / "etc" / "asterisk.conf")

    def rx(self, command: str) -> str:
        """What Asterisk's console answers to a command."""
        done = subprocess.run(
            [str(WRAPPER), "-C", self._conf(), "-rx", command],
            env={**os.environ, **self.environ}, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        return done.stdout.strip()

    def reconfigure(self):
        """Bring Asterisk to what the database says now."""
        for module in modules_to_reload(apply.apply(self.settings)):
            self.rx(f"module reload {module}")

    def cel(self) -> str:
        path = self.settings.cel_dir / "cel.csv"
        return path.read_text(errors="replace") if path.exists() else ""

    def channels(self) -> int:
        """How many channels are up."""
        return int(self.rx("core show channels count").split()[0])

    def log(self, name: str = "asterisk") -> str:
        path = self.settings.pbx_dir / "log" / "messages.log" if name == "asterisk" else self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def rings(self, number: str) -> str:
        """The URI a provider calls for a DID."""
        return f"sip:{number}@{self.settings.sip_bind}"


def ice_addresses(box_address: str) -> str:
    """This machine's own addresses, each to be told as the box's on loopback: browsers' sound stays there."""
    own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    return " ".join(f"{address}={box_address}" for address in own if "." in address)


def _accepts(host: str, port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0
