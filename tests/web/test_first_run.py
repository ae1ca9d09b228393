"""The first minute: whoever holds the installer's code becomes the coordinator, once."""

from __future__ import annotations

import pytest

from models import AuditEntry, Queue, Role, Union, User
from union import first_run

FORM = {
    "union_name": "Спілка трьох крамниць", "timezone": "Europe/Kyiv", "name": "Тарас Бойко",
    "email": "taras@spilka.example", "password": "dovhyi-parol-1", "language": "uk",
}  # fmt: skip


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.fixture
def code(settings):
    return first_run.issue_code(settings.data_dir)


def test_until_there_is_a_coordinator_every_page_leads_there(browser):
    for address in ("/", "/login", "/shops", "/desk"):
        assert browser.get(address).location == "/first-run"


def test_the_code_founds_the_union_and_logs_its_coordinator_in(browser, code, settings):
    answer = browser.post("/first-run", data={**FORM, "code": code.lower().replace("-", " ")})
    assert answer.location == "/shops" and browser.get("/shops").status_code == 200
    assert (Union.get().name, Queue.get().id, Role.get().kind) == ("Спілка трьох крамниць", 1, "coordinator")
    assert AuditEntry.select().where(AuditEntry.action == "union.create").exists()
    assert not (settings.data_dir / "first-run.hash").exists()


def test_it_happens_once(browser, code, settings):
    browser.post("/first-run", data={**FORM, "code": code})
    again = first_run.issue_code(settings.data_dir)
    answer = browser.post("/first-run", data={**FORM, "code": again, "email": "eve@spilka.example"})
    assert answer.location == "/login" and User.select().count() == 1


@pytest.mark.parametrize("wrong", ["", "AAAA-BBBB-CCCC-DDDD"])
def test_without_the_code_nobody_founds_anything_and_what_he_typed_stays(browser, code, wrong):
    answer = browser.post("/first-run", data={**FORM, "code": wrong})
    assert answer.status_code == 422 and 'value="Тарас Бойко"' in answer.text
    assert not User.select().exists() and not Union.select().exists()


def test_a_newer_code_makes_the_older_worthless_and_no_code_opens_nothing(settings, code):
    newer = first_run.issue_code(settings.data_dir)
    assert first_run.is_code(settings.data_dir, newer) and not first_run.is_code(settings.data_dir, code)
    first_run.forget_code(settings.data_dir)
    assert not first_run.is_code(settings.data_dir, newer)


def test_codes_are_not_to_be_guessed(browser, code, settings):
    for _ in range(settings.login_tries):
        browser.post("/first-run", data={**FORM, "code": "AAAA-AAAA-AAAA-AAAA"})
    assert browser.post("/first-run", data={**FORM, "code": code}).status_code == 422
    assert not User.select().exists()


def test_a_weak_password_leaves_no_half_a_union(browser, code):
    assert browser.post("/first-run", data={**FORM, "code": code, "password": "short"}).status_code == 422
    assert not Union.select().exists() and not Queue.select().exists()
