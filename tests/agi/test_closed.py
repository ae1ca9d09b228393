"""What a caller of a closed shop meets."""

from __future__ import annotations

import pytest

import models

WITHHELD = {"CALLERID(num-pres)": "prohib_passed_screen"}


@pytest.fixture
def closed(call, tea):
    """closed(acts, …): the tea shop, closed."""

    def run(acts=None, **variables):
        return call("menu", acts, **{"ROUTE": "closed", "MENU": str(tea.menu.id), **variables})

    return run


def test_a_closed_shop_says_so_and_hangs_up(closed):
    story = closed()
    assert story.sounds == ["closed", "wait"]
    assert story.steps == ["closed|", "silence|", "done|closed"]
    assert story.variables["MENU_RESULT"] == "hangup"
    assert not any(event.startswith("ASKED") for event in story.events)


def test_a_shop_may_say_it_in_its_own_words(closed, tea):
    tea.change(closed_message=tea.prompt("evening"))
    story = closed()
    assert story.sounds == ["evening-uk", "wait"]
    assert story.steps[0] == f"closed|{tea.menu.closed_message_id}"


def test_a_closed_shop_without_a_menu_says_the_fixed_phrase(closed):
    assert closed(MENU="").sounds == ["closed", "wait"]


@pytest.mark.parametrize("where", ["closed", "wait"])
def test_key_1_asks_for_a_callback_in_the_message_or_after_it(closed, where):
    story = closed({where: ["1"]})
    assert story.events[-3:] == ["MENU,key|1", "ASKED,", "MENU,done|callback"]
    assert story.sounds[-1] == "will-call"
    assert story.variables["MENU_RESULT"] == "hangup"


def test_the_wish_counts_before_the_thanks(closed):
    story = closed({"wait": ["1"], "will-call": ["hang up"]})
    assert story.events[-1] == "ASKED,"


def test_a_wrong_key_is_told_and_the_message_repeated_as_often_as_the_menu_says(closed):
    story = closed({"wait": ["5", "6", "7"]})
    assert story.sounds == ["closed", "wait", "wrong-key"] * 3
    assert story.steps[-1] == "done|closed"


def test_a_withheld_caller_is_told_to_leave_a_number_and_types_it(closed):
    story = closed({"wait": ["1"], "type-number": ["0501112233"]}, **WITHHELD)
    assert story.sounds == ["closed-withheld", "wait", "type-number", "will-call"]
    assert "ASKED,+380501112233" in story.events


@pytest.mark.parametrize("number", ["", "anonymous", "12"])
def test_a_caller_without_a_number_is_a_withheld_one(closed, number):
    assert closed(**{"CALLERID(num)": number}).sounds[0] == "closed-withheld"


def test_a_caller_who_shows_our_own_number_is_a_withheld_one(closed, tea):
    assert closed(**{"CALLERID(num)": "0442000001"}).sounds[0] == "closed-withheld"


def test_a_wrong_number_may_be_typed_again_three_times_in_all(closed):
    story = closed({"wait": ["1"], "type-number": ["12", "0442000001", "99"]}, **WITHHELD)
    assert story.sounds[2:] == ["type-number", "number-wrong"] * 3
    assert (story.steps[-1], story.variables["MENU_RESULT"]) == ("done|closed", "hangup")
    assert not any(event.startswith("ASKED") for event in story.events)


def test_typing_runs_under_the_dead_mans_switch(closed):
    story = closed({"wait": ["1"], "type-number": ["0501112233"]}, **WITHHELD)
    typing = next(heard for heard in story.heard if heard.command == "GET DATA")
    assert typing.milliseconds == 5000
    assert 18 * 5 + 2 < typing.switch < 18 * 5 + 2 + 8
    assert story.switch == 2.0 or story.heard[-1].sound == "will-call"


def test_route_says_open_or_closed_and_which_menu(call, tea):
    story = call("route")
    assert (story.variables["ROUTE"], story.variables["MENU"]) == ("open", str(tea.menu.id))
    assert story.events == [f"ROUTE,open|{tea.menu.id}"]
    assert story.switch is None  # the dialplan's own limit holds
    today = models.utcnow().date()
    for day in (-1, 0, 1):
        models.HoursException.create(shop=tea.shop, on_date=today.fromordinal(today.toordinal() + day))
    tea.change(status="draft")
    story = call("route")
    assert (story.variables["ROUTE"], story.variables["MENU"]) == ("closed", "")
    assert story.events == ["ROUTE,closed|"]


def test_route_for_a_shop_that_is_gone_sets_nothing(call, tea):
    story = call("route", SHOP="77")
    assert "ROUTE" not in story.variables and story.events == []
