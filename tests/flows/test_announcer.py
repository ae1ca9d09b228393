"""Who waits is told his place and the wait, and keeps his place while he listens.

FastAGI is down here, so every caller is in the line at once. What was told is decoded from what telephones recorded.
"""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pytest

import models
from calls import waiting_prompts
from tests.flows.announcements import LIKE, LONGEST, told
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD, TOOLS, prompt
from tests.flows.sound import RATE, heard, peak, samples
from union import audit

pytestmark = pytest.mark.flow
BOX = {
    "ring_seconds": 15,
    "wrapup_seconds": 2,
    "announce_first_seconds": 2,
    "announce_again_seconds": 14,
    "announce_quiet_seconds": 14,
}
RUNS = ("scheduler",)
PART = RATE // 4
MOMENT = dt.timedelta(seconds=0.5)
FOUR = ((CUSTOMER, TEA), (OTHER, SOAP), (THIRD, TOOLS), ("+380501110004", TEA))


def busy(cast, **options) -> tuple:
    """An operator in a conversation, and with whom: (her telephone, his)."""
    operator = cast.on_duty(cast.operator, 20, **options)
    first = cast.caller("+380501110000")
    first.call(cast.box.rings(SOAP))
    answer(operator)
    return operator, first


def answer(operator) -> None:
    ringing = operator.wait("incoming", 15)
    operator.answer(ringing["call"])
    operator.answered()


def choose(cast, shop: str, seconds: float) -> None:
    """The shop has chosen a prompt for those who wait."""
    row = prompt(cast, shop, cast.shops[shop], "waiting", seconds)
    waiting_prompts.choose(row, audit.BOX)


def announced(call: models.Call) -> list[models.Announced]:
    return list(models.Announced.select().where(models.Announced.call_key == call.key).order_by(models.Announced.at))


def true_places(call: models.Call, at: dt.datetime) -> set[int]:
    """His place at that instant, by the facts: who was in the line before him and still waited; and what it was a
    moment before, if somebody was just answered: Asterisk notes the two within that moment."""
    others = models.Call.select().where(models.Call.line_at < call.line_at)
    ends = [one.answered_at or one.ended_at for one in others]
    return {1 + sum(end > moment for end in ends) for moment in (at, at - MOMENT)}


def test_four_callers_of_three_shops_hear_their_true_places_and_keep_them(cast, tmp_path):
    operator, first = busy(cast)
    callers = []
    for number, did in FOUR:
        callers.append(cast.caller(number, record=str(tmp_path / f"{number}.wav")))
        callers[-1].call(cast.box.rings(did))
        callers[-1].answered()
    until(lambda: models.Announced.select().count() == 4, 15, "everybody is told once")
    time.sleep(7)
    first.hangup()
    for caller in callers:
        operator.ended(15)
        answer(operator)
        time.sleep(14 if caller in callers[:2] else 2)
        caller.hangup()
    calls = [cast.call(customer=number) for number, _ in FOUR]
    assert sorted(calls, key=lambda call: call.answered_at) == calls, "served in the order they came"
    decoded = had_time = 0
    for place, call in enumerate(calls, 1):
        rows = announced(call)
        assert all(row.place in true_places(call, row.at) for row in rows)
        assert rows[0].place == place
        said = [(one.place, one.low, one.high) for one in told(heard(tmp_path / f"{call.customer}.wav"))]
        asked_for = [(row.place, row.low_minutes, row.high_minutes) for row in rows]
        assert in_order(said, asked_for), "nothing else was heard"
        decoded += len(said)
        had_time += sum(call.answered_at - row.at > dt.timedelta(seconds=LONGEST) for row in rows)
    assert decoded >= had_time / 3, "all but those her answer cut short, or a busy machine tore to pieces"
    assert {row.place for row in announced(calls[3])} >= {4, 3, 2}


def in_order(some: list, whole: list) -> bool:
    """Whether these are of the whole, and in its order."""
    rest = iter(whole)
    return all(one in rest for one in some)


def heard_of(recorded: np.ndarray, sound: np.ndarray) -> list[float]:
    """The instants in a recording at which the parts of a sound end that were heard, a quarter of a second each."""
    parts = (sound[start : start + PART] for start in range(0, len(sound) - PART, PART))
    found = (peak(recorded, part) for part in parts)
    return [at + PART / RATE for likeness, at in found if likeness > LIKE]


def test_a_whisper_ends_when_she_answers_and_none_begins_after(cast, tmp_path):
    models.Menu.update(shop_name=None).execute()  # else she hears that first, and he the whisper
    cast.box.reconfigure()
    choose(cast, "tea", 12)
    operator, first = busy(cast, play=str(cast.speech(901, 20)))
    waiting = cast.caller(record=str(tmp_path / "heard.wav"))
    waiting.call(cast.box.rings(TEA))
    until(lambda: models.WaitingPlayed.select().count() == 1, 40, "his shop's announcement begins")
    time.sleep(1)
    first.hangup()
    operator.ended()
    operator.set(play=str(cast.speech(902, 20)))
    ringing = operator.wait("incoming", 5)
    time.sleep(1)
    operator.answer(ringing["call"])
    operator.answered()
    time.sleep(12)
    waiting.hangup()
    recorded = heard(tmp_path / "heard.wav")
    her_voice, announcement = (samples(cast.box.folder / "voice-902.wav"), samples(cast.sounds["tea waiting"]))
    began, whispered = min(heard_of(recorded, her_voice)) - PART / RATE, heard_of(recorded, announcement)
    assert 1 < len(whispered) * PART / RATE < 8, "it was heard, and not to its end"
    assert max(whispered) - began < 0.3
    assert [one for one in told(recorded) if one.at > began] == []
    call = cast.call(customer=CUSTOMER)
    assert models.Announced.select().where(models.Announced.at > call.answered_at).count() == 0
    assert models.WaitingPlayed.select().count() == 1
