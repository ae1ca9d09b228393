"""What is told is his own: his language, his line, and a longer wait with its cause."""

from __future__ import annotations

import time

import pytest

import models
from calls import presence
from calls.announced import OPERATOR_LEFT
from models import Announced, Call
from tests.flows.announcements import LIKE, piece, told
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER, SOAP, TEA, THIRD, TOOLS
from tests.flows.sound import RATE, heard, peak

pytestmark = pytest.mark.flow
BOX = {
    "ring_seconds": 15,
    "wrapup_seconds": 2,
    "announce_first_seconds": 2,
    "announce_again_seconds": 14,
    "announce_quiet_seconds": 600,
}
RUNS = ("scheduler",)


def talks(cast, phone, number: str, did: str):
    """She answers a caller; his telephone."""
    caller = cast.caller(number)
    caller.call(cast.box.rings(did))
    phone.answer(phone.wait("incoming", 20)["call"])
    phone.answered()
    answered = models.Call.customer == number, Call.answered_at.is_null(False)
    until(lambda: Call.get_or_none(*answered), 15, "they speak")
    return caller


def waits(cast, number: str, did: str, folder):
    """A caller in the line; what he hears is in <number>.wav."""
    caller = cast.caller(number, record=str(folder / f"{number}.wav"))
    caller.call(cast.box.rings(did))
    caller.answered()
    until(lambda: Call.get_or_none(Call.customer == number, Call.line_at.is_null(False)), 15, "he is in the line")
    time.sleep(1.1)  # the queue orders by whole seconds
    return caller


def rows(number: str) -> list[Announced]:
    call = Call.get(Call.customer == number)
    return list(Announced.select().where(Announced.call_key == call.key).order_by(Announced.at))


def is_told(number: str, times: int = 1, seconds: float = 20) -> None:
    until(lambda: len(rows(number)) >= times, seconds, f"{number} is told {times} times")


def decoded(folder, number: str, language: str = "uk") -> list[tuple[int, int, int]]:
    return [(one.place, one.low, one.high) for one in told(heard(folder / f"{number}.wav"), language)]


def asked_for(number: str) -> list[tuple[int, int, int]]:
    return [(row.place, row.low_minutes, row.high_minutes) for row in rows(number)]


def test_each_is_told_in_the_language_of_the_number_he_rang(cast, tmp_path):
    for shop, language in (("soap", "ru"), ("tools", "en")):
        models.Did.update(language=language).where(models.Did.shop == cast.shops[shop]).execute()
    operator = cast.on_duty(cast.operator, 20)
    talks(cast, operator, CUSTOMER, TEA)
    callers = [waits(cast, OTHER, SOAP, tmp_path), waits(cast, THIRD, TOOLS, tmp_path)]
    for number in (OTHER, THIRD):
        is_told(number)
    time.sleep(9)
    for caller in callers:
        caller.hangup()
    for number, language, others in ((OTHER, "ru", ("uk", "en")), (THIRD, "en", ("uk", "ru"))):
        assert decoded(tmp_path, number, language) == asked_for(number)
        assert [decoded(tmp_path, number, other) for other in others] == [[], []]


def test_a_longer_wait_is_told_with_its_cause(cast, tmp_path):
    operator, trainee = cast.on_duty(cast.operator, 20), cast.on_duty(cast.trainee, 21)
    talks(cast, operator, "+380501110001", TEA)
    leaving = talks(cast, trainee, "+380501110002", SOAP)
    numbers = (CUSTOMER, OTHER, THIRD)
    callers = [waits(cast, number, did, tmp_path) for number, did in zip(numbers, (TEA, SOAP, TOOLS), strict=True)]
    is_told(THIRD)
    presence.take_break(cast.trainee, "meal")
    leaving.hangup()
    until(lambda: presence.current(cast.trainee).kind == "meal", 10, "she has left the line")
    is_told(THIRD, 2, 30)
    time.sleep(11)
    for caller in callers:
        caller.hangup()
    first, second = rows(THIRD)[:2]
    assert (first.cause, second.cause) == ("", OPERATOR_LEFT)
    assert (first.on_duty, second.on_duty) == (2, 1)
    assert second.place == 3 and second.high_minutes > first.high_minutes
    recorded = heard(tmp_path / f"{THIRD}.wav")
    again = told(recorded)[-1]
    assert (again.place, again.low, again.high) == asked_for(THIRD)[1]
    cause = piece("uk", "operator-left")
    before = recorded[int((again.at - 1.5) * RATE) - len(cause) : int(again.at * RATE)]
    assert parts_heard(before, cause) > 0.5, "and just before it, why"


def parts_heard(recorded, sound) -> float:
    """The share of a sound's half-seconds that are in a recording."""
    size = RATE // 2
    parts = [sound[start : start + size] for start in range(0, len(sound) - size + 1, size)]
    return sum(peak(recorded, part)[0] > LIKE for part in parts) / len(parts)


def test_an_operator_of_another_line_shortens_nobodys_wait_in_this_one(cast, tmp_path):
    other = models.Queue.create(name="Інструменти")
    models.Shop.update(queue=other).where(models.Shop.id == cast.shops["tools"].id).execute()
    models.QueueOperator.update(queue=other, penalty=0).where(models.QueueOperator.user == cast.trainee).execute()
    until(lambda: f"QUEUE={other.pbx_name}" in cast.box.rx("dialplan show numbers-1"), 15, "Asterisk knows the line")
    operator = cast.on_duty(cast.operator, 20)
    hers = cast.phone(cast.trainee, 21)
    presence.sign_on(cast.trainee)
    until(lambda: presence.interface(cast.trainee.id) in cast.box.rx(f"queue show {other.pbx_name}"), 15)
    talks(cast, operator, CUSTOMER, TEA)
    caller = waits(cast, OTHER, SOAP, tmp_path)
    is_told(OTHER)
    (row,) = rows(OTHER)
    assert (row.place, row.on_duty) == (1, 1), "she who is free serves another line"
    talks(cast, hers, THIRD, TOOLS)
    time.sleep(9)
    caller.hangup()
    assert decoded(tmp_path, OTHER)[:1] == asked_for(OTHER)[:1]
    assert not rows(THIRD)
