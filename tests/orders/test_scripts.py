"""The script: the latest version is said, none is edited, undoing gives back the words of before."""

from __future__ import annotations

import pytest

from models import Script, ScriptStep
from orders import scripts
from orders.scripts import Step
from union.faults import Refused

FIRST = [Step("closing", "Дякую!"), Step("greeting", "Чайна лавка, добрий день!"), Step("greeting", "Чим допомогти?")]
SECOND = [Step("greeting", "Вітаємо!"), Step("objections", "Є менший пакунок.", "Дорого!")]


def said(shop) -> list[Step]:
    return scripts.steps(scripts.latest(shop))


def test_a_script_is_said_in_the_order_of_its_parts(tea, owner):
    scripts.write(tea, FIRST, 0, owner)
    assert said(tea) == [FIRST[1], FIRST[2], FIRST[0]]


def test_undoing_says_the_words_of_before_and_undoing_that_the_later_ones(tea, owner):
    scripts.write(tea, FIRST, 0, owner)
    scripts.write(tea, SECOND, 1, owner)
    scripts.undo(tea, owner)
    assert said(tea) == [FIRST[1], FIRST[2], FIRST[0]] and scripts.version(tea) == 3
    scripts.undo(tea, owner)
    assert said(tea) == SECOND and ScriptStep.select().count() == 10


def test_undoing_the_first_says_nothing_and_undoing_nothing_does_nothing(tea, owner):
    assert scripts.undo(tea, owner) is None and Script.select().count() == 0
    scripts.write(tea, FIRST, 0, owner)
    scripts.undo(tea, owner)
    assert said(tea) == []


def test_of_two_who_write_at_once_the_second_is_told(tea, owner):
    scripts.write(tea, FIRST, 0, owner)
    with pytest.raises(Refused) as refused:
        scripts.write(tea, SECOND, 0, owner)
    assert refused.value.faults == {"script": "script_changed"} and len(said(tea)) == 3


def test_each_shop_has_a_script_of_its_own(shops, owner):
    tea, soap = shops
    scripts.write(tea, FIRST, 0, owner)
    scripts.write(soap, SECOND, 0, owner)
    assert said(soap) == SECOND and scripts.version(tea) == scripts.version(soap) == 1
