"""A walk through a menu on paper: what a caller hears who presses these keys, and where he ends.

Pure, for pages. agi/menu.py is what callers meet; both find a key's meaning by menus.option_for, and a test holds
that for any menu and any keys both take the same steps. Here keys are pressed only after everything was heard.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from calls.menus import KEYS, MOST_KEYS, Option, Tree, option_for

SILENCE = "_"  # among the pressed keys: none, until the wait is over


@dataclass(frozen=True)
class Step:
    """what: greeting, announcement, keys, key, information, wrong, silence, goodbye, promise or done.

    value: the key pressed, or how it ended: operator, silence, wrong, mobile, goodbye or callback. prompt or phrase: what is
    played. option: whose it is.
    """

    what: str
    value: str = ""
    prompt: int | None = None
    phrase: str = ""
    option: Option | None = None


def readable(text: str) -> str:
    """Only what can be pressed, and no more of it than a call takes."""
    return "".join(key for key in text if key in KEYS + SILENCE)[:MOST_KEYS]


def walk(tree: Tree, pressed: str, today: dt.date, sounding: Collection[int]) -> list[Step]:
    """Everything that happens to a caller who presses these keys; the last step is "done" if the menu is over.

    today is the shop's date; sounding: the prompt ids that have a sound. Keys after the end count for nothing.
    """
    steps = list(_greeting(tree, today, sounding))
    if not tree.options:
        return [*steps, Step("done", "operator")]
    return steps + list(_choosing(tree, pressed, sounding))


def _greeting(tree: Tree, today: dt.date, sounding: Collection[int]) -> Iterator[Step]:
    if tree.greeting in sounding:
        yield Step("greeting", prompt=tree.greeting)
    if tree.announces(today) and tree.announcement in sounding:
        yield Step("announcement", prompt=tree.announcement)


def _choosing(tree: Tree, pressed: str, sounding: Collection[int]) -> Iterator[Step]:
    at, misses = None, 0
    yield _keys(tree.keys, None, sounding)  # where nothing else says them, the greeting just did
    for count, key in enumerate(pressed, start=1):
        option = option_for(at.options if at else tree.options, key)
        if option is None:
            misses += 1
            yield from _missed(key, is_last=misses > tree.repeats)
            if misses > tree.repeats:
                return
        else:
            misses = 0
            yield Step("key", key, option=option)
            if option.kind == "menu":
                at = option
            yield from _done(option, sounding)
            if option.kind not in ("menu", "information"):
                return
        if count == MOST_KEYS:
            yield Step("done", "operator")
            return
        yield _keys(at.prompt if at else tree.keys or tree.greeting, at, sounding)


def _keys(prompt: int | None, at: Option | None, sounding: Collection[int]) -> Step:
    return Step("keys", prompt=prompt if prompt in sounding else None, option=at)


def _missed(key: str, is_last: bool) -> Iterator[Step]:
    what, value = ("silence", "") if key == SILENCE else ("wrong", key)
    yield Step(what, value, phrase="wrong-key" if what == "wrong" and not is_last else "")
    if is_last:
        yield Step("done", what)


def _done(option: Option, sounding: Collection[int]) -> Iterator[Step]:
    played = option.prompt if option.prompt in sounding else None
    if option.kind == "information":
        yield Step("information", prompt=played, option=option)
    elif option.kind == "goodbye":
        yield Step("goodbye", prompt=played, option=option)
    elif option.kind == "callback":
        yield Step("promise", phrase="will-call", option=option)
    if option.kind not in ("menu", "information"):
        yield Step("done", option.kind)
