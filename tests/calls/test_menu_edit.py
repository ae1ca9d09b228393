"""Keys are added, taken out and moved; what can't be done changes nothing."""

from __future__ import annotations

import pytest

from calls import menu_edit
from calls.menus import Option, Tree

TREE = Tree(
    greeting=1,
    options=(
        Option("1", "operator"),
        Option("3", "menu", 2, "Доставка", (Option("1", "information", 3), Option("2", "goodbye", 4))),
        Option("2", "callback"),
    ),
)


def shape(tree: Tree) -> str:
    """The keys as text: 1 3(1 2) 2."""
    return written(tree.options)


def written(options) -> str:
    return " ".join(option.key + (f"({written(option.options)})" if option.options else "") for option in options)


def test_a_key_more_takes_the_first_digit_that_is_free_there():
    tree, place = menu_edit.added(TREE, ())
    assert (shape(tree), place) == ("1 3(1 2) 2 4", (3,))
    tree, place = menu_edit.added(TREE, (1,))
    assert (shape(tree), place) == ("1 3(1 2 3) 2", (1, 2))


def test_a_sub_menu_of_a_sub_menu_gets_no_key():
    assert menu_edit.added(TREE, (1, 0))[0] == TREE


def test_a_key_goes_with_everything_under_it():
    assert shape(menu_edit.removed(TREE, (1,))) == "1 2"
    assert shape(menu_edit.removed(TREE, (1, 0))) == "1 3(2) 2"


@pytest.mark.parametrize(
    ("place", "way", "after", "there"),
    [
        ((0,), "down", "3(1 2) 1 2", (1,)),
        ((1,), "up", "3(1 2) 1 2", (0,)),
        ((1, 1), "up", "1 3(2 1) 2", (1, 0)),
        ((1, 1), "out", "1 3(1) 4 2", (2,)),  # 2 is taken up there
        ((2,), "in", "1 3(1 2 3)", (1, 2)),  # and under 3 too
        ((0,), "up", "1 3(1 2) 2", (0,)),
        ((2,), "down", "1 3(1 2) 2", (2,)),
        ((1,), "in", "1 3(1 2) 2", (1,)),  # what stands before it is no menu
        ((0,), "out", "1 3(1 2) 2", (0,)),
        ((1, 1), "in", "1 3(1 2) 2", (1, 1)),  # too deep
        ((7,), "up", "1 3(1 2) 2", (7,)),
        ((0, 5, 5), "out", "1 3(1 2) 2", (0, 5, 5)),
    ],
)
def test_a_key_moves_where_it_can(place, way, after, there):
    tree, now = menu_edit.moved(TREE, place, way)
    assert (shape(tree), now) == (after, there)


def test_a_key_that_is_free_over_there_stays_what_it_is():
    tree = Tree(options=(Option("3", "menu", 1, "", (Option("1", "operator"),)), Option("7", "callback")))
    assert shape(menu_edit.moved(tree, (1,), "in")[0]) == "3(1 7)"


def test_a_menu_does_not_go_into_a_menu():
    tree = Tree(options=(Option("1", "menu", 1, "", (Option("1", "operator"),)), *TREE.options[1:]))
    assert menu_edit.destination(tree, (1,), "in") is None


def test_there_and_back_is_as_before():
    for place, way, back in (((0,), "down", "up"), ((1, 0), "down", "up"), ((1,), "up", "down")):
        tree, there = menu_edit.moved(TREE, place, way)
        assert menu_edit.moved(tree, there, back) == (TREE, place)
