"""Remarks about menus that work and yet lose callers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls.menu_lint import Remark, Shop, remarks
from calls.menus import Option, Tree

HELLO, LONG, HALF = 1, 2, 3  # the last is there in Russian only
SHOP = Shop({HELLO: {"uk": 7, "ru": 20}, LONG: {"uk": 5, "ru": 21}, HALF: {"ru": 4}}, ("uk", "ru"))
OPERATOR = Option("1", "operator")
TREE = Tree(greeting=HELLO, options=(OPERATOR,))


def sub_menu(*options: Option) -> tuple[Option, ...]:
    return (OPERATOR, Option("2", "menu", HELLO, "", options))


TELLS = Option("1", "information", HELLO)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"greeting": LONG}, [Remark("long", "greeting", (), 21)]),
        ({"greeting": HALF}, [Remark("not-in-language", "greeting", (), ("uk",))]),
        ({"closed_message": HALF}, [Remark("not-in-language", "closed_message", (), ("uk",))]),
        ({"greeting": 99}, []),  # without any sound it is a fault, not a remark
        ({"options": tuple(Option(key, "operator") for key in "12345")}, []),
        ({"options": tuple(Option(key, "operator") for key in "123456")}, [Remark("many-options", "options", (), 6)]),
        ({"options": sub_menu(*(Option(key, "callback") for key in "123456"))}, [Remark("many-options", "options", (1,), 6)]),
        ({"options": sub_menu(TELLS, replace(OPERATOR, key="2"))}, []),
        ({"options": sub_menu(TELLS)}, [Remark("dead-end", "options", (1,))]),
        ({"options": sub_menu(TELLS, Option("0", "callback"))}, [Remark("operator-out-of-reach", "options", (1,))]),
        ({"options": sub_menu(TELLS, Option("0", "callback"), Option("9", "operator"))}, []),
        ({"options": sub_menu(Option("1", "information", LONG), OPERATOR)}, [Remark("long", "prompt", (1, 0), 21)]),
    ],
)  # fmt: skip
def test_a_remark_stands_at_its_place(changes, found):
    assert remarks(replace(TREE, **changes), SHOP) == found


def test_a_key_to_a_mobile_that_nobody_named_is_remarked():
    tree = replace(TREE, options=(OPERATOR, Option("2", "mobile")))
    assert remarks(tree, replace(SHOP, has_mobile=False)) == [Remark("no-mobile", "kind", (1,))]
    assert remarks(tree, SHOP) == []


def test_recording_without_a_notice_is_remarked_and_with_one_not():
    recording = replace(SHOP, recording_wanted=True)
    assert remarks(TREE, recording) == [Remark("no-notice", "recording_notice")]
    assert remarks(replace(TREE, recording_notice=True), recording) == []
