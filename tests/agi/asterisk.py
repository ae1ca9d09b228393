"""Asterisk's end of a FastAGI connection: answers commands as res_agi does and keeps what it was asked.

What the caller does is given as a list of acts for each sound (by file name) and for "wait": a key, "" for
nothing, HANGUP, or a number's digits for GET DATA. An act that is missing is "".
"""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HANGUP = "hang up"
HEADER = {
    "agi_network": "yes", "agi_network_script": "menu", "agi_request": "agi://127.0.0.1/menu",
    "agi_channel": "PJSIP/trunk-1-00000001", "agi_language": "uk", "agi_type": "PJSIP",
    "agi_uniqueid": "1700000000.1", "agi_version": "22.10.1", "agi_callerid": "+380501112233",
    "agi_calleridname": "unknown", "agi_context": "call-in", "agi_extension": "s", "agi_priority": "9",
    "agi_enhanced": "0.0", "agi_accountcode": "1", "agi_threadid": "140",
}  # fmt: skip


def header(script: str, **more: str) -> bytes:
    lines = {**HEADER, "agi_network_script": script, **more}
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode() + b"\n"


@dataclass
class Heard:
    """A command that takes time, with the dead man's switch as it stood."""

    command: str  # STREAM FILE, WAIT FOR DIGIT, GET DATA
    sound: str  # file name without extension, or "wait"
    keys: str
    switch: float | None
    milliseconds: int = 0


@dataclass
class Story:
    """What one script did to its caller."""

    variables: dict[str, str]
    commands: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    switch: float | None = None  # TIMEOUT(absolute) as last set

    @property
    def sounds(self) -> list[str]:
        return [heard.sound for heard in self.heard]

    @property
    def steps(self) -> list[str]:
        """The MENU events, without their name."""
        return [event.removeprefix("MENU,") for event in self.events if event.startswith("MENU,")]


class Asterisk:
    """One call's script, run to its end."""

    def __init__(self, acts: dict[str, Iterable[str]] | None = None, hangup_at: int | None = None) -> None:
        """hangup_at: the command (counted from 0) instead of whose answer the caller hangs up."""
        self.acts = {name: list(what) for name, what in (acts or {}).items()}
        self.hangup_at = hangup_at

    def run(self, address: tuple[str, int], script: str, variables: dict[str, str], **more: str) -> Story:
        story = Story(dict(variables))
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(header(script, **more))
            for line in connection.makefile("r", encoding="utf-8", newline="\n"):
                story.commands.append(line.rstrip("\n"))
                answer = self.answer(story, shlex.split(line))
                if answer == HANGUP or len(story.commands) - 1 == self.hangup_at:
                    connection.sendall(b"HANGUP\n")
                    break
                connection.sendall(answer.encode() + b"\n")
        return story

    def answer(self, story: Story, words: list[str]) -> str:
        match words:
            case ["SET", "VARIABLE", "TIMEOUT(absolute)", seconds]:
                story.switch = float(seconds)
                return "200 result=1"
            case ["SET", "VARIABLE", name, value]:
                story.variables[name] = value
                return "200 result=1"
            case ["GET", "VARIABLE", name]:
                value = story.variables.get(name)
                return "200 result=0" if not value else f"200 result=1 ({value})"
            case ["EXEC", "CELGenUserEvent", event]:
                story.events.append(event)
                return "200 result=0"
            case ["STREAM", "FILE", path, keys, _]:
                key = self._act(story, "STREAM FILE", Path(path).name, keys)
                return HANGUP if key == HANGUP else f"200 result={ord(key) if key and key in keys else 0} endpos=800"
            case ["WAIT", "FOR", "DIGIT", milliseconds]:
                key = self._act(story, "WAIT FOR DIGIT", "wait", "", int(milliseconds))
                return HANGUP if key == HANGUP else f"200 result={ord(key) if key else 0}"
            case ["GET", "DATA", path, milliseconds, most]:
                digits = self._act(story, "GET DATA", Path(path).name, most, int(milliseconds))
                return HANGUP if digits == HANGUP else f"200 result={digits}" + ("" if digits else " (timeout)")
        raise AssertionError(f"Asterisk was asked for {words}")

    def _act(self, story: Story, command: str, sound: str, keys: str, milliseconds: int = 0) -> str:
        assert re.fullmatch(r"[\w-]+", sound), sound
        story.heard.append(Heard(command, sound, keys, story.switch, milliseconds))
        acts = self.acts.get(sound)
        return acts.pop(0) if acts else ""
