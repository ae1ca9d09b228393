"""How far call events have become facts, and whether they still do: what every page must admit when they do not."""

from __future__ import annotations

import datetime as dt

from models import IngestMark
from settings import Settings


def facts_late(now: dt.datetime, settings: Settings) -> bool:
    """Whether calls are not becoming facts: the last TICK asked for and ingested is too long ago."""
    ticked_at = mark_row().ticked_at
    return ticked_at is None or (now - ticked_at).total_seconds() > settings.tick_seconds + settings.tick_late_seconds


def mark_row() -> IngestMark:
    """The one row that says how far the event files are read."""
    row = IngestMark.get_or_none(IngestMark.id == 1)
    if row is None:
        IngestMark.insert(id=1).on_conflict_ignore().execute()
        row = IngestMark.get_by_id(1)
    return row
