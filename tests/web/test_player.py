"""The player in a real browser: it sounds, skips, remembers the speed, obeys the keyboard, breaks no policy."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import sync_playwright

import models
from models import AuditEntry, Listening, VoicemailListening
from tests import screens
from tests.flows.box import until

CHROMIUM = shutil.which("chromium")
SOUND = "document.querySelector('.player audio')"


def at(page, least: float, most: float = 140) -> bool:
    """Whether the sound has come to a second of [least, most)."""
    return until(lambda: least < (page.evaluate(f"{SOUND}?.currentTime") or 0) < most, 5, f"second {least}")


@pytest.fixture
def as_(tmp_path):
    """as_("owner", width): his browser, and what it complained of."""
    tokens = screens.fill(tmp_path)
    with screens.served(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)

        def opened(who: str, width: int):
            page, said = browser.new_page(viewport={"width": width, "height": 844}, base_url=address), []
            page.context.add_cookies([{"name": "spilka", "value": tokens[who], "url": address}])
            screens.listen(page, said)
            return page, said

        yield opened
        browser.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_a_recording_is_heard_in_its_row(as_):
    page, said = as_("owner", 390)
    page.goto("/shops/1/calls")
    page.locator(".hear button").first.click()
    at(page, 0.2)
    assert page.evaluate(f"{SOUND}.duration") == pytest.approx(140, abs=0.1)
    page.keyboard.press("ArrowRight")
    at(page, 10)
    page.locator("[data-skip='10']").click()
    at(page, 20)
    page.keyboard.press("ArrowLeft")
    at(page, 5, 20)
    page.locator(".player").focus()
    page.keyboard.press("Space")
    assert page.evaluate(f"{SOUND}.paused")
    page.locator("[data-speed]").select_option("1.5")
    assert page.evaluate(f"{SOUND}.playbackRate") == 1.5

    page.locator(".hear button").first.click()  # another call: the first one stops, the speed is the same
    playing = "[...document.querySelectorAll('.player audio')].filter(sound => !sound.paused).length"
    until(lambda: page.evaluate(playing) == 1, 5, "the other call sounds")
    page.goto("/shops/1/calls/a7.1")
    page.locator(".hear button").click()
    at(page, 0.2)
    assert page.evaluate(f"{SOUND}.playbackRate") == 1.5
    assert said == []
    with models.database.connection_context():
        opened = AuditEntry.select().where(AuditEntry.action == "recording.play").count()
        assert Listening.select().count() == opened == 3


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_a_message_is_heard_on_the_desk_while_its_list_goes_on(as_):
    page, said = as_("operator", 1366)
    parts = []
    page.on("response", lambda answer: "/listenings/" in answer.url and parts.append(answer))
    page.goto("/desk")
    page.locator("#callback-list .hear button").first.click()
    at(page, 0.2)
    assert page.evaluate(f"{SOUND}.duration") == pytest.approx(24, abs=0.1)
    page.keyboard.press("ArrowRight")
    at(page, 10, 24)
    assert {answer.status for answer in parts} == {206} and all(answer.headers["content-range"] for answer in parts)
    with page.expect_response(lambda answer: "/desk/callbacks?shown=" in answer.url):
        pass
    at(page, 10, 24)
    page.evaluate("document.dispatchEvent(new CustomEvent('phone:ringing', {detail: {key: 'new.1', did: 1}}))")
    until(lambda: page.evaluate(f"{SOUND}.paused"), 5, "who rings is to be heard")
    page.locator(".player").focus()
    page.keyboard.press("Escape")
    assert page.locator("#message").inner_html().strip() == ""
    assert page.evaluate("document.activeElement.closest('.hear') !== null"), "the key that opened it is next again"
    assert said == []
    with models.database.connection_context():
        operator = models.User.get(models.User.name == "Ірина Мороз")
        assert [heard.user for heard in VoicemailListening.select()] == [operator]
        assert (
            AuditEntry.select().where(AuditEntry.action == "voicemail.play", AuditEntry.user == operator).count() == 1
        )
