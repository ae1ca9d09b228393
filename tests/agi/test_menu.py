"""What a caller of an open shop meets, step by step."""

from __future__ import annotations

import datetime as dt

import pytest

import models
from tests.agi.asterisk import HANGUP


@pytest.fixture
def menu(call, tea):
    """menu(acts, …): the tea shop's menu, open, over a real socket."""

    def run(acts=None, hangup_at=None, **variables):
        return call("menu", acts, hangup_at, **{"ROUTE": "open", "MENU": str(tea.menu.id), **variables})

    return run


@pytest.fixture
def keys(tea):
    """1 the operator, 2 about delivery, 3 a sub-menu (1 returns, 2 repairs)."""
    tea.option("1", "operator")
    delivery = tea.option("2", "information", "delivery")
    more = tea.option("3", "menu", "more")
    returns = tea.option("1", "information", "returns", parent=more)
    return {"delivery": delivery, "more": more, "returns": returns}


def test_a_shop_without_a_menu_sends_its_caller_to_the_line(menu):
    story = menu(MENU="")
    assert (story.sounds, story.steps, story.variables["MENU_RESULT"]) == ([], ["done|operator"], "line")


def test_a_menu_without_keys_greets_and_goes_to_the_line(menu, tea):
    story = menu()
    assert story.sounds == ["greeting-uk"]
    assert story.steps == [f"greeting|{tea.menu.greeting_id}", "done|operator"]
    assert story.variables["MENU_RESULT"] == "line"


def test_a_key_after_the_greeting_leads_to_the_operator(menu, keys, tea):
    story = menu({"wait": ["1"]})
    assert story.sounds == ["greeting-uk", "wait"]
    assert story.steps == [f"greeting|{tea.menu.greeting_id}", "keys|", "key|1", "done|operator"]
    assert story.variables["MENU_RESULT"] == "line"


def test_a_key_pressed_in_the_greeting_counts(menu, keys):
    story = menu({"greeting-uk": ["1"]})
    assert story.sounds == ["greeting-uk"]
    assert story.steps[1:] == ["key|1", "done|operator"]


def test_the_greeting_may_be_cut_short_by_any_key(menu, keys):
    assert menu({"wait": ["1"]}).heard[0].keys == "0123456789*#"


def test_the_announcement_follows_the_greeting_until_its_last_day(menu, keys, tea):
    today = models.utcnow().date()
    tea.change(announcement=tea.prompt("sale"), announcement_until=today + dt.timedelta(1))
    assert menu({"wait": ["1"]}).sounds == ["greeting-uk", "sale-uk", "wait"]
    tea.change(announcement_until=today - dt.timedelta(1))
    assert menu({"wait": ["1"]}).sounds == ["greeting-uk", "wait"]


def test_the_announcements_last_day_is_a_day_of_the_shops_zone(menu, keys, tea, monkeypatch):
    late = dt.datetime(2026, 11, 20, 22, 30, tzinfo=dt.UTC)  # 00:30 of the 21st in Kyiv
    monkeypatch.setattr(models, "utcnow", lambda: late)
    tea.change(announcement=tea.prompt("sale"), announcement_until=dt.date(2026, 11, 20))
    assert menu({"wait": ["1"]}).sounds == ["greeting-uk", "wait"]


def test_a_key_pressed_in_the_announcement_counts(menu, keys, tea):
    tea.change(announcement=tea.prompt("sale"))
    assert menu({"sale-uk": ["1"]}).steps[-2:] == ["key|1", "done|operator"]


def test_keys_with_a_prompt_of_their_own_are_said_after_the_greeting_and_at_each_repeat(menu, keys, tea):
    tea.change(keys=tea.prompt("keys"))
    assert menu({"wait": ["", "1"]}).sounds == ["greeting-uk", "keys-uk", "wait", "keys-uk", "wait"]


def test_silence_repeats_the_greeting_and_then_the_line_takes_the_caller(menu, keys):
    story = menu()
    assert story.sounds == ["greeting-uk", "wait", "greeting-uk", "wait", "greeting-uk", "wait"]
    assert story.steps[1:] == ["keys|", "silence|"] * 3 + ["done|silence"]
    assert story.variables["MENU_RESULT"] == "line"


