"""One FastAGI connection: pyst2's AGI made safe, with the dead man's switch.

pyst2 0.5.1 gives the commands; what lies beneath them is replaced, because it sets a signal handler (impossible in
a thread), prints callers' data, lets a newline in a value become a command, and takes neither a hang-up nor a
closed connection nor a time-out for what it is.

The rule of a live call: while we are dead or frozen Asterisk takes the caller to the line. Dead, it sees the
connection close. Frozen, the channel's TIMEOUT(absolute) fires and extension T runs (AGIEXITONHANGUP is set by the
dialplan): so whatever may take time runs `within` the longest it may take, plus a margin.

Only the script's own thread may use a session.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from asterisk.agi import AGI, AGIError, AGIHangup, AGIInvalidCommand, AGIUnknownError, AGIUsageError

from agi.lines import Lines, TooLate, TooLong
from agi.sounds import Sound

HEADER_SECONDS = 2.0
HEADER_BYTES = 16_384
COMMAND_BYTES = 2047  # Asterisk reads a command into 2048 bytes with a NUL; the rest would be the next command
REPLY_BYTES = 65_536
REPLY_SECONDS = 10.0  # an Asterisk silent for this long beyond a command's own time is gone
USAGE_LINES = 200
EARLY_SECONDS = 0.3  # a switch that would fire this much later than the margin is set again

ANY_KEY = "0123456789*#"
REPLY = re.compile(r"result=(-?[^\s(]*)(?:\s*\((.*)\))?(?:\s+endpos=(\d+))?\s*", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NotAgi(Exception):
    """Whoever connected did not send an AGI header, or not in time."""


class Hangup(AGIHangup):
    """The call is over, or the connection to Asterisk is: there is nobody left to speak to."""


@dataclass(frozen=True)
class Typed:
    """What a caller typed; timed_out when he stopped instead of ending it with #."""

    digits: str
    timed_out: bool


