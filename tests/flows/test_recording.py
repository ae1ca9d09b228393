"""What is recorded, and what never is."""

from __future__ import annotations

import time

import pytest

import models
from calls import attempts, callbacks, recordings
from calls.alaw import HEADER_BYTES
from models import utcnow
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from tests.flows.sound import NOT_HEARD, loudness, samples, spoken, voice_in
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.flow


@pytest.fixture
def start(make_box):
    """start(**settings): the cast, whose tea shop wants recordings; its greeting says so."""

    def start(notice: bool = True, wanted: bool = True, **changed) -> people.Cast:
        box = make_box(wrapup_seconds=0, **changed)
        cast = people.make(box)
        models.Shop.update(recording_wanted=wanted).where(models.Shop.id == cast.shops["tea"].id).execute()
        models.Menu.update(recording_notice=notice).where(models.Menu.id == cast.menus["tea"].id).execute()
        box.start_asterisk()
        box.start_scheduler()
        return cast

    return start


def files(cast) -> list:
    return sorted(cast.box.settings.recordings_dir.iterdir())


def conversation(cast) -> models.Call:
    """Somebody waits a second, then speaks with the operator for three."""
    voices = {"customer": cast.speech(921, 8), "operator": cast.speech(922, 8)}
    operator = cast.on_duty(cast.operator, 20, play=str(voices["operator"]))
    caller = cast.caller(play=str(voices["customer"]))
    caller.call(cast.box.rings(TEA))
    ringing = operator.wait("incoming")
    time.sleep(1)
    operator.answer(ringing["call"])
    operator.answered()
    time.sleep(4)
    caller.hangup()
    operator.ended()
    return cast.call()


def test_both_voices_are_recorded_from_the_moment_they_speak_and_nothing_else(start):
    cast = start()
    call = conversation(cast)
    (file,) = files(cast)
    assert call.recording == file.name and file.suffix == ".alaw"
    sound = samples(file)
    assert len(sound) / 8000 == pytest.approx(call.talk_seconds, abs=1)
    assert loudness(sound) > 500
    voices = {who: samples(cast.box.folder / f"voice-{seed}.wav") for who, seed in (("his", 921), ("hers", 922))}
    # two voices in one track: each explains about half of it, a stranger's nothing
    for voice in voices.values():
        assert voice_in(sound, voice) > 0.5
    assert voice_in(sound, samples(cast.speech(923))) < NOT_HEARD
    assert spoken(sound, samples(cast.sounds["tea name"])) < NOT_HEARD


def test_the_owner_hears_both_voices_through_the_web_and_nobody_else_does(start):
    cast = start()
    call = conversation(cast)
    cast.box.start_web()
    owner = Visitor(cast.box, "owner", cast.shops["tea"])
    page = owner.get(f"/shops/{call.shop_id}/calls")
    assert f"/calls/{call.key}/listenings" in page.text
    whole = owner.post(f"/shops/{call.shop_id}/calls/{call.key}/listenings")
    assert whole.headers["Content-Type"] == "audio/wav" and whole.data[:4] == b"RIFF"
    pieces = [owner.get(whole.path, Range=f"bytes={at}-{at + 4999}").data for at in range(0, len(whole.data), 5000)]
    assert b"".join(pieces) == whole.data
    file = cast.box.folder / "heard.alaw"
    file.write_bytes(whole.data[HEADER_BYTES:])
    for seed in (921, 922):
        assert voice_in(samples(file), samples(cast.box.folder / f"voice-{seed}.wav")) > 0.5
    for stranger in (Visitor(cast.box, "owner", cast.shops["soap"]), Visitor(cast.box, "coordinator")):
        assert stranger.get(whole.path).status == 404
    assert models.AuditEntry.select().where(models.AuditEntry.action == recordings.PLAYED).count() == 1


@pytest.mark.parametrize("missing", ["notice", "wanted"])
def test_without_the_notice_or_the_shops_wish_nothing_is_recorded(start, missing):
    cast = start(**{missing: False})
    call = conversation(cast)
    assert files(cast) == [] and call.recording == ""
    why = recordings.absence(call, cast.shops["tea"], None, cast.box.settings)
    assert why == {"notice": "notice", "wanted": "unwanted"}[missing]
    assert '"RECORDING"' not in cast.box.cel()


def test_on_a_nearly_full_disk_calls_go_on_without_a_recording(start):
    cast = start(recording_stop_percent=100)
    until(lambda: "RECORDING=off" in cast.box.rx("dialplan show globals"), 15, "the watch saw the disk")
    call = conversation(cast)
    assert call.ending == "answered" and files(cast) == []
    assert recordings.absence(call, cast.shops["tea"], None, cast.box.settings) == "disk"


def test_who_only_waited_is_not_recorded(start):
    cast = start()
    operator = cast.on_duty(cast.operator, 20)
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    operator.wait("incoming")
    time.sleep(1)
    caller.hangup()
    assert cast.call().recording == ""
    assert all(file.stat().st_size <= 44 for file in files(cast))


def test_a_callback_is_recorded_once_the_customer_is_there(start):
    cast = start()
    cast.facts_arrive()
    cast.on_duty(cast.operator, 20, answer=200, play=str(cast.speech(924, 8)))
    customer = cast.customer(answer=200, play=str(cast.speech(925, 8)))
    now, settings = utcnow(), cast.box.settings
    callback = models.Callback.create(
        shop=cast.shops["tea"], did=cast.dids["tea"], customer=CUSTOMER, opened_at=now, due_at=now
    )
    callbacks.claim(callback, cast.operator, now, settings)
    attempt = attempts.want(callback, cast.operator, now, settings)
    customer.answered(8)
    time.sleep(3)
    customer.hangup()
    call = cast.call(direction="callback")
    assert call.recording == f"{attempt.channel_id}.alaw"
    sound = samples(cast.box.settings.recordings_dir / call.recording)
    hers, his = (samples(cast.box.folder / f"voice-{seed}.wav") for seed in (924, 925))
    for voice in (hers, his):
        assert voice_in(sound, voice) > 0.5
    assert spoken(sound, samples(cast.sounds["tea name"])) < NOT_HEARD
