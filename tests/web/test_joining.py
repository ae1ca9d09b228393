"""Joining in a real browser, on an owner's telephone: from the coordinator's invitation to the steps of the beginning."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

from tests import screens

CHROMIUM = shutil.which("chromium")
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def telephone(tmp_path):
    """telephone("coordinator") is a page on a telephone where he is logged in; with what the browsers complained of."""
    tokens, said = screens.fill(tmp_path), []
    with screens.served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)

        def open_page(who: str | None) -> Page:
            context = browser.new_context(viewport=PHONE, locale="uk-UA", base_url=address)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            if who:
                context.add_cookies([{"name": "spilka", "value": tokens[who], "url": address}])
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            return page

        yield open_page, said
        browser.close()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_an_owner_joins_on_a_telephone_and_sees_what_to_do_next(telephone):
    open_page, said = telephone
    link = invited(open_page("coordinator"))
    page = open_page(None)
    page.goto(link)
    assert fits(page) and "Свічки" in page.inner_text("main")
    page.keyboard.type("dovhyi-parol-1")  # the first field to fill has the focus
    page.keyboard.press("Enter")
    page.wait_for_url("**/start")
    assert fits(page) and "1 з 6" in page.inner_text(".lead")
    assert page.locator(".steps [role=button]").count() == 1, "one next step, and no more"
    page.click(".steps [role=button]")
    page.wait_for_url("**/prompts/new")
    assert said == []


def invited(page: Page) -> str:
    """The link, copied from the coordinator's page as he would."""
    page.goto("/people")
    page.click("a[href='/invitations/new']")
    page.fill("#name", "Марія Лис")
    page.fill("#email", "maria@candles.example")
    page.fill("#new_shop", "Свічки")
    page.click("main form button")
    page.click("[data-copy]")
    page.wait_for_selector("[data-copy]:has-text('Скопійовано')")
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_the_words_for_the_provider_are_copied_by_one_touch(telephone):
    open_page, said = telephone
    page = open_page("owner")
    page.goto("/shops/1/start")
    page.click("summary")
    page.click("[data-copy=code-all-1]")
    page.wait_for_selector("[data-copy=code-all-1]:has-text('Скопійовано')")
    assert page.evaluate("navigator.clipboard.readText()") == "**21*+380442001010#"
    assert fits(page) and said == []
