"""The menu editor: shape changed and undone, what publishing changes in words, old versions, remarks beside nodes."""

from __future__ import annotations

import re
from html import unescape

import pytest

from calls import menus
from models import Did, Menu, Prompt, PromptSound, Shop
from tests.web.test_bad_input import draft, flaws
from web.menu_form import kept, restored

EDITOR = "/shops/1/menu/draft"


def sent(page: str) -> dict:
    """The editor's form as a browser would send it back."""
    form = page[page.index('<form id="menu-editor"') :]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'\b{word}="([^"]*)"', tag) for word in ("name", "value"))
        if name and (value or "checked" in tag):
            fields.setdefault(name[1], []).append(unescape(value[1]) if value else "y")
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        fields[name] = [chosen[1] if chosen else ""]
    return fields


def pressed(browser, page: str, do: str, **headers):
    return browser.post(EDITOR, data={**sent(page), "do": do}, headers=headers)


def shape(page: str) -> list[str]:
    fields = sent(page)
    return [f"{name[2:-4]}:{fields[name][0]}" for name in fields if re.fullmatch(r"o-.*-key", name)]


def test_every_change_of_shape_can_be_undone_one_by_one(as_, cast):
    browser = as_("owner")
    pages = [browser.get(EDITOR).text]
    for do in ("remove:1", "up:1", "add:", "down:0"):
        pages.append(pressed(browser, pages[-1], do).text)
    assert [shape(page) for page in pages] == [
        ["0:1", "1:2", "1-0:1", "1-1:2", "2:3"], ["0:1", "1:3"], ["0:3", "1:1"], ["0:3", "1:1", "2:2"],
        ["0:1", "1:3", "2:2"]]  # fmt: skip
    page = pages.pop()
    while pages:
        page = pressed(browser, page, "undo").text
        assert shape(page) == shape(pages.pop())
    assert 'value="undo"' not in page
    assert not Menu.select().where(Menu.status == "draft").exists()


def test_a_key_that_was_taken_out_comes_back_with_all_that_was_typed(as_, cast):
    browser = as_("owner")
    typed = {**sent(browser.get(EDITOR).text), "o-1-label": "Щойно написане", "announcement_until": "2030-05-06"}
    page = browser.post(EDITOR, data={**typed, "do": "remove:1"}).text
    assert sent(page)["o-1-label"] == ["Передзвоніть"]
    back = sent(pressed(browser, page, "undo").text)
    assert back["o-1-label"] == ["Щойно написане"] and back["announcement_until"] == ["2030-05-06"]


@pytest.mark.parametrize(
    ("do", "where"),
    [
        ("add:", "label-3"), ("add:1", "label-1-2"), ("remove:0", "undo"), ("down:0", "down-1"), ("up:1", "down-0"),
        ("out:1-0", "in-2"), ("in:2", "out-1-2"),
    ],
)  # fmt: skip
def test_the_keyboard_stands_where_one_goes_on(as_, cast, do, where):
    editor = as_("owner").get(EDITOR).text
    fragment = pressed(as_("owner"), editor, do, **{"HX-Request": "true"}).text
    assert fragment.lstrip().startswith("<form")
    assert re.findall(r'id="([^"]+)"[^>]* data-focus', fragment) == [where]
    assert re.findall(r'id="([^"]+)"[^>]* autofocus', pressed(as_("owner"), editor, do).text) == [where]


def test_what_publishing_changes_is_said_before_and_after(as_, cast):
    browser = as_("owner")
    page = browser.get(EDITOR).text
    assert "саме це" in page
    page = pressed(browser, page, "remove:2").text
    told = "Не буде: клавіша 3, «Передзвоніть» (просить передзвонити)"
    assert told in page
    assert browser.post(EDITOR, data={**sent(page), "do": "save"}).status_code == 302
    assert told in browser.get("/shops/1/menu").text
    browser.post(EDITOR, data={**sent(page), "do": "publish"})
    versions = browser.get("/shops/1/menu/versions").text
    assert told in versions and "Олена Кравець" in versions


def test_an_old_version_becomes_the_draft_again_and_that_can_be_undone(as_, cast):
    browser = as_("owner")
    browser.post(EDITOR, data=draft(cast, ("1", "operator")))
    browser.post(EDITOR, data=draft(cast, ("1", "operator"), ("9", "callback"), do="save"))
    page = browser.get(f"{EDITOR}?version=1").text
    assert shape(page) == ["0:1", "1:2", "1-0:1", "1-1:2", "2:3"]
    assert shape(pressed(browser, page, "undo").text) == ["0:1", "1:9"]
    browser.post(EDITOR, data={**sent(page), "do": "publish"})
    assert [option.key for option in menus.read(menus.published(cast.tea)).options] == ["1", "2", "3"]
    assert Menu.select().where(Menu.shop == cast.tea).count() == 3
    assert browser.get(f"{EDITOR}?version=77").status_code == 404


