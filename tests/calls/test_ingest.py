"""Event files become Calls: whatever the pieces, the crash, the rotation; and the same again when rebuilt."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import models
from calls import ingest
from calls.facts_mark import facts_late, mark_row
from models import Call, Callback, CelRow, IngestMark, Leg, Miss
from pbx import cel, names
from tests.calls import recorded

TABLES = (Call, Leg, Callback, Miss)
IN_TIME = sorted(recorded.NAMES, key=lambda name: recorded.events(name)[0].at)
CRASHER = Path(__file__).with_name("crashing_ingest.py")
HOUSE = Path(models.__file__).parent


def write(settings, *texts: bytes) -> None:
    with (settings.cel_dir / names.CEL_FILE).open("ab") as file:
        for text in texts:
            file.write(text)


def take_in(settings, *stories: str) -> None:
    write(settings, *map(recorded.text, stories))
    ingest.ingest_all(settings)


def told(*tables) -> dict[str, list[tuple]]:
    """Every row of these tables, ids and all."""
    return {table.__name__: list(table.select().order_by(table.id).tuples()) for table in tables or TABLES}


def empty() -> None:
    for table in (Leg, Miss, Callback, Call, CelRow, IngestMark):
        table.delete().execute()


@pytest.fixture
def no_late_rows(monkeypatch):
    monkeypatch.setattr(cel, "LATE_ROW_SECONDS", 0)


def test_rows_become_a_call_with_its_legs(house, settings):
    take_in(settings, "answered-customer-hangs-up")
    call = Call.get()
    assert (call.shop, call.did, call.customer) == (house.tea, house.dids[0], "+380501112233")
    assert (call.ending, call.operator, call.talk_seconds, call.ended_by) == ("answered", house.operator, 2, "customer")
    (leg,) = call.legs
    assert (leg.party, leg.user, leg.cause) == ("operator", house.operator, 16)
    assert CelRow.select().count() == recorded.text("answered-customer-hangs-up").count(b"\n")


def test_rows_are_kept_as_they_came(house, settings):
    take_in(settings, "mobile-answered")
    rows, _, _ = cel.parse(recorded.text("mobile-answered"), cel.Mark(1, 0))
    columns = [getattr(CelRow, name) for name in cel.Row._fields]
    assert [cel.Row(*row) for row in CelRow.select(*columns).order_by(CelRow.id).tuples()] == rows


def test_a_living_call_is_seen_before_it_ends(house, settings):
    text = recorded.text("answered-customer-hangs-up")
    lines = text.splitlines(keepends=True)
    talking = next(place for place, line in enumerate(lines) if b"BRIDGE_EXIT" in line)
    write(settings, *lines[:talking])
    ingest.ingest(settings)
    call = Call.get()
    assert (call.ended_at, call.operator, call.wait_seconds) == (None, house.operator, 2)
    write(settings, *lines[talking:])
    ingest.ingest(settings)
    assert Call.get().ending == "answered"
    assert Call.get().id == call.id


@given(cuts=st.lists(st.integers(0, 60_000), max_size=10), first=st.integers(0, len(IN_TIME) - 8))
@hypothesis_settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_however_the_file_is_cut_into_readings_the_facts_are_the_same(house, settings, cuts, first):
    text = b"".join(map(recorded.text, IN_TIME[first : first + 8]))
    seen = []
    for edges in ([], cuts):
        empty()
        (settings.cel_dir / names.CEL_FILE).unlink(missing_ok=True)
        for start, end in pairwise(sorted({0, *(cut for cut in edges if cut < len(text)), len(text)})):
            write(settings, text[start:end])
            ingest.ingest_all(settings)
        seen.append(told())
    assert seen[0] == seen[1]


def test_rebuilding_gives_every_call_and_leg_again_ids_too(house, settings):
    take_in(settings, *recorded.NAMES)
    before = told(Call, Leg)
    assert len(before["Call"]) > 25
    assert ingest.rebuild() == len(before["Call"])
    assert told(Call, Leg) == before
    Call.update(ending="answered", customer=None, talk_seconds=99, flags="wrong").execute()
    Leg.update(cause=1).where(Leg.id % 2 == 0).execute()
    Leg.delete().where(Leg.id % 3 == 0).execute()
    Call.delete().where(Call.id % 2 == 0).execute()
    ingest.rebuild()
    assert told(Call, Leg) == before


def test_rebuilding_leaves_calls_alone_whose_rows_were_put_away(house, settings):
    take_in(settings, "no-operator", "closed")
    CelRow.delete().where(CelRow.linkedid == Call.get(Call.ending == "closed").key).execute()
    assert ingest.rebuild() == 1
    assert Call.select().count() == 2


def test_a_tick_is_proof_and_nothing_else(house, settings):
    asked = dt.datetime.fromtimestamp(1795291600, dt.UTC)
    assert facts_late(asked, settings)
    take_in(settings, "tick", "closed")
    assert mark_row().ticked_at == asked
    assert Call.select().count() == 1
    assert not CelRow.select().where(CelRow.channel.startswith("Local/")).exists()
    limit = dt.timedelta(seconds=settings.tick_seconds + settings.tick_late_seconds)
    assert not facts_late(asked + limit, settings)
    assert facts_late(asked + limit + dt.timedelta(seconds=1), settings)


def test_torn_rows_are_counted_and_the_rest_is_taken_in(house, settings):
    text = recorded.text("hangup-in-menu")
    write(settings, b'"CHAN_START","","17952', recorded.text("closed"), b"rubbish\n", text)
    ingest.ingest_all(settings)
    assert mark_row().torn_rows == 2
    assert sorted(call.ending for call in Call.select()) == ["abandoned_menu", "closed"]


def test_an_idle_loop_writes_only_now_and_then(house, settings):
    now = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    for seconds in (0, 1, 4):
        ingest.ingest(settings, now + dt.timedelta(seconds=seconds))
        assert mark_row().read_at == now
    ingest.ingest(settings, now + dt.timedelta(seconds=5))
    assert mark_row().read_at == now + dt.timedelta(seconds=5)


def test_a_large_file_is_put_away_and_nothing_is_lost(house, settings, no_late_rows):
    write(settings, recorded.text("closed"))
    ingest.ingest(settings)
    assert ingest.rotate(settings) is None
    with (settings.cel_dir / names.CEL_FILE).open("ab") as file:
        file.truncate(settings.cel_rotate_mb << 20)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + recorded.text("no-operator"))
    assert ingest.rotate(settings).name == "cel-1.csv"
    take_in(settings, "goodbye")
    assert [call.ending for call in Call.select().order_by(Call.id)] == ["closed", "no_operator", "informed"]
    assert mark_row().file_number == 2


def test_a_call_to_a_shop_that_is_not_here_makes_no_call_but_keeps_its_rows(house, settings):
    write(settings, recorded.text("closed").replace(b"3|3|", b"77|77|"))
    ingest.ingest_all(settings)
    assert Call.select().count() == 0
    assert CelRow.select().count() > 10


def test_people_and_dids_that_are_not_here_are_left_out_of_a_call(house, settings):
    text = recorded.text("answered-customer-hangs-up").replace(b"1|1|allowed", b"99|1|allowed")
    write(settings, text.replace(b"PJSIP/op-1-", b"PJSIP/op-55-"))
    ingest.ingest_all(settings)
    call = Call.get()
    assert (call.ending, call.shop, call.did, call.operator) == ("answered", house.tea, None, None)
    assert call.legs.get().user is None


def test_a_did_that_has_passed_on_since_still_belongs_to_its_old_calls(house, settings):
    models.Did.update(ends_at=models.utcnow()).where(models.Did.id == house.dids[2].id).execute()
    models.Did.create(number=house.dids[2].number, shop=house.tea, trunk=house.trunk)
    take_in(settings, "closed")
    assert (Call.get().did, Call.get().shop) == (house.dids[2], house.tools)


def test_a_caller_from_our_own_number_stays_withheld_when_the_number_is_ours_no_more(house, settings):
    take_in(settings, "own-number")
    before = told(Call)
    assert (Call.get().withheld, Call.get().customer) == (True, None)
    models.Did.update(ends_at=models.utcnow()).execute()
    ingest.rebuild()
    assert told(Call) == before


def test_two_sets_that_turn_out_to_be_one_are_one_call(house, settings):
    first = recorded.text("hangup-in-menu").splitlines(keepends=True)
    second = recorded.text("closed")
    one, other = recorded.events("hangup-in-menu")[0].linkedid, recorded.events("closed")[0].linkedid
    write(settings, *first, second)
    ingest.ingest_all(settings)
    assert Call.select().count() == 2
    joining = first[-2].replace(f'"{one}","{one}"'.encode(), f'"{other}","{one}"'.encode())
    assert joining != first[-2]
    write(settings, joining)
    ingest.ingest_all(settings)
    assert [call.key for call in Call.select()] == [one]
    before = told(Call, Leg)
    ingest.rebuild()
    assert told(Call, Leg) == before


# --- what Asterisk does not tell --------------------------------------------------------------------------------


def test_a_start_of_asterisk_cuts_off_what_was_alive_once(house, settings):
    write(settings, recorded.text("killed"))
    last = recorded.events("killed")[-1].at
    started = last + dt.timedelta(minutes=3)
    assert ingest.asterisk_started(settings, started)
    assert [call.ending for call in Call.select()] == ["cut_off", "cut_off"]
    assert {call.ended_at for call in Call.select()} == {last}
    assert Callback.select().count() == 2
    before = told()
    for seconds in (0, 1, -1):  # its age is told in whole seconds, so the same start looks a little different each time
        assert not ingest.asterisk_started(settings, started + dt.timedelta(seconds=seconds))
    assert told() == before
    ingest.rebuild()
    assert told() == before


def test_the_last_tick_says_how_long_asterisk_lived(house, settings):
    write(settings, recorded.text("killed"))
    last = recorded.events("killed")[-1].at
    ticked = (last + dt.timedelta(seconds=50)).replace(microsecond=0)
    write(settings, recorded.text("tick").replace(b'1795291600""', f'{int(ticked.timestamp())}""'.encode()))
    ingest.asterisk_started(settings, last + dt.timedelta(hours=8))
    assert {call.ended_at for call in Call.select()} == {ticked}


def test_a_call_that_asterisk_knows_no_more_is_over(house, settings):
    text = recorded.text("closed")
    write(settings, *text.splitlines(keepends=True)[:-4])
    ingest.ingest(settings)
    (linkedid,) = ingest.open_linkedids()
    ingest.channel_gone(settings, linkedid, models.utcnow())
    assert Call.get().ending == "cut_off"
    assert not ingest.open_linkedids()


def test_two_who_ingest_at_once_take_every_row_once(house, settings):
    write(settings, *map(recorded.text, IN_TIME))
    barrier = threading.Barrier(2)

    def work():
        with models.database.connection_context():
            barrier.wait()
            ingest.ingest_all(settings)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(row.file_number, row.offset) for row in CelRow.select().where(CelRow.source == "cel")}) == len(
        CelRow.select().where(CelRow.source == "cel")
    )
    assert {call.key for call in Call.select()} >= {recorded.events("closed")[0].linkedid}


# --- crashes ---------------------------------------------------------------------------------------------------


def test_an_ingest_killed_fifty_times_with_rotations_between_tells_every_call_once(house, settings, times, tmp_path):
    lines = b"".join(map(recorded.text, IN_TIME)).splitlines(keepends=True)
    write(settings, *lines)
    ingest.ingest_all(settings)
    expected, rows = told(), CelRow.select().count()
    empty()
    (settings.cel_dir / names.CEL_FILE).unlink()
    kills, killed = times(50), 0
    for n in range(kills):
        write(settings, *lines[len(lines) * n // kills : len(lines) * (n + 1) // kills])
        killed += crash(tmp_path, 2 + n * 7 % 19, rotates=n % 10 == 4) == -signal.SIGKILL
    assert killed >= kills * 0.8
    assert crash(tmp_path, 0) == 0
    assert CelRow.select().count() == rows
    assert told() == expected


def crash(folder: Path, statement: int, rotates: bool = False) -> int:
    """Let a process ingest until this statement kills it; its exit code."""
    command = [sys.executable, str(CRASHER), str(folder), str(statement), *(["rotate"] if rotates else [])]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(HOUSE)}, timeout=60).returncode
