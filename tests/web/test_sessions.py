"""Logging in and out: the cookie, its end, the throttle, the forged form."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from models import LoginAttempt, Session, User, utcnow
from union import people, sessions

PASSWORD = "kafli-zelenyi-chai"


@pytest.fixture
def olena(cast):
    User.update(password_hash=people.hashed(PASSWORD)).where(User.id == cast.owner.id).execute()
    return cast.owner


def log_in(browser, email, password=PASSWORD, **more):
    return browser.post("/login", data={"email": email, "password": password}, **more)


def test_the_right_password_opens_and_only_the_tokens_hash_is_kept(as_, olena):
    browser = as_(None)
    answer = log_in(browser, olena.email.upper())
    token = re.search(r"spilka=([^;]+)", answer.headers["Set-Cookie"])[1]
    assert answer.status_code == 302 and browser.get("/me").status_code == 200
    assert Session.get().token_hash == sessions.token_hash(token) != token
    assert "HttpOnly" in answer.headers["Set-Cookie"] and "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_over_https_the_cookie_belongs_to_this_host_alone(app, settings, as_, olena):
    app.config["SPILKA"] = settings.__class__(**{**vars(settings), "secure_cookies": True})
    cookie = log_in(as_(None), olena.email, base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-spilka=") and "Secure" in cookie and "Path=/" in cookie


def test_a_wrong_password_keeps_the_address_typed_and_does_not_say_which_was_wrong(as_, olena):
    wrong, stranger = log_in(as_(None), olena.email, "nope"), log_in(as_(None), "nobody@x.example", "nope")
    assert wrong.status_code == stranger.status_code == 422
    assert f'value="{olena.email}"' in wrong.text and "nope" not in wrong.text
    assert fault(wrong) == fault(stranger)


def fault(answer) -> str:
    return re.search(r'class="fault"[^>]*>([^<]+)', answer.text)[1]


def test_after_eight_wrong_passwords_even_the_right_one_waits(as_, olena):
    browser = as_(None)
    for _ in range(8):
        assert log_in(browser, olena.email, "nope").status_code == 422
    assert log_in(browser, olena.email).status_code == 429
    LoginAttempt.update(at=utcnow() - dt.timedelta(minutes=16)).execute()
    assert log_in(browser, olena.email).status_code == 302


def test_a_strangers_wrong_tries_do_not_lock_the_person_out(as_, olena):
    for _ in range(9):
        log_in(as_(None), olena.email, "nope", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert log_in(as_(None), olena.email).status_code == 302


def test_one_address_at_many_accounts_is_paused(as_, cast):
    for number in range(32):
        log_in(as_(None), f"person{number}@x.example", "nope")
    assert log_in(as_(None), "one-more@x.example", "nope").status_code == 429


def test_a_session_ended_by_the_coordinator_opens_nothing_from_that_moment(as_, cast):
    owner, coordinator = as_("owner"), as_("coordinator")
    assert owner.get("/me").status_code == 200
    coordinator.post(f"/people/{cast.owner.id}/sessions/end")
    assert owner.get("/me").status_code == 302


def test_whoever_is_locked_out_is_out_at_once_and_off_the_line(as_, cast):
    operator = as_("operator")
    operator.post("/desk/presence", data={"kind": "ready"})
    as_("coordinator").post(f"/people/{cast.operator.id}/deactivate")
    assert operator.get("/desk").status_code == 302
    assert cast.operator.presences.get().ends_at


def test_an_unused_session_ends_by_itself(as_, cast, settings):
    browser = as_("owner")
    Session.update(seen_at=utcnow() - dt.timedelta(hours=settings.session_hours, seconds=1)).execute()
    assert browser.get("/me").status_code == 302


def test_logging_out_ends_the_session_and_the_presence(as_, cast):
    browser = as_("operator")
    browser.post("/desk/presence", data={"kind": "ready"})
    browser.post("/logout")
    assert Session.get(Session.user == cast.operator).ended_at
    assert cast.operator.presences.get().ends_at


def test_a_fragments_request_without_a_session_leads_to_the_log_in(as_):
    answer = as_(None).get("/desk", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"])
def test_the_log_in_never_leads_to_somebody_elses_page(as_, olena, elsewhere):
    answer = as_(None).post(f"/login?next={elsewhere}", data={"email": olena.email, "password": PASSWORD})
    assert answer.location == "/"


def test_a_form_without_its_token_is_refused_and_with_it_taken(app, as_, olena):
    app.config["WTF_CSRF_ENABLED"] = True
    browser = as_(None)
    page = browser.get("/login").text
    assert log_in(browser, olena.email).status_code == 422
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"email": olena.email, "password": PASSWORD, "csrf_token": token}
    assert browser.post("/login", data=form).status_code == 302


def test_a_fragment_sends_its_token_in_a_header(app, as_):
    app.config["WTF_CSRF_ENABLED"] = True
    browser = as_("operator")
    token = re.search(r'"X-CSRFToken":"([^"]+)"', browser.get("/desk").text)[1]
    headers = {"HX-Request": "true"}
    assert browser.post("/desk/presence", data={"kind": "ready"}, headers=headers).status_code == 422
    headers["X-CSRFToken"] = token
    assert browser.post("/desk/presence", data={"kind": "ready"}, headers=headers).status_code == 200
