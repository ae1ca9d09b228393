"""Reading a menu as a tree, judging it, drafting and publishing it."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest

import models
from calls import menus
from calls.menus import Fault, Faulty, NotDraft, Option, Tree
from models import Menu, MenuOption, Prompt, PromptSound

TODAY = dt.date(2026, 11, 21)
HELLO, DELIVERY, MORE, BYE, MUTE = 1, 2, 3, 4, 5  # prompts; the last has no sound
GOOD = Tree(
    greeting=HELLO,
    options=(
        Option("1", "operator", label="Продажі"),
        Option("2", "information", DELIVERY, "Доставка"),
        Option("3", "menu", MORE, "Інше", (Option("1", "goodbye", BYE), Option("5", "callback"))),
    ),
)


@pytest.fixture
def shop(db):
    """A tea shop with five prompts, the last without a sound."""
    shop = models.Shop.create(name="Чай", queue=models.Queue.create(name="line"))
    for prompt in (HELLO, DELIVERY, MORE, BYE, MUTE):
        Prompt.create(id=prompt, shop=shop, label=str(prompt))
        if prompt != MUTE:
            PromptSound.create(prompt=prompt, language="uk", file=f"f{prompt}", seconds=1, made_by="upload")
    return shop


def judged(**changes) -> list[Fault]:
    return menus.faults(replace(GOOD, **changes), TODAY, {HELLO, DELIVERY, MORE, BYE})


def without_ids(options):
    return tuple(Option(o.key, o.kind, o.prompt, o.label, without_ids(o.options)) for o in options)


# --- judging ------------------------------------------------------------------------------------------------


def test_a_good_menu_has_no_faults():
    assert judged() == []


def test_a_menu_of_a_greeting_alone_leads_to_the_line_and_is_good():
    assert judged(options=()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"greeting": None}, Fault("no-greeting", "greeting")),
        ({"greeting": MUTE}, Fault("no-sound", "greeting")),
        ({"keys": MUTE}, Fault("no-sound", "keys")),
        ({"closed_message": MUTE}, Fault("no-sound", "closed_message")),
        ({"announcement": BYE, "announcement_until": TODAY - dt.timedelta(1)}, Fault("past", "announcement_until")),
        ({"repeats": 6}, Fault("range", "repeats")),
        ({"repeats": -1}, Fault("range", "repeats")),
    ],
)
def test_a_fault_is_found_at_its_field(changes, fault):
    assert judged(**changes) == [fault]


def test_an_announcement_is_good_on_its_last_day_and_without_one():
    assert judged(announcement=BYE, announcement_until=TODAY) == []
    assert judged(announcement=BYE) == []
    assert Tree(announcement=BYE, announcement_until=TODAY).announces(TODAY)
    assert not Tree(announcement=BYE, announcement_until=TODAY).announces(TODAY + dt.timedelta(1))
    assert not Tree(announcement_until=TODAY).announces(TODAY)


OPERATOR = Option("1", "operator")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ((Option("2", "information", DELIVERY),), Fault("no-operator", "options")),
        ((OPERATOR, Option("1", "callback")), Fault("same-key", "key", (1,))),
        ((OPERATOR, Option("2", "information")), Fault("no-prompt", "prompt", (1,))),
        ((OPERATOR, Option("2", "goodbye")), Fault("no-prompt", "prompt", (1,))),
        ((OPERATOR, Option("2", "information", MUTE)), Fault("no-sound", "prompt", (1,))),
        ((OPERATOR, Option("2", "menu", MORE)), Fault("no-keys", "options", (1,))),
        ((OPERATOR, Option("2", "menu", None, "", (OPERATOR,))), Fault("no-prompt", "prompt", (1,))),
        ((OPERATOR, Option("2", "callback", None, "", (OPERATOR,))), Fault("not-a-menu", "options", (1,))),
        ((OPERATOR, Option("12", "callback")), Fault("bad-key", "key", (1,))),
        ((OPERATOR, Option("", "callback")), Fault("bad-key", "key", (1,))),
        ((OPERATOR, Option("²", "callback")), Fault("bad-key", "key", (1,))),
        ((OPERATOR, Option("2", "agent")), Fault("bad-kind", "kind", (1,))),
        ((OPERATOR, Option("2", "menu", MORE, "", (OPERATOR, OPERATOR))), Fault("same-key", "key", (1, 1))),
    ],
)
def test_a_fault_of_an_option_is_found_at_its_place(options, fault):
    assert judged(options=options) == [fault]


def test_an_operator_hidden_in_a_sub_menu_is_no_way_to_her():
    hidden = (Option("3", "menu", MORE, "", (OPERATOR,)),)
    assert judged(options=hidden) == [Fault("no-operator", "options")]


def test_all_faults_are_named_at_once():
    assert len(judged(greeting=None, repeats=9, options=(Option("x", "information"),))) == 5


# --- reading ------------------------------------------------------------------------------------------------


def test_a_key_leads_where_the_menu_says_and_nought_to_the_operator_otherwise():
    assert menus.option_for(GOOD.options, "2").kind == "information"
    assert menus.option_for(GOOD.options, "0").kind == "operator"
    assert menus.option_for((Option("0", "callback"),), "0").kind == "callback"
    assert menus.option_for(GOOD.options, "9") is None


def test_a_saved_tree_reads_back_the_same(shop):
    menu = menus.draft(shop)
    menus.save(menu, GOOD)
    tree = menus.read(Menu.get_by_id(menu.id))
    assert without_ids(tree.options) == GOOD.options
    assert (tree.greeting, tree.repeats, tree.id) == (HELLO, 2, menu.id)
    assert all(option.id for option in tree.options)


def test_what_is_recorded_is_the_shops_own(shop):
    other = models.Shop.create(name="Мило", queue=shop.queue)
    theirs = Prompt.create(shop=other, label="hello")
    PromptSound.create(prompt=theirs, language="uk", file="theirs", seconds=1, made_by="upload")
    PromptSound.create(prompt=HELLO, language="ru", file="f1ru", seconds=1, made_by="upload")
    assert menus.recorded(shop)[HELLO] == {"uk": "f1", "ru": "f1ru"}
    assert menus.recorded(other) == {theirs.id: {"uk": "theirs"}}


# --- drafting and publishing --------------------------------------------------------------------------------


def test_a_first_draft_is_empty_and_there_is_one(shop):
    first = menus.draft(shop)
    assert (first.version, first.status) == (1, "draft")
    assert menus.draft(shop) == first


def publish(shop, tree=GOOD) -> Menu:
    menu = menus.draft(shop)
    menus.save(menu, tree)
    menus.publish(menu, TODAY)
    return menu


def test_publishing_retires_what_callers_heard_before(shop):
    first = publish(shop)
    second = publish(shop)
    assert (first.version, second.version) == (1, 2)
    assert [m.status for m in Menu.select().order_by(Menu.version)] == ["retired", "published"]
    assert menus.published(shop) == second
    assert second.published_at is not None


def test_a_draft_begins_as_a_copy_and_changes_nothing_callers_hear(shop):
    heard = publish(shop)
    before = menus.read(heard)
    draft = menus.draft(shop)
    assert without_ids(menus.read(draft).options) == without_ids(before.options)
    menus.save(draft, Tree(greeting=DELIVERY))
    assert menus.read(menus.published(shop)) == before


def test_a_faulty_draft_is_not_published_and_nothing_changes(shop):
    heard = publish(shop)
    draft = menus.draft(shop)
    menus.save(draft, Tree(greeting=MUTE))
    with pytest.raises(Faulty) as refused:
        menus.publish(draft, TODAY)
    assert refused.value.faults == [Fault("no-sound", "greeting")]
    assert menus.published(shop) == heard
    assert Menu.get_by_id(draft.id).status == "draft"


def test_a_prompt_of_another_shop_has_no_sound_here(shop):
    other = models.Shop.create(name="Мило", queue=shop.queue)
    draft = menus.draft(other)
    menus.save(draft, Tree(greeting=HELLO))
    with pytest.raises(Faulty):
        menus.publish(draft, TODAY)


def test_a_published_menu_is_neither_edited_nor_published_again(shop):
    menu = publish(shop)
    stale = Menu.get_by_id(menu.id)
    stale.status = "draft"  # what a page may still believe
    for change in (lambda: menus.save(stale, Tree()), lambda: menus.publish(stale, TODAY)):
        with pytest.raises(NotDraft):
            change()
    assert MenuOption.select().where(MenuOption.menu == menu).count() == 5


def test_two_who_begin_to_edit_at_once_share_one_draft(shop, times):
    for _ in range(times(50)):
        Menu.delete().execute()
        found = []
        threads = [threading.Thread(target=_draft, args=(shop, found)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4 and len(set(found)) == 1


def _draft(shop, found):
    with models.database.connection_context():
        found.append(menus.draft(shop).id)
