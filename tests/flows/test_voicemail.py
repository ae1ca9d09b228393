"""Nobody is there: the caller hears when he will be called, and may say what he wanted."""

from __future__ import annotations

import datetime as dt
import signal
import time
from zoneinfo import ZoneInfo

import pytest

import models
from agi.sounds import TIMES_DIR
from calls import voicemails
from calls.alaw import HEADER_BYTES
from models import Call, Callback, Voicemail
from settings import ROOT
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from tests.flows.sound import HEARD, NOT_HEARD, heard, likeness, samples, spoken, voice_in
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.flow
BOX = {"key_wait_seconds": 9}
RUNS = ("agi", "scheduler")
PHRASES = ROOT / "static/prompts/uk"


@pytest.fixture
def cast(cast):
    cast.facts_arrive()
    return cast


def close_until(cast, hours_ahead: int) -> dt.datetime:
    """The tea shop opens so many hours from now and is closed until then; when."""
    zone = ZoneInfo(cast.shops["tea"].timezone)
    opens = (
        (models.utcnow() + dt.timedelta(hours=hours_ahead)).astimezone(zone).replace(minute=30, second=0, microsecond=0)
    )
    models.WeekHours.create(
        shop=cast.shops["tea"], weekday=opens.weekday(), opens_minute=opens.hour * 60 + 30, closes_minute=1440
    )
    return opens


def day_of(opens: dt.datetime) -> str:
    days = (opens.date() - models.utcnow().astimezone(opens.tzinfo).date()).days
    return "tomorrow" if days == 1 else opens.strftime("%A").lower()


def rings(cast, **options):
    caller = cast.caller(**options)
    caller.call(cast.box.rings(TEA))
    caller.answered()
    return caller


def hears_out(files) -> None:
    """So long it takes to hear these."""
    time.sleep(sum(len(samples(file)) for file in files) / 8000 + 2)


def speaks(cast, caller, seconds: float = 3):
    """He presses 2 and speaks into the tone."""
    until(lambda: '"MENU"' in cast.box.cel() or "APP_START" in cast.box.cel(), 10, "he hears something")
    time.sleep(1)
    caller.press("2")
    until(lambda: "VOICEMAIL," in cast.box.cel(), 10, "he is asked to speak")
    until(lambda: list(cast.box.settings.recordings_dir.glob("vm-*.alaw")), 10, "the tone")
    time.sleep(seconds)


def message(timeout: float = 8) -> Voicemail:
    return until(lambda: Voicemail.get_or_none(), timeout, "a message is kept")


def sound_of(cast, voicemail: Voicemail):
    return samples(voicemails.file_of(voicemail, cast.box.settings))


def test_a_closed_shop_says_when_it_will_call_and_keeps_what_the_caller_says(cast, tmp_path):
    opens = close_until(cast, 30)
    caller = rings(cast, record=str(tmp_path / "heard.wav"), play=str(cast.speech(941, 40)))
    day = day_of(opens)
    said = [
        PHRASES / "closed.wav",
        *(TIMES_DIR / "uk" / f"{name}.wav" for name in (f"will-call-{day}", f"hour-{opens.hour}", "minute-30")),
    ]
    said.append(PHRASES / "voicemail-offer.wav")
    hears_out(said)
    speaks(cast, caller)
    caller.hangup()
    kept = message()
    call = cast.call()
    assert (call.ending, call.ended_by, call.menu_path, call.flags) == ("closed", "customer", "2", "voicemail")
    assert (kept.call_key, kept.shop, kept.recorded_at) == (call.key, cast.shops["tea"], call.ended_at)
    assert voice_in(sound_of(cast, kept), samples(cast.box.folder / "voice-941.wav")) > HEARD
    his = heard(tmp_path / "heard.wav")
    for file in said:
        assert spoken(his, samples(file)) > HEARD, file.stem
    owed = Callback.get()
    assert (owed.customer, owed.due_at, owed.closed_at) == (CUSTOMER, opens.astimezone(dt.UTC), None)


def test_its_owner_hears_it_and_the_operator_while_it_is_to_be_answered_and_nobody_else(cast):
    close_until(cast, 30)
    caller = rings(cast, play=str(cast.speech(942, 40)))
    speaks(cast, caller)
    caller.hangup()
    kept = message()
    cast.box.start_web()
    owner, operator = Visitor(cast.box, "owner", cast.shops["tea"]), Visitor(cast.box, "operator")
    for page in (owner.get(f"/shops/{kept.shop_id}/callbacks"), operator.get("/desk/callbacks?later=1")):
        assert f"/voicemails/{kept.id}/listenings" in page.text
    for visitor in (owner, operator):
        whole = visitor.post(f"/voicemails/{kept.id}/listenings")
        assert whole.headers["Content-Type"] == "audio/wav"
        pieces = [
            visitor.get(whole.path, Range=f"bytes={at}-{at + 4999}").data for at in range(0, len(whole.data), 5000)
        ]
        assert b"".join(pieces) == whole.data
        assert len(whole.data) - HEADER_BYTES == pytest.approx(8000 * kept.seconds, abs=8000)
        for stranger in (Visitor(cast.box, "owner", cast.shops["soap"]), Visitor(cast.box, "coordinator")):
            assert stranger.get(whole.path).status == 404
    Callback.update(closed_at=models.utcnow(), closed_because="talked").execute()
    assert operator.get(whole.path).status == 404
    assert models.AuditEntry.select().where(models.AuditEntry.action == voicemails.PLAYED).count() == 2


