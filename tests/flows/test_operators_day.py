"""A call as it should be: rung in the browser, answered, the order taken by keys alone, its mail with the owner.

Everything is real: SIP caller, Asterisk, Caddy, Chromium, SMTP server. The one thing that is not is her voice.
"""

from __future__ import annotations

import re

import pytest

import models
from tests.flows import browser
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA
from tests.flows.sound import heard, samples, voice_in
from tests.mail.conftest import Post, Server

pytestmark = [pytest.mark.flow, pytest.mark.skipif(not browser.is_possible(), reason="no chromium or no caddy here")]
RUNS = ("agi", "scheduler", "web")
BOX = {"smtp_security": "none", "smtp_sender": "Спілка <spilka@union.example>", "outbox_seconds": 0.5}
HEARD_OVER_OPUS = 0.45
CARD = '#call[data-call] h1:has-text("Чай")'


@pytest.fixture(autouse=True)
def post():
    """Where the box's mail goes: started before the box is."""
    post = Post()
    running = Server(post)
    running.start()
    BOX.update(smtp_host="127.0.0.1", smtp_port=running.port)
    yield post
    running.stop()


@pytest.fixture
def owner(cast) -> models.User:
    owner = models.User.create(email="olena@tea.example", name="Олена", password_hash="x", language="uk")
    models.Role.create(user=owner, kind="owner", shop=cast.shops["tea"])
    return owner


def typed(page, *words: str):
    """Each word into its field, and on to the next."""
    for word in words:
        page.keyboard.insert_text(word)
        page.keyboard.press("Tab")


def take_order(page):
    """Two cups for the caller, by keys alone."""
    page.wait_for_selector("#order-form")
    page.keyboard.press("o")
    typed(page, "Ганна Петренко", "Чабань", "2")
    page.keyboard.insert_text("99,90")
    until(lambda: "199,80" in page.locator("#order-sum").inner_text(), 10, "the sum is on the form")
    page.keyboard.press("F3")
    until(lambda: "№ 1" in page.locator("#order-pane").inner_text(), 10, "the order has its number")
    page.wait_for_selector('#outcomes button[value=order][aria-pressed="true"]')


def test_a_call_is_answered_in_the_browser_its_order_taken_and_mailed(cast, owner, post, tmp_path):
    browser.prepare(cast)
    models.Shop.update(recording_wanted=True).execute()
    his, voices = tmp_path / "his.wav", {"customer": cast.speech(901, 6), "operator": cast.speech(902, 6)}
    with browser.desk(cast, voices["operator"]) as desk:
        page = desk.page
        desk.log_in(cast.operator)
        desk.wait("ready")
        page.keyboard.press("g")
        until(lambda: cast.member(cast.operator), 8, "she is in the line")
        customer = cast.in_line(TEA, cast.caller(record=str(his), play=str(voices["customer"])))
        desk.wait("ringing")
        page.wait_for_selector(CARD)
        page.keyboard.press("F7")
        desk.wait("talking")
        desk.record()
        take_order(page)
        page.keyboard.press("Escape")
        hers = samples(desk.recorded(tmp_path / "hers.wav"))
        page.screenshot(path=tmp_path / "desk.png")
        page.keyboard.press("F6")
        customer.ended()
        desk.wait("ready")
        assert CUSTOMER[-7:] not in re.sub(r"\D", "", page.content())
        assert desk.complaints == []
    said = {who: samples(voice) for who, voice in voices.items()}
    assert voice_in(hers, said["customer"]) > HEARD_OVER_OPUS
    assert voice_in(heard(his), said["operator"]) > HEARD_OVER_OPUS
    call, order = cast.call(), models.Order.get(models.Order.state == "new")
    assert (order.call_key, order.sum_minor, order.customer, order.operator) == (
        call.key,
        19980,
        CUSTOMER,
        cast.operator,
    )
    assert models.Outcome.get(models.Outcome.call_key == call.key).kind == "order"
    mail = until(lambda: next(iter(post.mails), None), 15, "the owner has the mail")
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == owner.email
    assert all(word in text for word in ("Чабань", "Ганна Петренко", "199,80")) and CUSTOMER[-4:] in text
