"""Recordings as facts and as files: made by ingest, kept so many days, and what is missing says why."""

from __future__ import annotations

import datetime as dt
import os
import random
import struct

import pytest

from calls import ingest, recordings, story
from calls.alaw import HEADER_BYTES, Wav
from models import AuditEntry, Call, CelRow, Listening, Menu, Recording, Shop, utcnow
from pbx import names
from pbx.names import CEL_FILE
from tests.calls import recorded
from tests.flows.sound import ALAW
from tests.web import seed
from union.audit import Actor

NOW = dt.datetime(2026, 11, 21, 22, 40, tzinfo=dt.UTC)


@pytest.fixture
def cast(db, settings):
    cast = seed.union(settings.prompts_dir)
    seed.calls(cast)
    settings.recordings_dir.mkdir(parents=True)
    return cast


def kept(cast, settings, key: str = "a7.1", days_old: float = 0) -> Recording:
    recording = seed.recording(cast, key, settings.recordings_dir, seconds=1)
    Recording.update(recorded_at=NOW - dt.timedelta(days=days_old)).where(Recording.id == recording.id).execute()
    return Recording.get_by_id(recording.id)


# --- facts -------------------------------------------------------------------------------------------------------


def recorded_story() -> bytes:
    """A recorded answered call with the row that the dialplan writes behind LINE when it records."""
    lines = recorded.text("answered-customer-hangs-up").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith(b'"USER_DEFINED","LINE"'))
    said = lines[at].replace(b"LINE", b"RECORDING").replace(b"line-1", b"1795294600.18.alaw")
    return b"".join([*lines[: at + 1], said, *lines[at + 1 :]])


def test_ingest_notes_a_recording_once_and_rebuilding_calls_leaves_it_alone(house, settings):
    (settings.cel_dir / CEL_FILE).write_bytes(recorded_story())
    ingest.ingest_all(settings)
    call, noted = Call.get(), Recording.get()
    assert (noted.call_key, noted.file, noted.recorded_at) == (call.key, call.recording, call.ended_at)
    Recording.update(deleted_at=NOW).execute()
    before = list(Call.select().dicts()), list(Recording.select().dicts())
    ingest.rebuild()
    assert (list(Call.select().dicts()), list(Recording.select().dicts())) == before
    ingest.channel_gone(settings, call.key, utcnow())  # folds the call anew
    assert Recording.select().count() == 1 and Recording.get().deleted_at == NOW


def test_a_test_call_leaves_no_recording_behind(house, settings):
    Shop.update(is_test=True).execute()
    (settings.cel_dir / CEL_FILE).write_bytes(recorded_story())
    ingest.ingest_all(settings)
    assert Call.get().recording and not Recording.select().exists()


# --- the sound ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.alaw"
    path.write_bytes(random.Random(1).randbytes(16001))
    return path


def test_the_wav_is_a_header_and_the_file(sound):
    wav = Wav(sound)
    whole = wav.read()
    assert len(whole) == wav.size == HEADER_BYTES + 16000
    assert whole[HEADER_BYTES:] == sound.read_bytes()[:16000]
    assert whole[:4] == b"RIFF" and struct.unpack("<I", whole[4:8])[0] == len(whole) - 8
    assert struct.unpack("<HHIIHH", whole[20:36]) == (6, 1, 8000, 8000, 1, 8)  # A-law, mono, a byte a sample


def write(path, data: bytes):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("number", range(20))
def test_any_part_of_the_wav_can_be_read(sound, number):
    dice, wav = random.Random(number), Wav(sound)
    whole = Wav(sound).read()
    start = dice.choice([0, 1, HEADER_BYTES - 1, HEADER_BYTES, dice.randrange(len(whole)), len(whole) - 1])
    length = dice.choice([1, 2, 60, 5000, 10**6])
    wav.seek(start)
    assert wav.read(length) == whole[start : start + length]
    wav.seek(10**7)
    assert wav.read() == b""


def test_silence_is_silence(tmp_path):
    assert ALAW[Wav(write(tmp_path / "x.alaw", b"\xd5" * 800)).read()[-1]] == pytest.approx(8)


# --- listening ------------------------------------------------------------------------------------------------------


def test_every_listening_is_in_the_journal_without_a_number(cast, settings):
    recording = kept(cast, settings)
    call = Call.get(Call.key == "a7.1")
    first, second = (recordings.listen(recording, Actor(cast.owner, "127.0.0.1"), NOW) for _ in range(2))
    assert first.public_id != second.public_id and len(first.public_id) >= 32
    assert call.key not in first.public_id
    entries = list(AuditEntry.select().where(AuditEntry.action == "recording.play"))
    assert [(entry.user, entry.shop, entry.about) for entry in entries] == [(cast.owner, cast.tea, "call:a7.1")] * 2
    assert call.customer[-4:] not in entries[0].detail
    assert [listening.user for listening in recordings.listeners(call)] == [cast.owner] * 2


