"""What differs between two versions, told by the keys that are pressed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from calls.menu_changes import Change, changes
from calls.menus import Option, Tree

DELIVERY = Option("2", "menu", 2, "Доставка", (Option("1", "information", 3, "Київ"), Option("2", "operator")))
TREE = Tree(greeting=1, options=(Option("1", "operator", None, "Замовлення"), DELIVERY))


def test_a_menu_and_its_copy_do_not_differ():
    assert changes(TREE, replace(TREE, id=7, options=(replace(TREE.options[0], id=9), DELIVERY))) == []


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (replace(TREE, greeting=9), Change("greeting", "", 1, 9)),
        (replace(TREE, recording_notice=True), Change("recording_notice", "", False, True)),
        (
            replace(TREE, announcement_until=dt.date(2026, 12, 1)),
            Change("announcement_until", "", None, dt.date(2026, 12, 1)),
        ),
        (replace(TREE, options=(*TREE.options, Option("3", "callback"))), Change("added", "3", None, Option("3", "callback"))),
        (replace(TREE, options=TREE.options[:1]), Change("removed", "2", DELIVERY, None)),
        (replace(TREE, options=TREE.options[::-1]), Change("order", "")),
        (
            replace(TREE, options=(TREE.options[0], replace(DELIVERY, label="Адреса"))),
            Change("label", "2", "Доставка", "Адреса"),
        ),
        (
            replace(TREE, options=(TREE.options[0], replace(DELIVERY, options=(DELIVERY.options[0], Option("2", "callback"))))),
            Change("kind", "22", "operator", "callback"),
        ),
    ],
)  # fmt: skip
def test_one_difference_is_one_change(after, change):
    assert changes(TREE, after) == [change]


def test_everything_that_differs_is_told():
    told = changes(
        TREE, Tree(greeting=5, options=(Option("1", "callback", None, "Замовлення"), Option("4", "operator")))
    )
    assert [(change.what, change.keys) for change in told] == [
        ("greeting", ""), ("added", "4"), ("kind", "1"), ("removed", "2")]  # fmt: skip