def test_wrong_keys_are_told_so_and_then_the_line_takes_the_caller(menu, keys):
    story = menu({"wait": ["7", "8", "9"]})
    assert story.sounds == ["greeting-uk", "wait"] + ["wrong-key", "greeting-uk", "wait"] * 2
    assert [s for s in story.steps if s.startswith(("wrong", "done"))] == [
        "wrong|7",
        "wrong|8",
        "wrong|9",
        "done|wrong",
    ]
    assert story.variables["MENU_RESULT"] == "line"


def test_after_a_wrong_key_in_the_greeting_the_keys_are_said(menu, keys):
    assert menu({"greeting-uk": ["9"], "wait": ["1"]}).sounds == ["greeting-uk", "wrong-key", "greeting-uk", "wait"]


def test_a_key_pressed_while_told_of_a_wrong_one_counts(menu, keys):
    story = menu({"wait": ["9"], "wrong-key": ["1"]})
    assert story.steps[-2:] == ["key|1", "done|operator"]


def test_a_right_key_forgives_the_wrong_ones_before_it(menu, keys):
    story = menu({"wait": ["9", "8", "2", "9", "8", "1"]})
    assert story.steps[-2:] == ["key|1", "done|operator"]


def test_information_is_played_and_the_keys_are_said_again(menu, keys):
    story = menu({"wait": ["2", "1"]})
    assert story.sounds == ["greeting-uk", "wait", "delivery-uk", "greeting-uk", "wait"]
    assert f"information|{keys['delivery'].id}" in story.steps


def test_a_key_pressed_in_the_information_counts(menu, keys):
    assert menu({"wait": ["2"], "delivery-uk": ["1"]}).steps[-2:] == ["key|1", "done|operator"]


def test_a_sub_menu_says_its_keys_and_has_its_own(menu, keys):
    story = menu({"wait": ["3", "1"], "returns-uk": ["0"]})
    assert story.sounds == ["greeting-uk", "wait", "more-uk", "wait", "returns-uk"]
    assert story.steps[2:] == [
        "key|3", f"keys|{keys['more'].id}", "key|1", f"information|{keys['returns'].id}", "key|0", "done|operator",
    ]  # fmt: skip


def test_silence_in_a_sub_menu_ends_in_the_line_too(menu, keys):
    story = menu({"wait": ["3"]})
    assert story.sounds[2:] == ["more-uk", "wait"] * 3
    assert story.steps[-1] == "done|silence"


def test_nought_reaches_the_operator_from_a_sub_menu(menu, keys):
    assert menu({"wait": ["3", "0"]}).steps[-2:] == ["key|0", "done|operator"]


def test_nought_does_what_the_menu_says_where_it_says_so(menu, keys, tea):
    tea.option("0", "goodbye", "bye", parent=keys["more"])
    story = menu({"wait": ["3", "0"]})
    assert story.steps[-2:] == ["key|0", "done|goodbye"]


def test_goodbye_is_said_to_its_end_and_hangs_up(menu, tea):
    tea.option("9", "goodbye", "bye")
    story = menu({"wait": ["9"]})
    assert (story.heard[-1].sound, story.heard[-1].keys) == ("bye-uk", "")
    assert (story.steps[-1], story.variables["MENU_RESULT"]) == ("done|goodbye", "hangup")


def test_a_caller_who_asks_for_a_callback_is_thanked_and_let_go(menu, tea):
    tea.option("5", "callback")
    story = menu({"wait": ["5"]})
    assert story.events[-2:] == ["ASKED,", "MENU,done|callback"]
    assert story.sounds[-1] == "will-call"
    assert story.variables["MENU_RESULT"] == "hangup"


def test_a_withheld_caller_who_types_no_number_gets_the_operator_instead(menu, tea):
    tea.option("5", "callback")
    story = menu({"wait": ["5"]}, **{"CALLERID(num-pres)": "prohib"})
    assert story.sounds[-1] == "type-number"
    assert (story.steps[-1], story.variables["MENU_RESULT"]) == ("done|operator", "line")


def test_a_machine_that_presses_keys_for_ever_ends_in_the_line(menu, keys):
    story = menu({"wait": ["2"] * 100})
    assert (story.steps[-1], story.variables["MENU_RESULT"]) == ("done|operator", "line")
    assert story.sounds.count("delivery-uk") == 40


def test_a_prompt_without_its_file_is_passed_over(menu, keys, tea):
    (tea.prompts_dir / "1" / "greeting-uk.wav").unlink()
    story = menu({"wait": ["1"]})
    assert story.sounds == ["wait"]
    assert story.steps == ["keys|", "key|1", "done|operator"]


