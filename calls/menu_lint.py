"""What ruins menus without breaking them: remarks that stand beside the draft and stop nobody from publishing.

Pure: a tree and what is known of the shop's sounds go in. What does forbid publishing is menus.faults; there it is
held that the operator is one key away from the greeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calls.menus import OPERATOR_KEY, PROMPT_FIELDS, Option, Tree, option_for

MOST_OPTIONS = 5
MOST_SECONDS = 20


@dataclass(frozen=True)
class Shop:
    """What is known of a shop: the seconds of each prompt by language, the languages its numbers answer in."""

    seconds: Mapping[int, Mapping[str, int]]
    languages: tuple[str, ...]
    recording_wanted: bool = False
    has_mobile: bool = True


@dataclass(frozen=True)
class Remark:
    """Like menus.Fault: a code, a field, a place. about: the languages, the seconds, the number of keys.

    Codes: operator-out-of-reach, many-options, dead-end, long, not-in-language, no-notice, no-mobile.
    """

    code: str
    field: str
    path: tuple[int, ...] = ()
    about: tuple[str, ...] | int = ()


def remarks(tree: Tree, shop: Shop) -> list[Remark]:
    """Everything worth a second thought, in the order of a call."""
    found = [remark for name in PROMPT_FIELDS for remark in _of_prompt(getattr(tree, name), name, (), shop)]
    if shop.recording_wanted and not tree.recording_notice:
        found.append(Remark("no-notice", "recording_notice"))
    return [*found, *_of_level(tree.options, (), shop)]


def reaches_operator(options: tuple[Option, ...]) -> bool:
    """Whether some key, or some keys one after the other, lead from these options to the operator."""
    if option_for(options, OPERATOR_KEY) == Option(OPERATOR_KEY, "operator"):  # by nobody else's having it
        return True
    further = [option.options for option in options if option.kind == "menu"]
    return any(option.kind == "operator" for option in options) or any(map(reaches_operator, further))


def _of_level(options: tuple[Option, ...], path: tuple[int, ...], shop: Shop) -> Iterator[Remark]:
    if len(options) > MOST_OPTIONS:
        yield Remark("many-options", "options", path, len(options))
    if path and options:
        yield from _of_sub_menu(options, path)
    for index, option in enumerate(options):
        here = (*path, index)
        yield from _of_prompt(option.prompt, "prompt", here, shop)
        if option.kind == "mobile" and not shop.has_mobile:
            yield Remark("no-mobile", "kind", here)
        yield from _of_level(option.options, here, shop)


def _of_sub_menu(options: tuple[Option, ...], path: tuple[int, ...]) -> Iterator[Remark]:
    """A caller comes back from a sub-menu by no key: some key of it must lead on."""
    if not reaches_operator(options):
        yield Remark("operator-out-of-reach", "options", path)
    elif all(option.kind == "information" for option in options):
        yield Remark("dead-end", "options", path)


def _of_prompt(prompt: int | None, field: str, path: tuple[int, ...], shop: Shop) -> Iterator[Remark]:
    sounds = shop.seconds.get(prompt or 0)
    if not sounds:  # none is chosen, or menus.faults says that it has no sound
        return
    longest = max(sounds.values())
    if longest > MOST_SECONDS:
        yield Remark("long", field, path, longest)
    if missing := tuple(language for language in shop.languages if language not in sounds):
        yield Remark("not-in-language", field, path, missing)
