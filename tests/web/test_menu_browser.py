"""The editor, the trial and the recorder in a real browser: an owner's telephone, in Ukrainian, by keyboard alone."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

from tests import screens
from tests.flows.box import until

CHROMIUM = shutil.which("chromium")
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
FREE_SOUND = ("--autoplay-policy=no-user-gesture-required",)
PLAYED = "document.querySelectorAll('a.play.playing').length === 1"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.fixture
def owner(tmp_path):
    """The owner's telephone; nothing may be said against any of its pages."""
    tokens, said = screens.fill(tmp_path), []
    with screens.served(tmp_path) as address, sync_playwright() as playwright:
        flags = (*screens.FLAGS, *FAKE_MICROPHONE, *FREE_SOUND)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="uk-UA", base_url=address, permissions=["microphone"]
        )
        context.add_cookies([{"name": "spilka", "value": tokens["owner"], "url": address}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        assert said == []
        browser.close()


def on(page: Page, focus: str) -> None:
    """The keyboard stands there."""
    until(lambda: page.evaluate("document.activeElement.id") == focus)


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_menu_is_edited_undone_and_published_by_keyboard(owner):
    page, keys = owner, owner.keyboard
    page.goto("/shops/1/menu/draft")
    assert fits(page)
    page.focus("#add")
    keys.press("Enter")
    on(page, "label-3")
    keys.type("Адреса")
    keys.press("Tab")
    on(page, "o-3-kind")
    keys.press("ArrowDown")  # from the operator to an information: its prompt can be chosen at once
    page.wait_for_selector("#o-3-prompt")
    on(page, "o-3-kind")
    keys.press("Tab")
    on(page, "o-3-prompt")
    keys.press("ArrowDown")
    page.wait_for_selector("#o-3 a.play")
    assert page.input_value("#label-3") == "Адреса"
    keys.press("Tab")  # the player stands beside it
    keys.press("Enter")
    until(lambda: page.evaluate(PLAYED))
    page.focus("#up-3")
    keys.press("Enter")
    on(page, "up-2")
    keys.press("Enter")
    on(page, "up-1")
    assert page.input_value("#label-1") == "Адреса"
    page.focus("#remove-2")
    keys.press("Enter")
    on(page, "undo")
    assert "прибрано" in page.inner_text("#said") and page.locator("#o-2-0").count() == 0
    keys.press("Enter")
    page.wait_for_selector("#o-2-0")
    on(page, "undo")
    assert "клавіша 4, «Адреса» (розповідає)" in page.inner_text("#differs")
    page.focus("button[value=publish]")
    keys.press("Enter")
    page.wait_for_url("**/shops/1/menu")
    assert "Відтепер клієнти чують нове меню." in page.inner_text("main")
    assert "Адреса" in page.inner_text("ul.keys") and fits(page)


def test_a_menu_is_tried_by_keyboard_and_plays_by_itself(owner):
    page = owner
    page.goto("/shops/1/menu/try")
    until(lambda: page.evaluate(PLAYED))
    page.focus("#press-2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#press-back")
    on(page, "press-2")
    until(lambda: page.evaluate(f"{PLAYED} && !!document.querySelector('li.fresh a.playing')"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#ending")
    assert "у черзі на оператора" in page.inner_text("#ending") and page.url.endswith(
        "keys=22&of=published&language=uk"
    )
    page.go_back()
    page.wait_for_selector("#press-5")
    assert fits(page)


def test_a_prompt_is_recorded_in_the_browser(owner):
    page = owner
    page.goto("/shops/1/prompts/new")
    page.fill("#label", "Записане тут")
    page.click(".recorder button:visible")
    page.wait_for_timeout(1500)
    page.click(".recorder button:visible")
    page.wait_for_selector(".recorder audio:visible")
    assert fits(page)
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/shops/1/prompts")
    assert "Записане тут" in page.inner_text("ul.cards")


def test_too_large_a_file_is_told_before_it_travels(owner, tmp_path):
    large = tmp_path / "large.wav"
    with large.open("wb") as file:
        file.truncate(21_000_000)
    owner.goto("/shops/1/prompts/new")
    owner.set_input_files("#file", large)
    assert "завеликий" in owner.inner_text(".fault.weight") and owner.input_value("#file") == ""
