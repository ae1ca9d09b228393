"""The script editor: one form, its shape changed without losing a word, saved as the next version, undone by one touch."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models import Script
from orders import scripts
from orders.scripts import Step
from tests.web import seed_knowledge

HX = {"HX-Request": "true"}


@pytest.fixture
def owner(as_, cast):
    return as_("owner")


def form(*rows: tuple, do: str = "save", based_on: int = 0) -> dict:
    """Rows of part, says, hears, gone as the editor sends them."""
    whole = [(*row, "", "")[:4] for row in rows]
    names = ("part", "says", "hears", "gone")
    return {**{name: [row[place] for row in whole] for place, name in enumerate(names)}, "do": do, "based_on": based_on}


def says(page: str) -> list[str]:
    return [unescape(words) for words in re.findall(r'name="says"[^>]*>([^<]*)</textarea>', page)]


ROWS = (
    ("greeting", "Вітаємо!"),
    ("objections", "Є менший.", "Дорого!"),
    ("objections", "Подумайте.", "Потім"),
    ("closing", "Дякую!"),
)


def test_saving_is_said_at_once(owner, cast):
    answer = owner.post("/shops/1/script", data=form(*ROWS), headers=HX)
    assert answer.headers["HX-Redirect"] == "/shops/1/script"
    assert scripts.steps(scripts.latest(cast.tea))[1] == Step("objections", "Є менший.", "Дорого!")
    assert says(owner.get("/shops/1/script").text) == ["Вітаємо!", "Є менший.", "Подумайте.", "Дякую!"]


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add:greeting", ["Вітаємо!", "", "Є менший.", "Подумайте.", "Дякую!"]),
        ("down:1", ["Вітаємо!", "Подумайте.", "Є менший.", "Дякую!"]),
        ("up:2", ["Вітаємо!", "Подумайте.", "Є менший.", "Дякую!"]),
        ("up:1", ["Вітаємо!", "Є менший.", "Подумайте.", "Дякую!"]),  # not into another part
        ("remove:0", ["Є менший.", "Подумайте.", "Дякую!"]),
        ("remove:99", ["Вітаємо!", "Є менший.", "Подумайте.", "Дякую!"]),
        ("dance:1", ["Вітаємо!", "Є менший.", "Подумайте.", "Дякую!"]),
        ("add:gossip", ["Вітаємо!", "Є менший.", "Подумайте.", "Дякую!"]),
    ],
)
def test_changing_the_shape_loses_no_word_and_saves_nothing(owner, do, expected):
    answer = owner.post("/shops/1/script", data=form(*ROWS, do=do), headers=HX)
    assert answer.status_code == 200 and says(answer.text) == expected
    assert Script.select().count() == 0


def test_a_step_taken_out_can_be_put_back_until_it_is_saved(owner, cast):
    gone = [("greeting", "Вітаємо!", "", "yes"), *ROWS[1:]]
    assert says(owner.post("/shops/1/script", data=form(*gone, do="back:0")).text)[0] == "Вітаємо!"
    owner.post("/shops/1/script", data=form(*gone))
    assert len(scripts.steps(scripts.latest(cast.tea))) == 3


def test_empty_steps_are_not_kept_and_an_answer_to_nothing_said_is_asked_for(owner, cast):
    owner.post("/shops/1/script", data=form(*ROWS, ("closing", " ")))
    assert len(scripts.steps(scripts.latest(cast.tea))) == 4
    answer = owner.post("/shops/1/script", data=form(("objections", "", "Дорого!"), based_on=1))
    assert answer.status_code == 422 and 'id="says-0-fault"' in answer.text and 'value="Дорого!"' in answer.text


def test_too_much_is_refused_with_every_word_kept(owner):
    long = owner.post("/shops/1/script", data=form(("greeting", "а" * 1001)))
    many = owner.post("/shops/1/script", data=form(*[("greeting", f"раз {n}") for n in range(61)]))
    assert (long.status_code, many.status_code) == (422, 422)
    assert says(long.text) == ["а" * 1001] and len(says(many.text)) == 61


def test_of_two_owners_who_write_at_once_the_second_keeps_his_words_and_may_save_again(owner, cast):
    seed_knowledge.knowledge(cast)
    late = owner.post("/shops/1/script", data=form(*ROWS, based_on=0))
    assert late.status_code == 422 and says(late.text)[0] == "Вітаємо!" and 'name="based_on" value="1"' in late.text
    assert owner.post("/shops/1/script", data=form(*ROWS, based_on=1)).status_code == 302


def test_the_last_change_is_undone_by_one_touch(owner, cast):
    seed_knowledge.knowledge(cast)
    owner.post("/shops/1/script", data=form(*ROWS, based_on=1))
    owner.post("/shops/1/script/undo")
    assert says(owner.get("/shops/1/script").text)[0].startswith("Чайна лавка")


def test_a_new_shop_begins_with_words_in_its_callers_language(as_, cast):
    words = says(as_("other_owner").get("/shops/2/script").text)
    assert "Мильна майстерня, добрый день!" in words[0] and Script.select().count() == 0
