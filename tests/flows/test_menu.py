"""What a caller hears before the line, over real SIP and RTP; and that our death costs him seconds at most."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import signal
import statistics
import time
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import models
import settings
from app import create_app
from pbx import names
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import SOAP, TEA
from tests.flows.sound import HEARD, NOT_HEARD, RATE, likeness, samples
from tests.web.conftest import token_of

pytestmark = pytest.mark.flow

GREETING, KEY_WAIT = 3.0, 2.0  # seconds, as the cast and the box have them
PHRASES = settings.ROOT / "static" / "prompts" / "uk"


@dataclass(frozen=True)
class Event:
    """A user event of the call: when, its name, its extra."""

    at: float
    name: str
    extra: str


def events(cast) -> list[Event]:
    rows = (dict(zip(names.CEL_FIELDS, row, strict=True)) for row in csv.reader(cast.box.cel().splitlines()))
    return [
        Event(float(row["eventtime"]), row["userdeftype"], json.loads(row["eventextra"])["extra"])
        for row in rows
        if row["eventenum"] == "USER_DEFINED"
    ]


def event(cast, name: str, extra: str | None = None, timeout: float = 10) -> Event:
    """The first such event of the call, once it is there."""
    return until(
        lambda: next((e for e in events(cast) if e.name == name and extra in (None, e.extra)), None), timeout, name
    )


def steps(cast) -> list[str]:
    return [e.extra for e in events(cast) if e.name == names.EVENT_MENU]


class Ear:
    """A caller and what he has heard."""

    def __init__(self, cast, number: str = TEA, caller: str = people.CUSTOMER) -> None:
        self.cast = cast
        self.file = cast.box.folder / "heard.wav"
        self.phone = cast.caller(caller, record=str(self.file))
        self.phone.call(cast.box.rings(number))
        self.answered_at = self.phone.answered()["at"]

    def press(self, digits: str) -> None:
        self.phone.press(digits)

    def hang_up(self) -> None:
        self.phone.hangup()
        self.phone.ended()

    def heard(self) -> np.ndarray:
        """Everything heard, once the call is over."""
        self.phone.close()  # the recorder writes its header as it goes
        return samples(self.file)

    def likeness(self) -> dict[str, tuple[float, float]]:
        """How much each sound of the cast and each fixed phrase was heard: in its pieces, as a whole; 0–1."""
        heard = self.heard()
        files = {**self.cast.sounds, **{name: PHRASES / f"{name}.wav" for name in names.PHRASES}}
        return {name: (in_pieces(heard, samples(file)), likeness(heard, samples(file))) for name, file in files.items()}


def in_pieces(heard: np.ndarray, sound: np.ndarray) -> float:
    """The median likeness of a sound's quarters of a second: where a busy machine made the telephone drop a packet,
    all that follows is shifted, and the last moment may never leave its jitter buffer."""
    pieces = (sound[start : start + RATE // 4] for start in range(0, len(sound), RATE // 4))
    return statistics.median(likeness(heard, piece) for piece in pieces)


def assert_heard(ear: Ear, *expected: str, only: bool = True) -> None:
    """These were heard and, if only, no others."""
    found = ear.likeness()
    assert all(found[name][0] > HEARD for name in expected), found
    others = {name: whole for name, (_, whole) in found.items() if name not in expected}
    assert not only or all(whole < NOT_HEARD for whole in others.values()), others


# --- open -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "shop"), [(TEA, "tea"), (SOAP, "soap")])
def test_two_shops_greet_their_callers_each_in_its_own_way(cast, number, shop):
    ear = Ear(cast, number)
    event(cast, names.EVENT_MENU, "keys|")
    ear.hang_up()
    assert_heard(ear, f"{shop} greeting")


def test_a_caller_hears_information_a_wrong_key_and_reaches_the_line(cast):
    ear = Ear(cast)
    event(cast, names.EVENT_MENU, "keys|")
    ear.press("2")
    event(cast, names.EVENT_MENU, f"information|{cast.menus['tea'].options.order_by(models.MenuOption.id)[1].id}")
    time.sleep(2.3)  # the information is heard to its end
    ear.press("7")
    event(cast, names.EVENT_MENU, "wrong|7")
    time.sleep(2.5)
    ear.press("1")
    event(cast, names.EVENT_LINE)
    ear.hang_up()
    assert steps(cast)[-2:] == ["key|1", "done|operator"]
    assert_heard(ear, "tea greeting", "tea delivery", "wrong-key", only=False)


def test_a_key_in_the_greeting_counts_at_once(cast):
    ear = Ear(cast)
    event(cast, names.EVENT_MENU)
    time.sleep(0.5)
    ear.press("1")
    line = event(cast, names.EVENT_LINE)
    assert line.at - ear.answered_at < 1.5
    ear.hang_up()


def test_silence_repeats_the_keys_and_then_the_line_takes_the_caller(cast):
    ear = Ear(cast)
    line = event(cast, names.EVENT_LINE, timeout=20)
    assert steps(cast)[1:] == ["keys|", "silence|", "keys|", "silence|", "done|silence"]
    assert line.at - ear.answered_at == pytest.approx(2 * (GREETING + KEY_WAIT), abs=0.5)
    ear.hang_up()


@pytest.mark.parametrize("moment", [0.5, GREETING + 0.5])
def test_a_caller_who_hangs_up_leaves_no_connection_and_no_complaint(cast, moment):
    ear = Ear(cast)
    event(cast, names.EVENT_MENU)
    time.sleep(moment)
    ear.hang_up()
    until(lambda: cast.box.channels() == 0, 5)
    until(lambda: _sockets(cast) == 1, 3, "one socket: that it listens on")
    assert cast.box.log("agi").count("\n") == 1  # that it listens
    assert not [e for e in events(cast) if e.name in (names.EVENT_LINE, names.EVENT_AGI_FAILED)]


def _sockets(cast) -> int:
    files = Path(f"/proc/{cast.box.processes['agi'].pid}/fd").iterdir()
    return sum(os.readlink(file).startswith("socket:") for file in files)


# --- closed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(cast):
    """The tea shop is shut today, whatever day today is over there."""
    today = models.utcnow().date()
    for shift in (-1, 0, 1):
        models.HoursException.create(shop=cast.shops["tea"], on_date=today + dt.timedelta(shift))
    return cast


def test_a_closed_shop_says_so_and_ends_the_call(closed):
    ear = Ear(closed)
    ear.phone.ended(20)
    assert steps(closed) == ["closed|", "silence|", "done|closed"]
    assert_heard(ear, "closed", only=False)
    assert all(ear.likeness()[name][1] < NOT_HEARD for name in ("tea greeting", "no-operator", "will-call"))


def test_key_1_at_a_closed_shop_asks_for_a_callback(closed):
    ear = Ear(closed)
    event(closed, names.EVENT_MENU)
    time.sleep(1)
    ear.press("1")
    asked = event(closed, names.EVENT_ASKED)
    ear.phone.ended(20)
    assert asked.extra == ""
    assert steps(closed)[-2:] == ["key|1", "done|callback"]
    assert_heard(ear, "will-call", only=False)


def test_a_withheld_caller_types_the_number_he_wants_to_be_called_on(closed):
    ear = Ear(closed, caller="anonymous")
    event(closed, names.EVENT_MENU)
    time.sleep(6.5)
    ear.press("1")
    event(closed, names.EVENT_MENU, "key|1")
    time.sleep(1)
    ear.press("0501112233#")
    asked = event(closed, names.EVENT_ASKED, timeout=20)
    ear.phone.ended(20)
    assert asked.extra == "+380501112233"
    assert_heard(ear, "closed-withheld", "will-call", only=False)


# --- our death ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "allowed", "step"),
    [
        (None, 0, "route"),
        (0.3, GREETING, "menu"),  # in the greeting
        (GREETING - 0.15, GREETING, "menu"),  # it freezes as the greeting ends: between a sound and what follows
        (GREETING + 0.5, GREETING + KEY_WAIT, "menu"),  # while waiting for a key
        (GREETING + KEY_WAIT + 1, 2 * GREETING + KEY_WAIT, "menu"),  # in the keys said again
    ],
    ids=["route", "greeting", "between", "key", "repeat"],
)
def test_a_frozen_agi_costs_a_caller_two_seconds_beyond_the_step_he_was_in(cast, moment, allowed, step):
    """allowed: when the step in which it freezes would have ended, after the answer."""
    if moment is None:
        cast.box.signal("agi", signal.SIGSTOP)
        ear = Ear(cast)
    else:
        ear = Ear(cast)
        began = event(cast, names.EVENT_MENU).at
        time.sleep(max(0.0, began + moment - time.time()))
        cast.box.signal("agi", signal.SIGSTOP)
    failed = event(cast, names.EVENT_AGI_FAILED, timeout=20)
    line = event(cast, names.EVENT_LINE)
    assert failed.extra == f"{step}|frozen"
    assert line.at - ear.answered_at - allowed < 2.5
    ear.hang_up()


@pytest.mark.parametrize("moment", [0.2, 1.0])
def test_a_key_pressed_while_agi_is_frozen_does_not_make_it_worse(cast, moment):
    ear = Ear(cast)
    event(cast, names.EVENT_MENU)
    cast.box.signal("agi", signal.SIGSTOP)
    time.sleep(moment)
    ear.press("1")
    line = event(cast, names.EVENT_LINE, timeout=20)
    assert line.at - ear.answered_at - GREETING < 2.5
    ear.hang_up()


def test_with_agi_dead_a_caller_is_in_the_line_at_once(cast):
    cast.box.signal("agi", signal.SIGKILL)
    ear = Ear(cast)
    event(cast, names.EVENT_AGI_FAILED, "route|dead")
    line = event(cast, names.EVENT_LINE)
    assert line.at - ear.answered_at < 0.5
    ear.hang_up()


@pytest.mark.parametrize(("moment", "allowed"), [(0.5, GREETING), (GREETING + 0.5, GREETING + KEY_WAIT)])
def test_when_agi_dies_in_the_menu_the_line_takes_the_caller_after_the_step_he_is_in(cast, moment, allowed):
    ear = Ear(cast)
    began = event(cast, names.EVENT_MENU).at
    time.sleep(max(0.0, began + moment - time.time()))
    cast.box.signal("agi", signal.SIGKILL)
    event(cast, names.EVENT_AGI_FAILED, "menu|dead")
    line = event(cast, names.EVENT_LINE)
    assert line.at - ear.answered_at - allowed < 0.5
    ear.hang_up()


def test_a_database_that_is_gone_costs_a_caller_nothing_but_the_menu(cast):
    file = cast.box.settings.database
    models.database.close()
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    ear = Ear(cast)
    event(cast, names.EVENT_AGI_FAILED, "route|dead")
    line = event(cast, names.EVENT_LINE)
    assert line.at - ear.answered_at < 1
    ear.hang_up()


def test_a_prompt_whose_file_is_broken_is_passed_over(cast):
    file = cast.sounds["tea greeting"]
    with wave.open(str(file)) as opened:
        assert opened.getnframes()
    file.write_bytes(b"RIFF and nothing more")
    ear = Ear(cast)
    keys = event(cast, names.EVENT_MENU, "keys|")
    assert keys.at - ear.answered_at < 0.5
    ear.press("1")
    event(cast, names.EVENT_LINE)
    ear.hang_up()


# --- publishing ---------------------------------------------------------------------------------------------------


def published_by_its_owner(cast) -> None:
    """The tea shop's owner takes its only information out and gives key 5 to the operator, on his page."""
    owner = models.User.create(email="owner@example.com", name="owner", password_hash="x")
    models.Role.create(user=owner, kind="owner", shop=cast.shops["tea"])
    app = create_app(cast.box.settings)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    browser.set_cookie("spilka", token_of(owner))
    greeting = people.prompt(cast, "tea", cast.shops["tea"], "new greeting", GREETING)
    keys = {"o-0-key": "5", "o-0-kind": "operator", "o-0-label": "Продажі"}
    form = {"greeting": greeting.id, "repeats": 1, "recording_notice": "y", "do": "publish", **keys}
    assert browser.post(f"/shops/{cast.shops['tea'].id}/menu/draft", data=form).status_code == 302
    models.database.connect(reuse_if_open=True)


def test_a_caller_finishes_the_menu_he_is_in_and_the_next_hears_the_one_just_published(cast):
    ear = Ear(cast)
    event(cast, names.EVENT_MENU, "keys|")
    published_by_its_owner(cast)
    ear.press("2")  # gone from the new menu
    until(lambda: steps(cast)[-1].startswith("information|"), 5, "the information of the old menu")
    time.sleep(2.3)
    ear.press("1")  # as gone
    event(cast, names.EVENT_LINE)
    assert steps(cast)[-2:] == ["key|1", "done|operator"]
    ear.hang_up()
    assert_heard(ear, "tea greeting", "tea delivery", only=False)
    assert ear.likeness()["tea new greeting"][1] < NOT_HEARD

    before = len(steps(cast))
    following = Ear(cast, caller=people.OTHER)
    until(lambda: steps(cast)[before:][-1:] == ["keys|"], 10, "the new menu's keys")
    following.press("5")
    until(lambda: steps(cast)[before:][-2:] == ["key|5", "done|operator"], 5, "the new menu's only key")
    following.hang_up()
    assert_heard(following, "tea new greeting", only=False)
    assert following.likeness()["tea greeting"][1] < NOT_HEARD
