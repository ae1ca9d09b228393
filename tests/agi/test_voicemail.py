"""What is said when nobody is there, and what leads to a message."""

from __future__ import annotations

import datetime as dt

import pytest

import models
from tests.agi.test_closed import WITHHELD


@pytest.fixture
def opens_never_now(tea):
    """The shop opens at half past nine on one weekday only: tomorrow's."""
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).astimezone().weekday()
    models.WeekHours.create(shop=tea.shop, weekday=tomorrow, opens_minute=570, closes_minute=600)


@pytest.fixture
def alone(call, tea):
    """alone(acts, …): a caller whom no operator can answer."""

    def run(acts=None, **variables):
        return call("voicemail", acts, **{"MENU": str(tea.menu.id), "RECORDING": "on", **variables})

    return run


def test_in_working_hours_no_time_is_named(alone):
    story = alone()
    assert story.sounds == ["no-operator", "voicemail-offer", "wait"]
    assert story.variables["MENU_RESULT"] == "hangup"


def test_out_of_hours_he_hears_when(alone, opens_never_now):
    sounds = alone().sounds
    assert sounds[0] == "nobody-now" and sounds[1].startswith("will-call-")
    assert sounds[2:] == ["hour-9", "minute-30", "voicemail-offer", "wait"]


def test_the_operators_hours_count_too(alone, tea):
    models.Union.create(id=1, name="Спілка")
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).weekday()
    models.WeekHours.create(shop=None, weekday=tomorrow, opens_minute=600, closes_minute=660)
    assert "hour-10" in alone().sounds


def test_who_cannot_be_called_is_promised_nothing(alone, opens_never_now):
    assert alone(**WITHHELD).sounds == ["nobody-now", "voicemail-offer", "wait"]


@pytest.mark.parametrize("where", ["no-operator", "voicemail-offer", "wait"])
def test_key_2_leads_to_the_message(alone, where):
    story = alone({where: ["2"]})
    assert story.sounds[-1] == where and story.variables["MENU_RESULT"] == "voicemail"


@pytest.mark.parametrize("key", ["1", "5", "#"])
def test_any_other_key_ends_the_call(alone, key):
    assert alone({"wait": [key]}).variables["MENU_RESULT"] == "hangup"


def test_without_a_number_it_is_asked_for_first(alone):
    story = alone({"wait": ["2"], "type-number": ["0501112233"]}, **WITHHELD)
    assert story.events == ["ASKED,+380501112233"] and story.variables["MENU_RESULT"] == "voicemail"


def test_who_types_no_number_may_speak_all_the_same(alone):
    story = alone({"wait": ["2"]}, **WITHHELD)
    assert story.events == [] and story.variables["MENU_RESULT"] == "voicemail"


def test_on_a_nearly_full_disk_no_message_is_offered_nor_taken(alone):
    story = alone({"wait": ["2"]}, RECORDING="off")
    assert story.sounds == ["no-operator", "wait"] and story.variables["MENU_RESULT"] == "hangup"


def test_a_closed_shop_offers_it_behind_its_message(call, tea, opens_never_now):
    given = {"ROUTE": "closed", "MENU": str(tea.menu.id), "RECORDING": "on"}
    story = call("menu", **given)
    assert story.sounds[0] == "closed" and story.sounds[1].startswith("will-call-")
    assert story.sounds[2:] == ["hour-9", "minute-30", "voicemail-offer", "wait"]
    story = call("menu", {"hour-9": ["2"]}, **given)
    assert story.sounds[-1] == "hour-9" and story.variables["MENU_RESULT"] == "voicemail"
    assert story.steps[-2:] == ["key|2", "done|voicemail"]
