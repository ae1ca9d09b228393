"""The desk in a real browser: by keyboard alone, one screen without scrolling, nothing against the policy."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests import screens
from tests.flows.box import until

CHROMIUM = shutil.which("chromium")


@pytest.fixture
def desk(tmp_path):
    """The operator's page, and what the browser complained of."""
    tokens, said = screens.fill(tmp_path), []
    with screens.served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.context.add_cookies([{"name": "spilka", "value": tokens["operator"], "url": address}])
        # no Asterisk runs here: the telephone says that it is not connected, and the browser says why
        page.on("console", lambda message: "/ws" in message.text or said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/desk")
        yield page, said
        browser.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_the_desk_works_by_keyboard_in_one_screen(desk):
    page, said = desk
    page.keyboard.press("b")  # she is in conversation
    page.wait_for_selector("#asked-break")
    page.keyboard.press("g")
    page.wait_for_selector("#asked-break", state="detached")
    page.wait_for_selector("#callback-list .promise")
    taken = page.locator(".promise.hers").count()
    page.keyboard.press("t")
    until(lambda: page.evaluate("document.querySelectorAll('.promise.hers').length") > taken)
    page.focus("#presence button[value=meal]")
    page.wait_for_timeout(2500)  # the fragment came at least once
    assert page.evaluate("document.activeElement.value") == "meal"
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    assert said == []
