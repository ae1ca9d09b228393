"""A shop's menu: read as a tree, judged, drafted, published.

The tree is plain values, so that what a page is about to save and what a live call walks are judged and read by the
same functions. A published menu is never edited: a change begins as a draft, a copy of what is published; publishing
retires the version before it in the same transaction. A shop has at most one draft and one published menu.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from models import Menu, MenuOption, Prompt, PromptSound, Shop, database, utcnow

KEYS = "0123456789*#"
OPERATOR_KEY = "0"  # leads to the operator everywhere, unless the menu gives it to another option
MOST_REPEATS = 5
MOST_KEYS = 40  # a fax machine or a child: after so many keys the line it is
NEEDS_PROMPT = ("information", "menu", "goodbye")
PROMPT_FIELDS = ("greeting", "announcement", "keys", "closed_message", "shop_name")


@dataclass(frozen=True)
class Option:
    """A key and what it does; prompt is a Prompt id, options are the keys of a sub-menu."""

    key: str
    kind: str
    prompt: int | None = None
    label: str = ""
    options: tuple[Option, ...] = ()
    id: int | None = None


@dataclass(frozen=True)
class Tree:
    """One version of a menu; the prompts are Prompt ids. keys: what says the keys; None when the greeting does."""

    greeting: int | None = None
    announcement: int | None = None
    announcement_until: dt.date | None = None
    keys: int | None = None
    closed_message: int | None = None
    shop_name: int | None = None
    recording_notice: bool = False
    repeats: int = 2
    options: tuple[Option, ...] = ()
    id: int | None = None

    def announces(self, today: dt.date) -> bool:
        """Whether the announcement is still played on this local date."""
        return self.announcement is not None and not is_past(self.announcement_until, today)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a menu: a code pages put into words, a field, and the option's place (indexes from the top).

    Codes: no-greeting, no-sound, no-operator, past, range, no-prompt, no-keys, not-a-menu, bad-key, bad-kind, same-key.
    """

    code: str
    field: str
    path: tuple[int, ...] = ()


class Faulty(Exception):
    """A menu with these faults can't be published."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


class NotDraft(Exception):
    """Only a draft may be changed or published."""


# --- reading ------------------------------------------------------------------------------------------------


def published(shop: Shop | int) -> Menu | None:
    """The menu a shop's callers hear."""
    return Menu.get_or_none((Menu.shop == shop) & (Menu.status == "published"))


def published_id(shop_id: int) -> int | None:
    """The id of that menu, in plain SQL: a caller hears nothing before it is known."""
    heard = "SELECT id FROM menu WHERE shop_id = ? AND status = 'published'"
    rows = database.execute_sql(heard, (shop_id,)).fetchall()
    return rows[0][0] if rows else None


def read(menu: Menu) -> Tree:
    """A menu and its options as a tree."""
    rows = list(MenuOption.select().where(MenuOption.menu == menu).order_by(MenuOption.id))
    prompts = {name: getattr(menu, f"{name}_id") for name in PROMPT_FIELDS}
    return Tree(
        **prompts,
        announcement_until=menu.announcement_until,
        recording_notice=menu.recording_notice,
        repeats=menu.repeats,
        options=_branch(rows, None),
        id=menu.id,
    )


def _branch(rows: list[MenuOption], parent: int | None) -> tuple[Option, ...]:
    return tuple(
        Option(row.key, row.kind, row.prompt_id, row.label, _branch(rows, row.id), row.id)
        for row in rows
        if row.parent_id == parent
    )


def option_for(options: tuple[Option, ...], key: str) -> Option | None:
    """What a pressed key does in a (sub-)menu with these options; None when it leads nowhere."""
    found = next((option for option in options if option.key == key), None)
    if found is None and key == OPERATOR_KEY:
        return Option(OPERATOR_KEY, "operator")
    return found


def recorded(shop: Shop | int) -> dict[int, dict[str, str]]:
    """For each prompt of a shop that has a sound: its file names (without extension) by language."""
    sounds: dict[int, dict[str, str]] = {}
    rows = PromptSound.select(PromptSound.prompt, PromptSound.language, PromptSound.file).join(Prompt)
    for prompt, language, file in rows.where(Prompt.shop == shop).order_by(PromptSound.id).tuples():
        sounds.setdefault(prompt, {})[language] = file
    return sounds


# --- judging ------------------------------------------------------------------------------------------------


def faults(tree: Tree, today: dt.date, sounding: Collection[int]) -> list[Fault]:
    """Everything that forbids publishing; sounding: the prompt ids that have a sound. today is the shop's date."""
    return [*_field_faults(tree, today, sounding), *_level_faults(tree.options, sounding, ())]