class Session(AGI):
    """One caller's script in conversation with Asterisk. Raises Hangup from every command."""

    def __init__(self, connection: socket.socket, margin_seconds: float) -> None:
        self._connection = connection
        self._lines = Lines(connection)
        self._margin = margin_seconds
        self._fires_at = 0.0  # when the switch fires, monotonic; 0: we have not set it
        self.env: dict[str, str] = {}
        self._get_agi_env()

    # --- what scripts use beside pyst2's own commands ---------------------------------------------------------

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Unless what runs inside ends within seconds, and we go on within the margin, the line takes the caller."""
        self._arm(seconds)
        yield
        if self._fires_at - monotonic() > self._margin + EARLY_SECONDS:
            self._arm(0)

    def play(self, sound: Sound | None, keys: str = ANY_KEY) -> str:
        """Play a sound to its end or to one of keys; the key pressed or "". None plays nothing."""
        if sound is None:
            return ""
        with self.within(sound.seconds):
            return self.stream_file(self._quote(sound.path), keys)

    def wait_for_key(self, seconds: float) -> str:
        """The key pressed within seconds, or ""."""
        with self.within(seconds):
            return self.wait_for_digit(int(seconds * 1000))

    def ask_digits(self, sound: Sound, seconds: float, most: int) -> Typed:
        """Digits typed during or after a sound, ended by # or by seconds without one; at most `most` of them."""
        with self.within(sound.seconds + seconds * (most + 1)):
            return self.get_data(self._quote(sound.path), int(seconds * 1000), most)

    def emit(self, event: str, *words: object) -> None:
        """Write a CEL user event; words are digits and words of ours, never what a caller or an owner wrote."""
        self.appexec("CELGenUserEvent", f"{event},{'|'.join(map(str, words))}")

    def number(self, name: str) -> int | None:
        """The id in a channel variable; None when it is empty or no number."""
        text = self.get_variable(name)
        return int(text) if text.isascii() and text.isdigit() else None

    # --- pyst2's commands that lose or mistake something ------------------------------------------------------

    def get_variable(self, name: str) -> str:
        """The value of a channel variable, "" when unset; "hangup" is a value like any other."""
        return self.execute("GET VARIABLE", self._quote(name))["result"][1]

    def get_full_variable(self, name: str, channel: str | None = None) -> str:
        """An expression's value, on another channel where one is named."""
        arguments = [self._quote(text) for text in (name, channel) if text]
        return self.execute("GET FULL VARIABLE", *arguments)["result"][1]

    def get_data(self, filename: str, timeout: int = 2000, max_digits: int = 255) -> Typed:
        """Play filename (quoted already) and read digits; timeout in milliseconds."""
        digits, note = self.execute("GET DATA", filename, timeout, max_digits)["result"]
        return Typed(digits, note == "timeout")

    # --- beneath the commands ---------------------------------------------------------------------------------

    def _arm(self, seconds: float) -> None:
        """Set the dead man's switch to seconds and the margin from now."""
        allowed = seconds + self._margin
        self._fires_at = monotonic() + allowed
        self.set_variable("TIMEOUT(absolute)", f"{allowed:.2f}")

    def _get_agi_env(self) -> None:
        deadline, left = monotonic() + HEADER_SECONDS, HEADER_BYTES
        try:
            while line := self._lines.next(deadline - monotonic(), left):
                name, colon, value = line.partition(":")
                if not colon or not name.startswith("agi_"):
                    raise NotAgi
                self.env[name] = value.strip()
                left -= len(line)
        except (TooLong, TooLate, EOFError):
            raise NotAgi

    def _quote(self, string: object) -> str:
        """One argument as Asterisk's parser takes it back: escaped, with a space for each control character."""
        text = CONTROL.sub(" ", str(string)).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'

    def test_hangup(self) -> None:
        """pyst2 asks this of a signal; here a hang-up arrives as a line or an end of the connection."""

    def execute(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """Send a command and return its reply. Raises Hangup, or AGIError when Asterisk refuses it."""
        self.send_command(command, *args)
        return self.get_result()

    def send_command(self, command: str, *args: object) -> None:
        """Send one line. Raises AGIUsageError for what Asterisk would take for two commands."""
        line = " ".join([command.strip(), *map(str, args)])
        sent = line.encode("utf-8", "replace") + b"\n"
        if CONTROL.search(line) or len(sent) > COMMAND_BYTES:
            raise AGIUsageError(f"{command}: control characters or more than {COMMAND_BYTES} bytes")
        try:
            self._connection.sendall(sent)
        except OSError:
            raise Hangup(command)

    def get_result(self, stdin: object = None) -> dict[str, tuple[str, str]]:  # noqa: ARG002 pyst2's signature
        """Read a command's reply: {"result": (value, what stood in parentheses)}."""
        line = self._reply_line()
        code, text = line[:3], line[4:]
        if line == "HANGUP" or code == "511":
            raise Hangup(line)
        if code == "200":
            return self._result(text)
        if code == "510":
            raise AGIInvalidCommand(text)
        if code == "520":
            raise AGIUsageError(self._usage(line))
        raise AGIUnknownError(f"no AGI reply: {line[:80]!r}")

    def _result(self, text: str) -> dict[str, tuple[str, str]]:
        while "(" in text and not REPLY.fullmatch(text):  # a value with a line feed in it arrives as several lines
            text += "\n" + self._reply_line()
            if len(text) > REPLY_BYTES:
                raise AGIError("a reply without end")
        reply = REPLY.fullmatch(text)
        if not reply:
            raise AGIUnknownError(f"no AGI result: {text[:80]!r}")
        value, note, endpos = (group or "" for group in reply.groups())
        if value == "-1":
            raise Hangup("-1")
        return {"result": (value, note), "endpos": (endpos, "")}

    def _usage(self, first: str) -> str:
        lines = [first]
        while not lines[-1].startswith("520 ") and len(lines) < USAGE_LINES:
            lines.append(self._reply_line())
        return "\n".join(lines)

    def _reply_line(self) -> str:
        allowed = max(self._fires_at - monotonic(), 0) + REPLY_SECONDS
        try:
            return self._lines.next(allowed, REPLY_BYTES)
        except (EOFError, TooLate):
            raise Hangup("the connection to Asterisk is gone")
        except TooLong:
            raise AGIError("a reply without end")
