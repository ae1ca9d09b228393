"""SIPp plays the signalling of upkeep/sip/*.xml over real UDP; a Handset is its sound."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCENARIOS = Path(__file__).with_name("sip")


class SipFailed(Exception):
    """SIPp met something else than its scenario; the text is the last it said."""


@contextmanager
def sipp(scenario: str, box: str, address: str, *options: str, port: int = 0, **keys: object) -> Iterator[Run]:
    """SIPp from address towards box (address:port), meanwhile; keys fill the scenario's [words]."""
    with tempfile.TemporaryDirectory(prefix="spilka-sip-") as folder:
        words = [part for name, value in keys.items() for part in ("-key", name, str(value))]
        command = ["sipp", box, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", address, "-nostdin", "-timeout", "60"]
        command += ["-p", str(port or free_port(address)), "-trace_err", "-error_file", "errors", *options, *words]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Run(process, Path(folder) / "errors")
        finally:
            process.kill()
            process.wait()


class Run:
    """One SIPp at work."""

    def __init__(self, process: subprocess.Popen, errors: Path) -> None:
        self._process, self._errors = process, errors

    def finish(self, timeout_seconds: float) -> None:
        """Wait until the scenario has been played. Raises SipFailed."""
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            raise SipFailed(f"SIPp still waits after {timeout_seconds} s")
        self.complain()

    def complain(self) -> None:
        """Raises SipFailed if the scenario has met what it did not expect."""
        if self._process.poll():
            said = self._errors.read_text(errors="replace") if self._errors.exists() else ""
            raise SipFailed(" ".join(said.split())[-400:] or f"SIPp ended with {self._process.returncode}")


def free_port(address: str) -> int:
    """A UDP port nobody uses at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]
