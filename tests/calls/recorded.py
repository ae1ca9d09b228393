"""Rows of real calls, as Asterisk wrote them: tests/cel/<what happened>.csv, one or more connected sets a file."""

from __future__ import annotations

from pathlib import Path

from calls.call_legs import Event
from pbx import cel

FOLDER = Path(__file__).parents[1] / "cel"
NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))


def text(name: str) -> bytes:
    return (FOLDER / f"{name}.csv").read_bytes()


def events(name: str) -> list[Event]:
    """All rows of a file as the fold reads them, numbered from 1."""
    rows, torn, used = cel.parse(text(name), cel.Mark(1, 0))
    assert torn == 0 and used == len(text(name)), name
    return [
        Event(n, r.event, r.name, r.at, r.channel, r.app, r.app_data, r.uniqueid, r.linkedid, r.extra)
        for n, r in enumerate(rows, 1)
    ]


def sets(name: str) -> list[list[Event]]:
    """The rows of a file by linkedid, in order of their first row."""
    found: dict[str, list[Event]] = {}
    for event in events(name):
        found.setdefault(event.linkedid, []).append(event)
    return list(found.values())
