"""Changes of a menu's shape: a key added, taken out, moved. Pure: a tree and a place go in, a tree comes out.

A place is the indexes from the top: (1, 0) is the first key under the second. What cannot be done changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from calls.menus import Option, Tree

DEEPEST = 2  # a sub-menu of a sub-menu is where callers get lost
FREE_KEYS = "1234567890*#"
WAYS = ("up", "down", "in", "out")  # in: under the menu that stands before it

Place = tuple[int, ...]
Options = tuple[Option, ...]


def option_at(tree: Tree, place: Place) -> Option | None:
    """The key at a place; None when there is none."""
    options, found = tree.options, None
    for index in place:
        if index >= len(options):
            return None
        found = options[index]
        options = found.options
    return found


def added(tree: Tree, menu: Place) -> tuple[Tree, Place]:
    """tree with one more key in the (sub-)menu at this place, on the first digit free there; where it stands."""
    options = _level(tree, menu)
    if options is None or len(menu) >= DEEPEST:
        return tree, menu
    return _with_level(tree, menu, (*options, Option(free_key(options), "operator"))), (*menu, len(options))


def removed(tree: Tree, place: Place) -> Tree:
    """tree without the key at this place, and without what is under it."""
    *menu, index = place
    return _with_level(tree, tuple(menu), lambda options: options[:index] + options[index + 1 :])


def moved(tree: Tree, place: Place, way: str) -> tuple[Tree, Place]:
    """tree with the key at this place moved; where it stands then. A key taken over there becomes a free one."""
    option, there = option_at(tree, place), destination(tree, place, way)
    if option is None or there is None:
        return tree, place
    lifted, (*menu, index) = removed(tree, place), there
    others = _level(lifted, tuple(menu)) or ()
    if len(there) != len(place) and option.key in {other.key for other in others}:
        option = replace(option, key=free_key(others))
    return _with_level(lifted, tuple(menu), (*others[:index], option, *others[index:])), there


def destination(tree: Tree, place: Place, way: str) -> Place | None:
    """Where this way leads from a place; None when it leads nowhere."""
    *menu, index = place
    siblings, option = _level(tree, tuple(menu)) or (), option_at(tree, place)
    if option is None:
        return None
    if way == "up" and index > 0:
        return (*menu, index - 1)
    if way == "down" and index + 1 < len(siblings):
        return (*menu, index + 1)
    if way == "out" and menu:
        return (*menu[:-1], menu[-1] + 1)
    if way == "in" and index > 0 and len(place) < DEEPEST and not option.options:
        before = siblings[index - 1]
        return (*menu, index - 1, len(before.options)) if before.kind == "menu" else None
    return None


def free_key(options: Options) -> str:
    """The first key that no option has, 0 and signs last; "" when all are taken."""
    taken = {option.key for option in options}
    return next((key for key in FREE_KEYS if key not in taken), "")


def _level(tree: Tree, menu: Place) -> Options | None:
    if not menu:
        return tree.options
    option = option_at(tree, menu)
    return None if option is None else option.options


def _with_level(tree: Tree, menu: Place, change: Options | Callable[[Options], Options]) -> Tree:
    new = change if callable(change) else lambda _options: change
    return replace(tree, options=_changed(tree.options, menu, new))


def _changed(options: Options, menu: Place, new: Callable[[Options], Options]) -> Options:
    if not menu:
        return new(options)
    return tuple(
        replace(option, options=_changed(option.options, menu[1:], new)) if index == menu[0] else option
        for index, option in enumerate(options)
    )
