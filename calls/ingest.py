"""Call events become facts: rows after the mark are stored raw, folded into Calls, and open or close callbacks.

One transaction moves the mark and does all that follows from the rows behind it, so a crash anywhere repeats or
continues and never loses or doubles. Each touched set is folded anew from all its rows: how the file was cut into
readings makes no difference, and `rebuild` gives the same Calls and Legs, ids too (a Call's id is its first row's).
The one-second TICK proves that facts arrive; its rows are not kept.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calls import (
    after_call,
    attempts,
    call_events,
    callbacks,
    numbers,
    place_events,
    places,
    raw_rows,
    recordings,
    spans,
    voicemails,
)
from calls.call_legs import Event, Restart, words
from calls.facts_mark import mark_row
from calls.own_numbers import own_numbers
from models import Attempt, Call, Did, IngestMark, Leg, Shop, Table, User, database, utcnow
from pbx import cel, names
from pbx.cel import Mark, Row
from settings import Settings

LOOKED_SECONDS = 5  # how often an idle loop leaves a trace: a write each time would keep the disk awake
SAME_START = dt.timedelta(seconds=3)  # Asterisk tells its age in whole seconds
REBUILD_BATCH = 500
_OTHER_LEGS = "DELETE FROM leg WHERE call_id = ? AND id NOT IN (SELECT value FROM json_each(?))"
TICK_CHANNEL = f"Local/s@{names.TICK}-"


@dataclass(frozen=True)
class Ingested:
    """What one step did: rows read, pieces that were no rows, and whether more is waiting."""

    rows: int = 0
    torn: int = 0
    more: bool = False


def ingest(settings: Settings, now: dt.datetime | None = None) -> Ingested:
    """Take in the next rows of the event files, at most about a megabyte of them."""
    now = now or utcnow()
    row = mark_row()
    mark = Mark(row.file_number, row.offset)
    batch = cel.read(settings.cel_dir, mark)
    if batch.mark == mark and not batch.torn:
        _looked(row, now)
        return Ingested(more=batch.more)
    with database.atomic():
        if not _move(mark, batch, now):
            return Ingested(more=True)  # another process was here first
        kept = [row for row in batch.rows if not row.channel.startswith(TICK_CHANNEL)]
        raw_rows.store(_with_own_numbers(kept))
        _refold(settings, {row.linkedid for row in kept})
    return Ingested(len(batch.rows), batch.torn, batch.more)


def ingest_all(settings: Settings, now: dt.datetime | None = None) -> int:
    """Take in all there is; the number of rows."""
    rows, more = 0, True
    while more:
        step = ingest(settings, now)
        rows, more = rows + step.rows, step.more
    return rows


def asterisk_started(settings: Settings, at: dt.datetime) -> bool:
    """Note that Asterisk started at this instant: calls alive before are cut off. False when it was known."""
    ingest_all(settings)  # what the one before it wrote comes first
    with database.atomic():
        if any(abs(restart.at - at) < SAME_START for restart in raw_rows.restarts()):
            return False
        row = mark_row()
        ticked_at = row.ticked_at if row.ticked_at and row.ticked_at < at else None
        alive_at = max([instant for instant in (ticked_at, raw_rows.last_at(at)) if instant], default=at)
        raw_rows.append(current_mark(), names.ROW_ASTERISK_STARTED, at, raw_rows.ASTERISK, alive_at.isoformat())
        _refold(settings, open_linkedids())
    return True


def channel_gone(settings: Settings, linkedid: str, at: dt.datetime) -> None:
    """Note that Asterisk no longer knows a call whose end was never told."""
    _append(settings, names.ROW_CHANNEL_GONE, at, linkedid)


def originate_refused(settings: Settings, channel_id: str, reason: int | str, at: dt.datetime) -> None:
    """Note why the operator's telephone of an attempt was not reached: OriginateResponse's reason."""
    _append(settings, names.ROW_ORIGINATE_REFUSED, at, channel_id, str(reason))


def open_linkedids() -> set[str]:
    """The linkedids of calls and attempts whose end is not known."""
    calls = {call.key for call in Call.select(Call.key).where(Call.ended_at.is_null())}
    dialling = Attempt.select().where(Attempt.ended_at.is_null() & Attempt.sent_at.is_null(False))
    return calls | {attempt.channel_id for attempt in dialling}


def current_mark() -> Mark:
    """How far the event files are read."""
    row = mark_row()
    return Mark(row.file_number, row.offset)


def rotate(settings: Settings) -> Path | None:
    """Put the event file away under its number once it is large; its new path, None when it is not."""
    return cel.rotate(settings.cel_dir, current_mark(), settings.cel_rotate_mb << 20)


def rebuild() -> int:
    """Fold every Call anew from its raw rows, a batch in each transaction; how many there are.

    Calls whose raw rows were put away are left as they are, and so are callbacks.
    """
    made, known, restarts = 0, _known(), raw_rows.restarts()
    for linkedids in raw_rows.every_linkedid(REBUILD_BATCH):
        with database.atomic():
            calls = _calls(raw_rows.connected(linkedids), known, restarts)
            for call, absorbed in calls:
                _save(call, absorbed, known)
            keys = {call.key for call, _ in calls}
            Call.delete().where(Call.key.in_(linkedids) & Call.key.not_in(keys)).execute()
            made += len(keys.intersection(linkedids))
    spans.forget_all()
    return made


@dataclass(frozen=True)
class _Known:
    """The ids that exist: rows may name shops, DIDs and people that were never, or are no longer, here."""

    shops: frozenset[int]
    dids: frozenset[int]
    users: frozenset[int]


def _known() -> _Known:
    return _Known(*(frozenset(i for (i,) in table.select(table.id).tuples()) for table in (Shop, Did, User)))


def _refold(settings: Settings, linkedids: Iterable[str]) -> None:
    """Fold every set these belong to anew; save its Call, and what follows from it, in the order in which they ended.

    One after the other: what a call does to callbacks must not depend on what was read together with it.
    """
    known, restarts = _known(), raw_rows.restarts()
    sets = raw_rows.connected(linkedids)
    for told in filter(None, map(place_events.told, sets)):
        places.follow(told, utcnow(), settings)
    for news in filter(None, (call_events.dialled(events, restarts) for events in sets)):
        if attempts.end(news, settings):
            places.release_unreached(news.attempt, news.at)
    for call, absorbed in sorted(_calls(sets, known, restarts), key=_when_ended):
        _save(call, absorbed, known)
        after_call.follow(call, settings)
        if call.ended_at:
            callbacks.follow(call, settings)
            places.keep(call)
            recordings.follow(call)
            voicemails.follow(call, settings)


def _calls(
    sets: Iterable[Sequence[Event]], known: _Known, restarts: Sequence[Restart]
) -> list[tuple[call_events.Call, set[str]]]:
    """The Call of each set that tells of one to a shop that is here, with the keys of others that turned out to be it."""
    folded = ((call_events.fold(events, restarts), events) for events in sets)
    return [
        (call, {event.linkedid for event in events} - {call.key})
        for call, events in folded
        if call and call.shop_id in known.shops
    ]


def _when_ended(told: tuple[call_events.Call, set[str]]) -> tuple[dt.datetime, int]:
    call, _ = told
    return call.ended_at or dt.datetime.max.replace(tzinfo=dt.UTC), call.id


def _save(call: call_events.Call, absorbed: Iterable[str], known: _Known) -> None:
    """Make the Call's row and its legs what was folded."""
    if absorbed:
        for gone in Call.select().where(Call.key.in_(absorbed)):
            spans.forget(gone.shop_id, gone.arrived_at)
        Call.delete().where(Call.key.in_(absorbed)).execute()
    spans.forget(call.shop_id, call.arrived_at)
    _upsert(
        Call,
        vars(call)
        | {
            "did_id": call.did_id if call.did_id in known.dids else None,
            "operator_id": call.operator_id if call.operator_id in known.users else None,
        },
    )
    _save_legs(call, known)


