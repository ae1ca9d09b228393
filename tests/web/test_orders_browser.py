"""An order on the desk in a real browser: by keyboard alone, kept through a cut and a reload, placed by one key."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

import models
from models import Order, Outbox
from orders.typed import Typed
from tests import screens
from tests.flows.box import until

CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.fixture
def desk(tmp_path):
    """The operator's desk with a call on it, its address, and what the browser complained of."""
    tokens, said = screens.fill(tmp_path), []
    with screens.served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.context.add_cookies([{"name": "spilka", "value": tokens["operator"], "url": address}])
        screens.listen(page, said)
        page.goto(f"{address}/desk/calls/live.1")
        page.wait_for_selector("#order-form")
        models.database.connect(reuse_if_open=True)
        yield page, said
        models.database.close()
        browser.close()


def drafted() -> Typed:
    draft = Order.get_or_none(Order.call_key == "live.1")
    return Typed.of(draft) if draft else Typed()


def type_all(page, *words: str) -> None:
    """Each word into its field, and on to the next."""
    for word in words:
        page.keyboard.insert_text(word)
        page.keyboard.press("Tab")


def test_an_order_is_taken_by_keyboard_alone(desk):
    page, said = desk
    page.keyboard.press("o")
    type_all(page, "Ганна Петренко", "Чабань", "3")
    page.keyboard.insert_text("99,90")
    page.keyboard.press("Enter")
    expect(page.locator("#title-1")).to_be_focused()
    expect(page.locator("#order-sum")).to_contain_text("299,70")
    page.keyboard.insert_text("Піала")
    page.wait_for_selector("#title-2")
    page.keyboard.press("Tab")
    type_all(page, "", "120")
    expect(page.locator("#order-sum")).to_contain_text("419,70")
    expect(page.locator("#title-2")).to_be_focused()
    page.locator("#order-number").focus()
    page.keyboard.insert_text("067 555 44 33")
    page.keyboard.press("Tab")
    expect(page.locator("#order-telephone")).to_contain_text("+380 67 ••• •• 33")
    page.keyboard.press("F3")
    order = until(lambda: Order.get_or_none(Order.call_key == "live.1", Order.state == "new"), 10, "the order")
    expect(page.locator("#order-pane")).to_contain_text(f"№ {order.number}")
    assert (order.state, order.sum_minor, order.customer, order.is_dictated) == ("new", 41970, "+380675554433", True)
    assert Outbox.select().where(Outbox.about == f"order:{order.id}").count() == 1
    assert "5554433" not in page.content().replace(" ", "")
    assert said == []


def test_an_order_just_placed_is_mended_by_keyboard_alone(desk):
    page, said = desk
    page.keyboard.press("o")
    type_all(page, "Ганна Петренко", "Чабань", "3")
    page.keyboard.insert_text("99,90")
    page.keyboard.press("F3")
    order = until(lambda: Order.get_or_none(Order.call_key == "live.1", Order.state == "new"), 10, "the order")
    page.wait_for_selector("[data-key=KeyF]")
    page.keyboard.press("f")
    expect(page.locator("#order-name")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.insert_text("Піала")
    page.keyboard.press("Enter")
    expect(page.locator("#title-2")).to_be_focused()
    page.locator("#price-1").focus()
    page.keyboard.insert_text("120")
    page.keyboard.press("F3")
    expect(page.locator("#order-pane .order-done")).to_contain_text("419,70")
    assert Order.get_by_id(order.id).sum_minor == 41970
    assert Outbox.select().where(Outbox.about.startswith("order-correction:")).count() == 1
    assert said == []


def test_what_is_typed_survives_a_reload_in_the_middle_of_a_word(desk):
    page, _ = desk
    page.keyboard.press("o")
    page.keyboard.insert_text("Ганна Петр")
    page.reload()
    page.wait_for_selector("#order-form")
    until(lambda: drafted().customer_name == "Ганна Петр")


def test_a_cut_network_says_so_and_loses_nothing(desk):
    page, _ = desk
    page.keyboard.press("o")
    page.context.set_offline(True)
    page.keyboard.insert_text("Ганна Петренко")
    page.wait_for_timeout(2500)  # a saving has failed, and another
    unsaved = page.locator("#order-form").get_attribute("data-unsaved")
    expect(page.locator("#order-saved")).to_have_text(unsaved)
    assert drafted() == Typed()
    page.context.set_offline(False)
    until(lambda: drafted().customer_name == "Ганна Петренко")
    expect(page.locator("#order-saved")).not_to_have_text(unsaved)


def test_the_next_call_on_the_desk_takes_no_word_along(desk):
    page, _ = desk
    page.keyboard.press("o")
    page.keyboard.insert_text("Ганна")
    page.evaluate("htmx.ajax('GET', '/desk/calls/a7.1', {target: '#call', swap: 'outerHTML'})")
    until(lambda: drafted().customer_name == "Ганна")
    page.wait_for_selector("#call[data-call='a7.1']")


def test_a_wrong_form_is_refused_with_everything_kept_and_the_reason_beside(desk):
    page, _ = desk
    page.keyboard.press("o")
    page.keyboard.press("Delete")  # he was known by a name
    type_all(page, "", "Чабань", "", "багато")
    page.keyboard.press("F3")
    expect(page.locator("#price-0-fault")).to_be_visible()
    expect(page.locator("#order-name-fault")).to_be_visible()
    assert page.locator("#price-0").input_value() == "багато" and page.locator("#title-0").input_value() == "Чабань"
