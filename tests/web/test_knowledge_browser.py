"""Two people and two browsers: what the owner changes is on the operator's open desk by itself, and what she asks is
answered back, while nothing that she is typing or has opened is lost. The search works by keyboard alone.
"""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright

import models
from tests import screens

CHROMIUM = shutil.which("chromium")
PATIENCE = 20_000  # milliseconds, on a machine that does much else
expect.set_options(timeout=PATIENCE)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.fixture
def people(tmp_path):
    """people("owner", path): a page of hers in a browser of her own, and all that browsers complained of."""
    tokens, said = screens.fill(tmp_path), []
    with models.database.connection_context():  # the call that goes on would take the desk
        models.Call.update(ended_at=models.utcnow()).where(models.Call.ended_at.is_null()).execute()
        models.Leg.update(ended_at=models.utcnow()).where(models.Leg.ended_at.is_null()).execute()
    with screens.served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)

        def open_page(who: str, path: str) -> Page:
            size = {"width": 1366, "height": 768} if who == "operator" else {"width": 390, "height": 844}
            context = browser.new_context(viewport=size, locale="uk-UA")
            context.add_cookies([{"name": "spilka", "value": tokens[who], "url": address}])
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            screens.listen(page, said)
            page.goto(address + path)
            return page

        yield open_page, said
        browser.close()


def test_what_the_owner_changes_is_on_the_open_desk_and_nothing_typed_is_lost(people):
    open_page, said = people
    desk, owner = open_page("operator", "/desk/calls/a7.1"), open_page("owner", "/shops/1/cards/1")
    expect(desk.locator("#card-query")).to_be_visible(timeout=20_000)
    desk.press("body", "F2")
    desk.keyboard.type("пуеру")
    expect(desk.locator(".known")).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")  # the card is open
    desk.fill("[id^=question-text]", "Чи є пуер по сто грамів")
    desk.focus(".known summary")

    owner.fill("[name=price_minor]", "999,90")
    owner.click("main form button")
    expect(desk.locator(".known .price")).to_have_text("999,90\u00a0₴")
    assert desk.input_value("[id^=question-text]") == "Чи є пуер по сто грамів"
    assert desk.input_value("#card-query") == "пуеру" and desk.locator(".known[open]").count() == 1

    owner.goto(owner.url.replace("/cards", "/script"))
    owner.fill("#says-0", "Чайна лавка вітає вас!")
    owner.click(".save-bar button")
    expect(desk.locator("#say-greeting .says")).to_have_text("Чайна лавка вітає вас!")
    assert desk.evaluate("document.documentElement.scrollHeight") <= 768
    assert said == []


def test_a_question_asked_by_keyboard_is_answered_on_her_desk(people):
    open_page, said = people
    desk = open_page("operator", "/desk/calls/a7.1")
    expect(desk.locator("[id^=question-text]")).to_be_visible(timeout=20_000)
    desk.press("body", "F4")
    desk.keyboard.type("Скільки важить піала?")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator(".asked-one.open .asked-words").first).to_have_text("Скільки важить піала?")
    expect(desk.locator("[id^=question-text]")).to_have_value("")

    owner = open_page("owner", "/shops/1/questions")
    waiting = owner.locator(".question", has_text="Скільки важить піала?")
    waiting.locator("textarea").fill("Сто двадцять грамів.")
    waiting.locator("button").click()
    answered = desk.locator(".asked-one.answered", has_text="Скільки важить піала?")
    expect(answered).to_contain_text("Сто двадцять грамів.")
    assert said == []


def test_the_search_is_walked_by_arrows_and_left_by_escape(people):
    open_page, said = people
    desk = open_page("operator", "/desk/calls/a7.1/knowledge")
    desk.press("body", "F2")
    desk.keyboard.type("чай")
    expect(desk.locator(".known")).to_have_count(2)
    for key, expected in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 1), ("ArrowUp", 0)):
        desk.keyboard.press(key)
        assert (
            desk.evaluate("[...document.querySelectorAll('.known summary')].indexOf(document.activeElement)")
            == expected
        )
    desk.keyboard.press("Enter")
    assert desk.locator(".known").first.get_attribute("open") is not None
    desk.keyboard.press("Escape")
    assert desk.evaluate("document.activeElement.id") == "card-query"
    assert said == []


def test_the_script_is_reshaped_without_leaving_the_page(people):
    open_page, said = people
    owner = open_page("owner", "/shops/1/script")
    owner.fill("#says-0", "Вітаємо!")
    owner.click("#add-objections")
    expect(owner.locator("#says-6")).to_be_focused()
    owner.keyboard.type("Є й дешевший.")
    owner.click("#remove-1")
    expect(owner.locator("#back-1")).to_be_focused()
    owner.keyboard.press("Enter")
    expect(owner.locator("#says-1")).to_be_focused()
    owner.click("#up-6")
    expect(owner.locator("#says-5")).to_have_value("Є й дешевший.")
    expect(owner.locator("#says-0")).to_have_value("Вітаємо!")
    assert said == []