def _save_legs(call: call_events.Call, known: _Known) -> None:
    database.execute_sql(_OTHER_LEGS, (call.id, json.dumps([leg.id for leg in call.legs])))
    for leg in call.legs:
        _upsert(Leg, vars(leg) | {"call_id": call.id, "user_id": leg.user_id if leg.user_id in known.users else None})


def _upsert(table: type[Table], values: Mapping[str, object]) -> None:
    """Make the row with this id, or this key, these values by column; what else there is in values is left out."""
    columns = [(field.column_name, field.db_value) for field in table._meta.sorted_fields]
    database.execute_sql(_upsert_sql(table), [to_column(values[column]) for column, to_column in columns])


@cache
def _upsert_sql(table: type[Table]) -> str:
    """Written once: making it anew for each row would take half the time of an ingest."""
    columns = [field.column_name for field in table._meta.sorted_fields]
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    places = ", ".join("?" * len(columns))
    name = table._meta.table_name
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO UPDATE SET {changes}"


def _with_own_numbers(rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    """The rows, each with its source; behind every arrival from a number that is ours today, a row of ours says so."""
    own = None
    for row in rows:
        yield raw_rows.ASTERISKS, row
        if row.event == "USER_DEFINED" and row.name == names.EVENT_CALL_IN:
            own = own_numbers() if own is None else own
            if numbers.normalise(words(row, 4)[3]) in own:
                yield raw_rows.OURS, row._replace(event=names.ROW_OWN_NUMBER, name="", app="", app_data="", extra="")


def _append(settings: Settings, event: str, at: dt.datetime, linkedid: str, extra: str = "") -> None:
    with database.atomic():
        raw_rows.append(current_mark(), event, at, linkedid, extra)
        _refold(settings, {linkedid})


def _move(mark: Mark, batch: cel.Batch, now: dt.datetime) -> bool:
    """Move the mark from where it was read; False when it stands elsewhere by now."""
    moved = IngestMark.update(
        file_number=batch.mark.file_number, offset=batch.mark.offset, read_at=now,
        torn_rows=IngestMark.torn_rows + batch.torn, ticked_at=_ticked_at(batch.rows) or IngestMark.ticked_at,
    ).where((IngestMark.file_number == mark.file_number) & (IngestMark.offset == mark.offset))  # fmt: skip
    return moved.execute() == 1


def _ticked_at(rows: Iterable[Row]) -> dt.datetime | None:
    """When the last TICK among the rows was asked for."""
    asked = [words(row)[0] for row in rows if row.event == "USER_DEFINED" and row.name == names.EVENT_TICK]
    with suppress(ValueError, OverflowError, OSError):
        return dt.datetime.fromtimestamp(float(asked[-1]), dt.UTC) if asked else None
    return None


def _looked(row: IngestMark, now: dt.datetime) -> None:
    if row.read_at is None or not 0 <= (now - row.read_at).total_seconds() < LOOKED_SECONDS:
        IngestMark.update(read_at=now).where(IngestMark.id == 1).execute()