@pytest.mark.parametrize(
    ("recorded", "caller", "heard"),
    [(("uk", "ru"), "ru", "hello-ru"), (("uk", "en"), "ru", "hello-uk"), (("en",), "ru", "hello-en")],
)
def test_a_prompt_is_heard_in_the_callers_language_the_shops_or_any(menu, tea, recorded, caller, heard):
    tea.change(greeting=tea.prompt("hello", *recorded))
    assert menu(CALLER_LANGUAGE=caller).sounds == [heard]


@pytest.mark.parametrize("language", ["uk", "ru", "en"])
def test_phrases_are_said_in_the_callers_language(menu, keys, language):
    story = menu({"wait": ["9", "1"]}, CALLER_LANGUAGE=language)
    assert any(f"static/prompts/{language}/wrong-key" in command for command in story.commands)


def test_another_shops_menu_is_never_played(menu, tea):
    soap = models.Shop.create(name="Мило", queue=tea.shop.queue)
    story = menu(SHOP=str(soap.id))
    assert story.sounds == [] and "MENU_RESULT" not in story.variables


@pytest.mark.parametrize("hostile", ["1; DROP", "", "-1", "١", '1"\\', "999999999999999999999999", "hangup"])
def test_a_hostile_shop_ends_the_script_without_a_result(menu, hostile):
    story = menu(SHOP=hostile)
    assert story.sounds == [] and "MENU_RESULT" not in story.variables


def test_a_caller_may_hang_up_in_any_step(menu, keys, call, tea):
    acts = {"wait": ["2", "9", "3", "1", "0"], "returns-uk": [""]}
    whole = menu({**acts})
    assert whole.variables["MENU_RESULT"] == "line"
    for step in range(len(whole.commands)):
        cut = menu({**acts}, hangup_at=step)
        assert cut.commands == whole.commands[: step + 1]  # nothing more is said to a channel that is gone
    assert menu({**acts}).commands == whole.commands  # and the server is none the worse


def test_a_caller_who_hangs_up_while_a_sound_plays_is_known_to_have_been_there(menu, keys, tea):
    assert menu({"greeting-uk": [HANGUP]}).steps == [f"greeting|{tea.menu.greeting_id}"]


def test_every_sound_and_wait_runs_under_the_dead_mans_switch(menu, keys, tea):
    tea.change(greeting=tea.prompt("long", seconds=12.5))
    story = menu({"wait": ["9", "2"]})
    allowed = {"long-uk": 12.5, "wait": 5.0, "delivery-uk": 3.0}
    for heard in story.heard:
        if heard.sound in allowed:
            assert heard.switch == pytest.approx(allowed[heard.sound] + 2, abs=0.01), heard
    wrong = next(heard for heard in story.heard if heard.sound == "wrong-key")
    assert 3 < wrong.switch < 8
    assert [heard.milliseconds for heard in story.heard if heard.sound == "wait"] == [5000] * 5


def test_after_a_sound_is_cut_short_the_switch_is_back_at_the_margin(menu, keys):
    story = menu({"greeting-uk": ["1"]})
    assert story.switch == 2.0
    greeting = next(index for index, command in enumerate(story.commands) if command.startswith("STREAM FILE"))
    assert "TIMEOUT(absolute)" in story.commands[greeting + 1]


# --- a key that rings the owner's mobile -----------------------------------------------------------------------------


@pytest.fixture
def owner(tea):
    tea.option("4", "mobile")
    models.Shop.update(last_resort="mobile", last_resort_number="+380509998877").execute()


def test_a_key_leads_to_the_owners_mobile_for_as_long_as_the_shops_limits_leave(menu, owner):
    models.Shop.update(cap_minutes_per_day=7).execute()
    story = menu({"wait": ["4"]})
    assert story.steps[-2:] == ["key|4", "done|mobile"]
    assert (story.variables["MENU_RESULT"], story.variables["MAX_MS"]) == ("mobile", "420000")


@pytest.mark.parametrize(
    ("limit", "reason"), [({"cap_minutes_per_day": 2}, "cap_minutes"), ({"cap_concurrent": 0}, "cap_concurrent")]
)
def test_beyond_the_shops_limits_the_line_has_the_caller(menu, owner, limit, reason):
    models.Shop.update(limit).execute()
    story = menu({"wait": ["4"]})
    assert f"CAPPED,{reason}" in story.events and story.steps[-1] == "done|capped"
    assert story.variables["MENU_RESULT"] == "line" and "MAX_MS" not in story.variables
