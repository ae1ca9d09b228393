"""The button on somebody else's site, in a real browser: under a strict policy, by keyboard, without script, framed."""

from __future__ import annotations

import shutil
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

import models
from models import Callback, CallRequest, SiteButton, SiteRequest
from tests import screens
from tests.web.test_axe import AXE, RUN, SERIOUS

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")

KEY = "feed0000beef0001"
UGLY = "* { color: red !important; font-size: 40px !important; display: block !important; }"


class Site(BaseHTTPRequestHandler):
    """A shop's site: its own style would spoil anything it met, and its policy lets in what the owner allowed."""

    def do_GET(self) -> None:
        body = self.server.body
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(UGLY.encode() if self.path == "/ugly.css" else body.encode())

    def log_message(self, *_said) -> None:
        pass


@pytest.fixture(scope="module")
def spilka(tmp_path_factory):
    """(address, folder) of the filled application."""
    folder = tmp_path_factory.mktemp("call-me")
    screens.fill(folder)
    with screens.served(folder) as address:
        yield address, folder


@pytest.fixture
def asked(spilka):
    """asked(): what was asked for since the test began."""
    models.database.init(str(spilka[1] / "spilka.db"))
    with models.database.connection_context():
        SiteRequest.delete().execute()
        SiteButton.update(origins="").execute()
        last = max(row.id for row in CallRequest.select())
        yield lambda: list(CallRequest.select(CallRequest, Callback).join(Callback).where(CallRequest.id > last))


@pytest.fixture
def site(spilka):
    """site(body): the address of a page on another origin with this body and a strict policy."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def page(body: str, policy: str | None = None) -> str:
        home = spilka[0]
        server.body = f'<!doctype html><html lang="uk"><title>Чай</title><link rel="stylesheet" href="/ugly.css"><main>{body}</main></html>'
        server.policy = policy or f"default-src 'self'; script-src {home}; connect-src {home}; frame-src {home}"
        return f"http://127.0.0.1:{server.server_address[1]}/da-hun-pao?phone=0671230987"

    yield page
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=screens.FLAGS)
        yield browser
        browser.close()


def snippet(home: str, more: str = "") -> str:
    return f'<a href="{home}/call-me/{KEY}"{more}>Передзвоніть мені</a>\n<script src="{home}/call-me/{KEY}/button.js" async></script>'


def opened(chromium, address: str, width: int = 390, scheme: str = "light", **options):
    """A page, and the list of what the browser complained of."""
    page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme, locale="uk-UA", **options)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    return page, said


@pytest.mark.parametrize(("place", "ends"), [("", "67"), (' data-place="corner"', "66")])
def test_a_visitor_asks_for_a_call_with_the_keyboard_alone_on_a_site_with_a_strict_policy(
    chromium, spilka, site, asked, place, ends
):
    page, said = opened(chromium, site(snippet(spilka[0], place)))
    button = page.get_by_role("button", name="Передзвоніть мені")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    promise = dialog.locator(".promise").inner_text()
    page.keyboard.type("067 12")
    page.keyboard.press("Enter")
    page.locator("#number-fault:visible").wait_for()
    assert (
        page.locator("#number").get_attribute("aria-invalid") == "true"
        and page.locator("#number").input_value() == "067 12"
    )
    page.keyboard.press("End")
    page.keyboard.type(f"3 45 {ends}")
    page.keyboard.press("Enter")
    status = dialog.get_by_role("status")
    status.wait_for()
    assert status.inner_text() == promise
    request = asked()[-1]
    assert request.callback.customer == f"+3806712345{ends}"
    assert request.page == page.url.partition("?")[0], "without what the address said of him"
    page.keyboard.press("Escape")
    assert dialog.count() == 0 and button.evaluate("b => b.getRootNode().activeElement === b")
    assert [line for line in said if "422" not in line] == []
    page.close()


def test_turned_away_in_a_crowd_the_button_asks_again_by_itself(chromium, spilka, site, asked):
    page, _ = opened(chromium, site(snippet(spilka[0])))
    page.get_by_role("button", name="Передзвоніть мені").click()
    page.locator("#number").fill("067 123 45 70")
    crowd = Crowd(f"{spilka[0]}/call-me/{KEY}")
    with models.database.atomic(), page.expect_response(lambda answer: answer.status == 503):
        crowd.fill_all_places()
        page.get_by_role("dialog").get_by_role("button", name="Зателефонуйте мені").click()
    page.get_by_role("dialog").get_by_role("status").wait_for(timeout=15_000)
    assert asked()[-1].callback.customer == "+380671234570"
    crowd.join()
    page.close()


class Crowd:
    """Visitors whose posts wait for the disk, so many that the next is turned away."""

    def __init__(self, address: str) -> None:
        self.threads = [threading.Thread(target=self._post, args=(address, number)) for number in range(3)]
        self.was_turned_away = threading.Event()

    def _post(self, address: str, number: int) -> None:
        data = f"number=%2B38067123000{number}".encode()
        try:
            urllib.request.urlopen(address, data, timeout=30).close()
        except urllib.error.HTTPError as refused:
            assert refused.code == 503
            self.was_turned_away.set()

    def fill_all_places(self) -> None:
        for thread in self.threads:
            thread.start()
        assert self.was_turned_away.wait(10)

    def join(self) -> None:
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_serious_fault_of_accessibility_and_the_sites_style_does_not_reach_it(chromium, spilka, site, scheme):
    page, _ = opened(chromium, site(snippet(spilka[0])), scheme=scheme, bypass_csp=True)
    page.get_by_role("button", name="Передзвоніть мені").click()
    page.get_by_role("dialog").wait_for()
    assert page.locator(".promise").evaluate("p => getComputedStyle(p).fontSize") == "16px"
    assert page.locator("#form-fault").is_hidden()
    page.evaluate(AXE)
    found = page.evaluate(RUN.replace("document", "{include: [['main']]}", 1))["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in SERIOUS] == []
    page.close()


def test_where_scripts_of_others_are_forbidden_it_is_a_link_to_the_same_form(chromium, spilka, site, asked):
    page, _ = opened(chromium, site(snippet(spilka[0]), policy="default-src 'self'"))
    page.get_by_role("link", name="Передзвоніть мені").click()
    page.get_by_label("Ваш телефон").fill("067 123 45 68")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert asked()[-1].callback.customer == "+380671234568"
    page.close()


def test_where_asking_us_is_forbidden_the_button_leads_to_the_form(chromium, spilka, site):
    page, _ = opened(chromium, site(snippet(spilka[0]), policy=f"script-src {spilka[0]}; connect-src 'none'"))
    page.get_by_role("button", name="Передзвоніть мені").click()
    page.wait_for_url(f"{spilka[0]}/call-me/{KEY}?lang=uk")
    page.close()


def test_in_a_frame_it_works_where_the_owner_allows_it_and_nowhere_else(chromium, spilka, site, asked):
    address = site(
        f'<iframe src="{spilka[0]}/call-me/{KEY}" title="Передзвоніть мені" width="360" height="420"></iframe>'
    )
    page, _ = opened(chromium, address)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Ваш телефон").fill("067 123 45 69")
    frame.get_by_role("button").click()
    frame.get_by_role("status").wait_for()
    assert asked()[-1].callback.customer == "+380671234569"
    SiteButton.update(origins="https://tea.example").execute()
    page.goto(address)
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").get_by_label("Ваш телефон").count() == 0
    page.close()