def test_with_nobody_signed_on_he_hears_so_and_may_speak(cast, tmp_path):
    caller = rings(cast, record=str(tmp_path / "heard.wav"), play=str(cast.speech(943, 40)))
    until(lambda: "greeting|" in cast.box.cel(), 10, "he is in the greeting")
    time.sleep(0.5)
    caller.press("1")
    until(lambda: "NOBODY," in cast.box.cel(), 10, "nobody is there")
    hears_out([PHRASES / "no-operator.wav", PHRASES / "voicemail-offer.wav"])
    speaks(cast, caller)
    caller.press("5")  # any key ends it
    caller.ended(15)
    kept, call = message(), cast.call()
    assert (call.ending, call.ended_by, call.flags) == ("no_operator", "system", "voicemail")
    assert voice_in(sound_of(cast, kept), samples(cast.box.folder / "voice-943.wav")) > HEARD
    his = heard(tmp_path / "heard.wav")
    for name in ("no-operator", "voicemail-offer", "voicemail-thanks"):
        assert spoken(his, samples(PHRASES / f"{name}.wav")) > HEARD, name
    assert likeness(his, samples(TIMES_DIR / "uk" / "will-call-today.wav")) < NOT_HEARD, "it may be at any moment"
    assert Callback.get().customer == CUSTOMER


def test_what_was_said_survives_the_death_of_asterisk_in_the_middle(cast):
    close_until(cast, 30)
    caller = rings(cast, play=str(cast.speech(944, 60)))
    speaks(cast, caller, 11)
    cast.box.signal("asterisk", signal.SIGKILL)
    assert not Voicemail.select().exists()
    cast.box.start_asterisk()
    kept = message(20)
    call = cast.call()
    assert (call.key, call.ending, call.flags) == (kept.call_key, "cut_off", "voicemail")
    assert 6 <= kept.seconds <= 13, "up to four seconds were still in memory"
    assert voice_in(sound_of(cast, kept), samples(cast.box.folder / "voice-944.wav")) > HEARD
    assert Callback.get().customer == CUSTOMER


def test_silence_is_not_kept(cast):
    close_until(cast, 30)
    caller = rings(cast)
    speaks(cast, caller, 0)
    caller.ended(15)
    call = cast.call()
    assert (call.ending, call.ended_by) == ("closed", "system")
    assert not Voicemail.select().exists()
    assert not list(cast.box.settings.recordings_dir.glob("vm-*"))
    assert Callback.get().customer == CUSTOMER


def test_a_withheld_caller_is_asked_for_his_number_first(cast):
    close_until(cast, 30)
    caller = cast.caller(play=str(cast.speech(945, 40)))
    caller.call(cast.box.rings(TEA), {"Privacy": "id"})
    caller.answered()
    until(lambda: "closed|" in cast.box.cel(), 10)
    time.sleep(0.5)
    caller.press("2")
    until(lambda: "key|2" in cast.box.cel(), 5)
    time.sleep(0.5)
    caller.press("0671112233#")
    until(lambda: list(cast.box.settings.recordings_dir.glob("vm-*.alaw")), 15, "the tone")
    time.sleep(2)
    caller.hangup()
    message()
    assert (cast.call().customer, Callback.get().customer) == (None, "+380671112233")


def test_with_all_of_ours_dead_he_may_speak_and_is_found_afterwards(cast, tmp_path):
    cast.box.signal("agi", signal.SIGKILL)
    cast.box.signal("scheduler", signal.SIGKILL)
    caller = rings(cast, record=str(tmp_path / "heard.wav"), play=str(cast.speech(946, 40)))
    until(lambda: list(cast.box.settings.recordings_dir.glob("vm-*.alaw")), 20, "the tone")
    time.sleep(3)
    caller.hangup()
    caller.ended()
    assert spoken(heard(tmp_path / "heard.wav"), samples(PHRASES / "no-operator.wav")) > HEARD
    assert not Call.select().exists()
    cast.box.start_scheduler()
    kept = message()
    assert cast.call().flags == "agi-dead voicemail"
    assert voice_in(sound_of(cast, kept), samples(cast.box.folder / "voice-946.wav")) > HEARD
