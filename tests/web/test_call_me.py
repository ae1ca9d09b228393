"""The "call me" button as the world meets it: other sites, strangers, floods; and as the owner sets it up."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from html import unescape

import pytest

import models
from app import create_app
from calls import site_buttons
from models import Callback, CallRequest, SiteButton, SiteRequest
from tests.web import seed
from tests.web.test_pages import FULL_NUMBER
from union import audit

JSON = {"Accept": "application/json"}
NUMBER = {"number": "067 123 09 87", "page": "https://tea.example/da-hun-pao"}


@pytest.fixture
def button(cast):
    return site_buttons.switch_on(cast.tea, audit.BOX)


@pytest.fixture
def home(button):
    return f"/call-me/{button.key}"


def allow_only(button: SiteButton, *sites: str) -> None:
    site_buttons.change(button, " ".join(sites), None, 50, audit.BOX)


def test_a_stranger_asks_without_cookie_or_token_and_gets_none(settings, cast, home):
    browser = create_app(settings).test_client()  # with the CSRF check, as in production
    page = browser.get(home)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers and "csrf_token" not in page.text
    asked = browser.post(home, data=NUMBER)
    assert asked.status_code == 200 and "Set-Cookie" not in asked.headers
    assert Callback.get().customer == "+380671230987"
    assert CallRequest.get().page == "https://tea.example/da-hun-pao"
    assert browser.post(f"/shops/{cast.tea.id}/site-button/off").status_code == 422, "all else wants its token"


def test_what_stands_before_the_button_is_what_is_said_after_it(as_, home):
    browser = as_(None)
    promise = browser.get(f"{home}/offer").json["promise"]
    assert promise.startswith("Зателефонуємо") and promise in unescape(browser.get(home).text)
    assert browser.post(home, data=NUMBER, headers=JSON).json == {"said": promise}
    assert promise in unescape(browser.post(home, data=NUMBER).text)


@pytest.mark.parametrize(
    ("language", "begins"),
    [("ru", "Позвоним"), ("en", "We will call"), ("uk", "Зателефонуємо"), ("de", "Зателефонуємо")],
)
def test_it_speaks_the_language_of_the_site(as_, home, language, begins):
    assert as_(None).get(f"{home}/offer?lang={language}").json["promise"].startswith(begins)


def test_a_wrong_number_is_told_beside_the_field_and_stays_typed(as_, home):
    browser = as_(None)
    page = browser.post(home, data={"number": "067 12", "page": "https://tea.example/x"})
    assert page.status_code == 422 and 'aria-describedby="number-fault"' in page.text and 'value="067 12"' in page.text
    assert 'value="https://tea.example/x"' in page.text
    answer = browser.post(home, data={"number": "067 12"}, headers=JSON)
    assert answer.status_code == 422 and answer.json["field"] == "number" and "номер" in answer.json["fault"]
    late = browser.post(home, data={**NUMBER, "wanted": "1"}, headers=JSON)
    assert late.status_code == 422 and late.json["field"] == "wanted"
    for nonsense in ("x", "-1", "9" * 40, "²"):
        assert browser.post(home, data={**NUMBER, "wanted": nonsense}).status_code == 422


def test_nothing_a_stranger_sends_is_said_by_the_page(as_, home):
    words = "<b>Call Spilka Bank</b>"
    browser = as_(None)
    for answer in (
        browser.post(f"{home}?lang={words}&said={words}", data={"number": words, "wanted": words, "page": words}),
        browser.get(f"{home}?page={words}&next=//evil.example", headers={"Referer": f"https://evil.example/{words}"}),
        browser.post(home, data={"number": words}, headers=JSON),
    ):
        assert "Bank" not in answer.text.replace('action="', "").partition("<form")[0]
        assert "<b>" not in answer.text and "Location" not in answer.headers


def test_any_site_may_use_it_until_the_owner_names_his_own(as_, button, home):
    browser, other = as_(None), {"Origin": "https://evil.example"}
    assert browser.get(f"{home}/offer", headers=other).headers["Access-Control-Allow-Origin"] == "*"
    assert "frame-ancestors *" in browser.get(home).headers["Content-Security-Policy"]
    allow_only(button, "tea.example", "http://10.0.0.5:8000")
    for origin in ("https://tea.example", "https://www.tea.example", "http://10.0.0.5:8000"):
        answer = browser.post(home, data=NUMBER, headers={**JSON, "Origin": origin})
        assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in answer.headers["Vary"] and "Access-Control-Allow-Credentials" not in answer.headers
    for origin in ("https://evil.example", "null", "https://tea.example.evil.example", "http://tea.example"):
        answer = browser.post(home, data={"number": "067 123 00 11"}, headers={**JSON, "Origin": origin})
        assert answer.status_code == 403 and "Access-Control-Allow-Origin" not in answer.headers
    policy = browser.get(home).headers["Content-Security-Policy"]
    assert (
        "frame-ancestors 'self' https://tea.example " in policy and "X-Frame-Options" not in browser.get(home).headers
    )
    assert browser.post(home, data=NUMBER, headers={"Origin": "http://localhost"}).status_code == 200, "its own page"


def test_all_other_pages_still_may_be_framed_by_nobody(as_, cast, home):
    for address in ("/login", "/me", f"/shops/{cast.tea.id}/site-button"):
        headers = as_("owner").get(address).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] and headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in headers and headers["Cache-Control"] == "no-store"


def test_the_script_is_kept_by_browsers_for_a_while_and_what_it_asks_is_not(as_, home):
    script = as_(None).get(f"{home}/button.js")
    assert script.mimetype == "text/javascript" and script.headers["Cache-Control"] == "public, max-age=600"
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert as_(None).get(f"{home}/offer").headers["Cache-Control"] == "no-store"


def test_an_unknown_key_is_nothing_and_one_switched_off_only_tells_the_number(as_, cast, home):
    browser = as_(None)
    for address in ("/call-me/none", "/call-me/none/offer", "/call-me/none/button.js"):
        assert browser.get(address).status_code == 404
    assert browser.post("/call-me/none", data=NUMBER).status_code == 404
    as_("owner").post(f"/shops/{cast.tea.id}/site-button/off")
    words = browser.get(f"{home}/offer").json
    assert (words["is_on"], words["ring"], words["times"]) == (False, "044 200 1010", [])
    assert "<form" not in browser.get(home).text and browser.post(home, data=NUMBER).status_code == 429
    assert Callback.select().count() == 0


def test_no_customer_is_named_to_strangers_by_what_the_button_says(as_, cast, home):
    seed.calls(cast)
    for number in seed.CUSTOMERS[:5]:
        answer = as_(None).post(home, data={"number": number}, headers=JSON)
        assert set(answer.json) == {"said"}
    assert len({as_(None).post(home, data={"number": n}, headers=JSON).json["said"] for n in seed.CUSTOMERS[:5]}) == 1


# --- the flood ---------------------------------------------------------------------------------------------------


def test_of_a_flood_from_many_addresses_only_as_many_as_the_cap_are_called(settings, cast, button, times):
    app = create_app(replace(settings, proxy_hops=1))
    statuses, posts, hands = [], times(10_000), 4

    def flood(hand: int) -> None:
        browser = app.test_client()
        for n in range(hand, posts, hands):
            headers = {**JSON, "X-Forwarded-For": f"198.51.{n // 250 % 250}.{n % 250}"}
            number = {"number": f"+38067{1_000_000 + n}"}
            statuses.append(browser.post(f"/call-me/{button.key}", data=number, headers=headers).status_code)

    threads = [threading.Thread(target=flood, args=(hand,)) for hand in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == posts and statuses.count(200) == button.cap_per_day
    assert set(statuses) <= {200, 429, 503} and 429 in statuses
    assert Callback.select().count() == CallRequest.select().count() == SiteRequest.select().count() == 50


def test_posts_never_hold_all_threads_and_who_is_turned_away_is_told_to_come_again(settings, cast, button):
    app = create_app(settings)
    answers: queue.Queue = queue.Queue()

    def post(number: int, accept: str) -> None:
        data = {"number": f"+38067123000{number}"}
        answers.put(app.test_client().post(f"/call-me/{button.key}", data=data, headers={"Accept": accept}))

    for accept in ("application/json", "text/html"):
        threads = [threading.Thread(target=post, args=(number, accept)) for number in range(3)]
        with models.database.atomic():  # whoever wants to write waits for us, as for a slow disk
            for thread in threads:
                thread.start()
            turned_away = answers.get(timeout=5)
            assert turned_away.status_code == 503 and turned_away.headers["Retry-After"] == "5"
            assert "кілька секунд" in (turned_away.json["fault"] if "json" in accept else turned_away.text)
            assert app.test_client().get("/login").status_code == 200
        for thread in threads:
            thread.join()
        assert [answers.get_nowait().status_code for _ in range(2)] == [200, 200]
        SiteRequest.delete().execute()
        Callback.delete().execute()


def test_once_the_day_is_full_a_post_is_refused_by_reading_alone(as_, cast, button):
    SiteButton.update(cap_per_day=1).execute()
    browser = as_(None)
    browser.post(f"/call-me/{button.key}", data=NUMBER)
    with models.database.atomic():
        before = models.database.version()
        for typed in ("067 123 00 11", "067 12", "+1 900 555 0100", ""):
            assert browser.post(f"/call-me/{button.key}", data={"number": typed}).status_code == 429
        assert models.database.version() == before
    assert browser.post(f"/call-me/{button.key}", data=NUMBER).status_code == 200, "he is on the list already"


def test_a_flood_from_one_address_is_five_calls_whatever_it_says_of_itself(settings, cast, button):
    browser = create_app(settings).test_client()  # no proxy before it, so nobody's word is taken for an address
    for n in range(30):
        headers = {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        browser.post(f"/call-me/{button.key}", data={"number": f"+3806710000{n + 10}"}, headers=headers)
    assert Callback.select().count() == settings.site_address_per_hour


# --- the owner's page ----------------------------------------------------------------------------------------------


def test_the_owner_switches_it_on_pastes_it_and_sees_who_asked_from_where(as_, cast):
    owner, page = as_("owner"), f"/shops/{cast.tea.id}/site-button"
    assert "button.js" not in owner.get(page).text
    owner.post(f"{page}/on")
    key = SiteButton.get().key
    shown = unescape(owner.get(page).text)
    assert f'<a href="http://localhost/call-me/{key}">Передзвоніть мені</a>\n<script src=' in shown
    as_(None).post(f"/call-me/{key}", data=NUMBER)
    assert "https://tea.example/da-hun-pao" in owner.get(page).text
    assert "tea.example/da-hun-pao" in owner.get(f"/shops/{cast.tea.id}/callbacks").text
    assert "tea.example/da-hun-pao" in as_("operator").get("/desk/callbacks?later=1").text
    for who in ("coordinator", "operator"):
        assert not FULL_NUMBER.search(as_(who).get(page).text)


def test_a_wrong_site_or_limit_is_told_beside_its_field(as_, cast, button):
    page = f"/shops/{cast.tea.id}/site-button"
    typed = {"origins": "tea.example\njavascript://x", "cap_per_day": "50"}
    refused = as_("owner").post(page, data=typed)
    assert refused.status_code == 422 and 'id="origins-fault"' in refused.text and "javascript://x" in refused.text
    many = as_("owner").post(page, data={"origins": "", "cap_per_day": "501"})
    assert many.status_code == 422 and 'id="cap_per_day-fault"' in many.text
    assert as_("owner").post(page, data={"origins": "tea.example", "cap_per_day": "7", "did": "2"}).status_code == 302
    saved = SiteButton.get()
    assert (saved.origins, saved.cap_per_day, saved.did_id) == ("https://tea.example", 7, 2)


def test_the_day_is_full_in_words(as_, cast, button):
    SiteButton.update(cap_per_day=1).execute()
    as_(None).post(f"/call-me/{button.key}", data=NUMBER)
    refused = as_(None).post(f"/call-me/{button.key}", data={"number": "067 123 00 11"})
    assert refused.status_code == 429 and 'role="alert"' in refused.text and "tel:+380442001010" in refused.text
    assert models.Callback.select().count() == 1
