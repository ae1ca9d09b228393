"""What differs between two versions of a menu, as a caller would tell it: which key, what about it.

Pure. Keys are matched by what is pressed to reach them, because that is what a caller remembers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calls.menus import PROMPT_FIELDS, Option, Tree

FIELDS = (*PROMPT_FIELDS, "announcement_until", "recording_notice", "repeats")
OF_AN_OPTION = ("kind", "label", "prompt")


@dataclass(frozen=True)
class Change:
    """what: a field of Tree, a field of Option, or added, removed, order. keys: what is pressed to come there."""

    what: str
    keys: str = ""
    before: object = None
    after: object = None


def changes(before: Tree, after: Tree) -> list[Change]:
    """Everything that differs, in the order of a call."""
    fields = [
        Change(name, "", getattr(before, name), getattr(after, name))
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    return [*fields, *_of_level(before.options, after.options, "")]


def _of_level(before: tuple[Option, ...], after: tuple[Option, ...], keys: str) -> Iterator[Change]:
    old, new = ({option.key: option for option in options} for options in (before, after))
    for key, option in new.items():
        if key not in old:
            yield Change("added", keys + key, None, option)
    for key, option in old.items():
        if key not in new:
            yield Change("removed", keys + key, option, None)
        else:
            yield from _of_option(option, new[key], keys + key)
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield Change("order", keys)


def _of_option(before: Option, after: Option, keys: str) -> Iterator[Change]:
    for name in OF_AN_OPTION:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(name, keys, old, new)
    yield from _of_level(before.options, after.options, keys)