def is_past(last_day: dt.date | None, today: dt.date) -> bool:
    """Whether an announcement whose last day this is (None: for ever) is over."""
    return last_day is not None and last_day < today


def _field_faults(tree: Tree, today: dt.date, sounding: Collection[int]) -> Iterator[Fault]:
    if tree.greeting is None:
        yield Fault("no-greeting", "greeting")
    for name in PROMPT_FIELDS:
        if getattr(tree, name) is not None and getattr(tree, name) not in sounding:
            yield Fault("no-sound", name)
    if tree.announcement is not None and is_past(tree.announcement_until, today):
        yield Fault("past", "announcement_until")
    if not 0 <= tree.repeats <= MOST_REPEATS:
        yield Fault("range", "repeats")
    if tree.options and all(option.kind != "operator" for option in tree.options):
        yield Fault("no-operator", "options")


def _level_faults(options: tuple[Option, ...], sounding: Collection[int], path: tuple[int, ...]) -> Iterator[Fault]:
    keys = [option.key for option in options]
    for index, option in enumerate(options):
        here = (*path, index)
        if option.key in keys[:index]:
            yield Fault("same-key", "key", here)
        yield from _option_faults(option, sounding, here)
        yield from _level_faults(option.options, sounding, here)


def _option_faults(option: Option, sounding: Collection[int], path: tuple[int, ...]) -> Iterator[Fault]:
    if len(option.key) != 1 or option.key not in KEYS:
        yield Fault("bad-key", "key", path)
    if option.kind not in MenuOption.KINDS:
        yield Fault("bad-kind", "kind", path)
    if option.prompt is None and option.kind in NEEDS_PROMPT:
        yield Fault("no-prompt", "prompt", path)
    if option.prompt is not None and option.prompt not in sounding:
        yield Fault("no-sound", "prompt", path)
    if option.kind == "menu" and not option.options:
        yield Fault("no-keys", "options", path)
    if option.kind != "menu" and option.options:
        yield Fault("not-a-menu", "options", path)


# --- drafting and publishing --------------------------------------------------------------------------------


def draft(shop: Shop) -> Menu:
    """The shop's draft; a new copy of what is published (or an empty menu) when there is none yet."""
    with database.atomic():
        existing = Menu.get_or_none((Menu.shop == shop) & (Menu.status == "draft"))
        return existing or _begin_draft(shop)


def _begin_draft(shop: Shop) -> Menu:
    latest = Menu.select().where(Menu.shop == shop).order_by(Menu.version.desc()).first()
    menu = Menu.create(shop=shop, version=latest.version + 1 if latest else 1)
    current = published(shop)
    if current:
        save(menu, read(current))
    return menu


def save(menu: Menu, tree: Tree) -> None:
    """Make a draft's contents those of the tree (its ids are not kept). Raises NotDraft.

    A draft may be incomplete, but what the tables can't hold (two options on one key) raises IntegrityError:
    ask `faults` first.
    """
    with database.atomic():
        _hold_draft(menu)
        for name in (*PROMPT_FIELDS, "announcement_until", "recording_notice", "repeats"):
            setattr(menu, name, getattr(tree, name))
        menu.save()
        MenuOption.delete().where(MenuOption.menu == menu).execute()
        _save_options(menu, tree.options, None)


def _save_options(menu: Menu, options: tuple[Option, ...], parent: MenuOption | None) -> None:
    for option in options:
        row = MenuOption.create(
            menu=menu, parent=parent, key=option.key, label=option.label, kind=option.kind, prompt=option.prompt
        )
        _save_options(menu, option.options, row)


def discard(shop: Shop) -> None:
    """Forget the shop's draft; callers hear what they heard before."""
    Menu.delete().where((Menu.shop == shop) & (Menu.status == "draft")).execute()


def publish(menu: Menu, today: dt.date, at: dt.datetime | None = None) -> None:
    """Let callers hear a draft from now on and retire what they heard. Raises NotDraft, Faulty (changes nothing)."""
    with database.atomic():
        _hold_draft(menu)
        found = faults(read(menu), today, recorded(menu.shop_id))
        if found:
            raise Faulty(found)
        Menu.update(status="retired").where((Menu.shop == menu.shop_id) & (Menu.status == "published")).execute()
        menu.status, menu.published_at = "published", at or utcnow()
        menu.save()


def _hold_draft(menu: Menu) -> None:
    """Within a transaction: the row is still a draft, whatever this copy of it says."""
    if not Menu.select().where((Menu.id == menu.id) & (Menu.status == "draft")).exists():
        raise NotDraft
