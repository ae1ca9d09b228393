"""SIPp plays the signalling of upkeep/sip/*.xml over real UDP; a Handset is its sound."""

from __future__ import annotations

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
        command += [*(("-p", str(port)) if port else ()), "-trace_err", "-error_file", "errors", *options, *words]
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
            code = self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            code = None
        if code != 0:
            said = self._errors.read_text(errors="replace") if self._errors.exists() else ""
            raise SipFailed(" ".join(said.split())[-400:] or f"SIPp ended with {code}")
