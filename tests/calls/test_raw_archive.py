"""Old raw events leave the database, calls stay as they are, and every call can still be made anew from them."""

from __future__ import annotations

import datetime as dt

import pytest

from calls import ingest, raw_archive
from models import Call, CelRow, Leg
from pbx import names
from tests.calls import recorded

LATER = dt.datetime(2028, 1, 5, tzinfo=dt.UTC)  # 13 months after the recorded calls


@pytest.fixture
def past(house, settings):
    """Calls of long ago."""
    for name in recorded.NAMES:
        (settings.cel_dir / names.CEL_FILE).open("ab").write(recorded.text(name))
    ingest.ingest_all(settings)
    settings.data_dir.mkdir(exist_ok=True)
    return facts()


def facts() -> list[tuple]:
    return [*Call.select().order_by(Call.id).tuples(), *Leg.select().order_by(Leg.id).tuples()]


def rows() -> list[tuple]:
    return list(CelRow.select().order_by(CelRow.id).tuples())


def test_young_rows_stay(past, settings):
    before = rows()
    assert raw_archive.put_away(LATER - dt.timedelta(days=60), settings) == 0
    assert rows() == before


def test_old_rows_go_and_the_calls_stay(past, settings):
    count = CelRow.select().count()
    gone = raw_archive.put_away(LATER, settings)
    assert 0.8 * count < gone == count - CelRow.select().count()
    assert list(settings.raw_dir.glob("2026-11-*.jsonl.gz"))
    assert facts() == past
    ingest.rebuild()
    assert facts() == past


def test_brought_back_they_are_what_they_were_and_tell_the_same(past, settings, monkeypatch):
    monkeypatch.setattr(raw_archive, "BATCH", 7)
    before = rows()
    raw_archive.put_away(LATER, settings)
    Leg.delete().execute()
    Call.delete().execute()
    raw_archive.bring_back(settings)
    assert rows() == before
    ingest.rebuild()
    assert facts() == past


def test_a_set_in_which_something_younger_happened_stays_whole(past, settings):
    linkedid = Call.select().order_by(Call.id).first().key
    CelRow.update(at=LATER).where(
        CelRow.id == CelRow.select(CelRow.id).where(CelRow.linkedid == linkedid).limit(1)
    ).execute()
    before = CelRow.select().where(CelRow.linkedid == linkedid).count()
    raw_archive.put_away(LATER, settings)
    assert CelRow.select().where(CelRow.linkedid == linkedid).count() == before


def test_killed_between_file_and_deletion_it_does_the_same_again(past, settings, monkeypatch):
    before = rows()
    with monkeypatch.context() as patch:
        patch.setattr(raw_archive, "_DELETE", "DELETE FROM no_such_table WHERE 1 = ?")
        with pytest.raises(Exception, match="no_such_table"):
            raw_archive.put_away(LATER, settings)
    assert rows() == before
    raw_archive.put_away(LATER, settings)
    raw_archive.bring_back(settings)
    assert rows() == before
