"""A menu's tree as the fields of a form, and back: `typed` reads what `fields` writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from calls.menu_edit import DEEPEST
from calls.menus import PROMPT_FIELDS, Fault, Option, Tree

MOST_BEFORE = 20  # how many steps can be undone


def typed(form: MultiDict, known: Collection[int]) -> tuple[Tree, list[Fault]]:
    """What was typed as a tree, and what could not even be that; only prompts in known count."""
    until, faults = _date(form.get("announcement_until", ""))
    chosen = {name: _prompt(form.get(name), known) for name in PROMPT_FIELDS}
    tree = Tree(
        **chosen,
        announcement_until=until,
        recording_notice="recording_notice" in form,
        repeats=form.get("repeats", 2, type=int),
        options=tuple(_options(form, known, "o")),
    )
    return tree, faults


def _options(form: MultiDict, known: Collection[int], prefix: str, depth: int = 1) -> Iterator[Option]:
    """The keys of a (sub-)menu: fields o-0-key, o-0-kind …, those of a sub-menu o-0-1-key …, in that order."""
    index = 0
    while f"{prefix}-{index}-kind" in form:
        here = f"{prefix}-{index}"
        yield Option(
            key=form.get(f"{here}-key", "")[:1],
            kind=form[f"{here}-kind"],
            prompt=_prompt(form.get(f"{here}-prompt"), known),
            label=form.get(f"{here}-label", "").strip()[:80],
            options=tuple(_options(form, known, here, depth + 1)) if depth < DEEPEST else (),
        )
        index += 1


def _prompt(text: str | None, known: Collection[int]) -> int | None:
    number = int(text) if text and text.isascii() and text.isdecimal() else None
    return number if number in known else None


def _date(text: str) -> tuple[dt.date | None, list[Fault]]:
    try:
        return (dt.date.fromisoformat(text) if text else None), []
    except ValueError:
        return None, [Fault("bad-date", "announcement_until")]


# --- what can be undone: earlier trees, which the form carries along -------------------------------------------


def kept(tree: Tree) -> str:
    """A tree as the text of one hidden field."""
    return urlencode(dict(_fields(tree)))


def restored(text: str, known: Collection[int]) -> Tree:
    """The tree of such a text."""
    return typed(MultiDict(parse_qsl(text, keep_blank_values=True)), known)[0]


def _fields(tree: Tree) -> Iterator[tuple[str, object]]:
    for name in (*PROMPT_FIELDS, "announcement_until"):
        yield name, getattr(tree, name) or ""
    if tree.recording_notice:
        yield "recording_notice", "y"
    yield "repeats", tree.repeats
    yield from _option_fields(tree.options, "o")


def _option_fields(options: tuple[Option, ...], prefix: str) -> Iterator[tuple[str, object]]:
    for index, option in enumerate(options):
        here = f"{prefix}-{index}"
        yield f"{here}-key", option.key
        yield f"{here}-kind", option.kind
        yield f"{here}-label", option.label
        yield f"{here}-prompt", option.prompt or ""
        yield from _option_fields(option.options, here)