def test_another_shops_version_is_not_there(as_, cast):
    menus.save(menus.draft(cast.soap), menus.Tree(greeting=None))
    Menu.update(version=8).where(Menu.shop == cast.soap).execute()
    assert as_("owner").get(f"{EDITOR}?version=8").status_code == 404


def test_remarks_stand_beside_what_they_are_about_and_stop_nobody(as_, cast):
    Shop.update(recording_wanted=True).where(Shop.id == 1).execute()
    Did.update(language="ru").where(Did.id == cast.did.id).execute()
    greeting = Prompt.get(Prompt.shop == 1, Prompt.label == "Вітання").id
    PromptSound.update(seconds=25).where(PromptSound.prompt == greeting).execute()
    browser, form = as_("owner"), draft(cast, *((key, "operator") for key in "123456"))
    page = browser.post(EDITOR, data={**form, "do": ""}).text
    doubts = re.findall(r'class="doubt">.*?</svg> ([^<]+)', page)
    assert len(doubts) == 4 and "25" in doubts[0] and "російська" in doubts[1]
    assert browser.post(EDITOR, data=form).status_code == 302
    assert 'class="doubt"' in browser.get("/shops/1/menu").text


def test_publishing_with_script_leads_to_the_menu_by_a_header(as_, cast):
    answer = as_("owner").post(EDITOR, data=draft(cast, ("1", "operator")), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/shops/1/menu")
    wrong = as_("owner").post(EDITOR, data=draft(cast, ("1", "callback")), headers={"HX-Request": "true"})
    assert len(flaws(wrong)) == 1 and "<html" not in wrong.text


def test_what_is_carried_along_reads_back_the_same(as_, cast):
    tree = menus.read(menus.published(cast.tea))
    known = {prompt.id for prompt in cast.tea.prompts}
    again = restored(kept(tree), known)
    assert kept(again) == kept(tree) and again.greeting == tree.greeting
    assert restored("o-0-kind=evil&o-0-prompt=999&repeats=x", known).options[0].prompt is None


def test_every_node_can_be_listened_to_by_a_link(as_, cast):
    page = as_("owner").get("/shops/1/menu").text
    links = re.findall(r'class="play[^"]*" href="([^"]+)"', page)
    assert len(links) == 6
    assert all(as_("owner").get(link).mimetype.startswith("audio/") for link in links)
    assert as_("other_owner").get(links[0]).status_code == 404


# --- trying it -------------------------------------------------------------------------------------------------

TRY = "/shops/1/menu/try"


def test_a_walk_tells_what_a_caller_meets_and_offers_its_sounds(as_, cast):
    page = as_("owner").get(f"{TRY}?keys=217").text
    told = re.findall(r'<li class="node [^"]*">(.*?)</li>', page, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in told]
    assert words[0].endswith("Вітання: Вітання") and words[1].endswith("Акція листопада")
    assert words[2] == "2 Доставка ще клавіші" and words[4] == "1 Київ розповідає"
    assert words[-2].startswith("7 Не та клавіша") and 'id="ending"' not in page
    assert all(
        as_("owner").get(link).status_code in (200, 304)
        for link in re.findall(r'class="play[^"]*" href="([^"]+)"', page)
    )


@pytest.mark.parametrize(
    ("keys", "end"),
    [("1", "у черзі на оператора"), ("22", "у черзі на оператора"), ("0", "у черзі на оператора"), ("3", "у списку передзвонів"),
     ("___", "Забагато тиші"), ("777", "Забагато хибних клавіш")],
)  # fmt: skip
def test_a_walk_says_where_it_ends(as_, cast, keys, end):
    page = as_("owner").get(f"{TRY}?keys={keys}", headers={"HX-Request": "true"}).text
    assert end in page and page.lstrip().startswith("<div") and "press-5" not in page


def test_the_draft_is_tried_before_it_is_published_and_both_can_be(as_, cast):
    browser = as_("owner")
    browser.post(EDITOR, data=draft(cast, ("7", "operator"), do="save"))
    assert 'id="ending"' in browser.get(f"{TRY}?keys=7").text
    assert 'id="ending"' not in browser.get(f"{TRY}?keys=7&of=published").text


def test_a_shop_without_a_menu_leads_to_the_operator_in_the_trial_too(as_, cast):
    assert 'id="ending"' in as_("other_owner").get("/shops/2/menu/try?keys=<b>").text