def test_an_address_is_its_listeners_alone_and_dies(cast, settings):
    opened = recordings.listen(kept(cast, settings), Actor(cast.owner), NOW)
    assert recordings.heard(opened.public_id, cast.owner, NOW) == opened
    assert recordings.heard(opened.public_id, cast.other_owner, NOW) is None
    assert recordings.heard(opened.public_id, cast.owner, NOW + dt.timedelta(hours=2)) is None
    assert recordings.heard("", cast.owner, NOW) is None


# --- why there is none ----------------------------------------------------------------------------------------------


def absence(cast, settings, key: str = "a7.1") -> str:
    call = Call.get(Call.key == key)
    return recordings.absence(call, cast.tea, Recording.get_or_none(Recording.call_key == key), settings)


def test_a_missing_recording_says_why(cast, settings):
    seed.alive(cast)
    assert absence(cast, settings, "m2.1") == "unanswered"
    assert absence(cast, settings, "wait.1") == "going"
    assert absence(cast, settings) == "notice"
    Menu.update(recording_notice=True, published_at=NOW - dt.timedelta(days=900)).execute()
    assert absence(cast, settings) == "unwanted"
    CelRow.create(file_number=1, offset=99, event="USER_DEFINED", name=names.EVENT_NOT_RECORDED, uniqueid="a7.1",
                  linkedid="a7.1", at=NOW, extra='{"extra":"disk"}')  # fmt: skip
    assert absence(cast, settings) == "disk"
    recording = kept(cast, settings)
    assert absence(cast, settings) == ""
    (settings.recordings_dir / recording.file).write_bytes(b"\xd5" * 44)
    assert absence(cast, settings) == "gone"
    Recording.update(deleted_at=NOW).execute()
    assert absence(cast, settings) == "deleted"


def test_the_notice_of_a_later_menu_does_not_count(cast, settings):
    later = Call.get(Call.key == "a7.1").arrived_at + dt.timedelta(minutes=1)
    Menu.update(status="retired", published_at=NOW - dt.timedelta(days=900)).execute()
    Menu.create(shop=cast.tea, version=99, status="published", recording_notice=True, published_at=later)
    assert absence(cast, settings) == "notice"


# --- how long they are kept --------------------------------------------------------------------------------------------


def test_each_shop_keeps_its_recordings_as_long_as_it_wishes(cast, settings):
    Shop.update(recording_days=30).where(Shop.id == cast.tea.id).execute()
    old, young = kept(cast, settings, "a1.1", 30), kept(cast, settings, "a2.1", 29.99)
    assert recordings.delete_expired(NOW, settings) == 1
    assert [path.name for path in settings.recordings_dir.iterdir()] == [young.file]
    assert Recording.get_by_id(old.id).deleted_at == NOW and Recording.get_by_id(young.id).deleted_at is None
    assert set(recordings.of(["a1.1", "a2.1"])) == {"a2.1"}
    assert recordings.delete_expired(NOW, settings) == 0


def test_a_night_that_was_interrupted_is_finished_by_the_next(cast, settings):
    recording = kept(cast, settings, days_old=365)
    (settings.recordings_dir / recording.file).unlink()
    assert recordings.delete_expired(NOW, settings) == 1
    assert Recording.get().deleted_at == NOW


def test_only_empty_files_without_a_call_are_swept(cast, settings):
    day_before = utcnow().timestamp() - 90_000
    for name, size, age in (("empty", 0, day_before), ("rang", 44, day_before), ("sound", 9000, day_before),
                            ("now", 0, utcnow().timestamp())):  # fmt: skip
        path = write(settings.recordings_dir / f"{name}.alaw", bytes(size))
        os.utime(path, (age, age))
    recordings.delete_expired(NOW, settings)
    assert {path.stem for path in settings.recordings_dir.iterdir()} == {"sound", "now"}


def test_the_day_of_deletion_is_the_shops_own(cast, settings):
    recording = kept(cast, settings)  # 22:40 in UTC is the next day in Kyiv
    cast.tea.recording_days = 10
    assert recordings.deletion_day(recording, cast.tea) == dt.date(2026, 12, 2)


def test_a_deleted_recording_is_silent_and_the_story_says_so(cast, settings):
    recording = kept(cast, settings, days_old=365)
    opened = recordings.listen(recording, Actor(cast.owner), NOW)
    recordings.delete_expired(NOW, settings)
    assert recordings.file_of(Listening.get_by_id(opened.id).recording, settings) is None
    assert "recording_deleted" in [step.code for step in story.tell(Call.get(Call.key == "a7.1"))]
