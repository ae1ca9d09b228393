"""Who sees a shop, and what it lets the coordinator and the operators see: dated, in the journal, taken back at once."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from models import AuditEntry, Callback, Grant, Reveal, Role, Shop, utcnow
from tests.web import seed
from tests.web.test_pages import FULL_NUMBER
from union import audit, people

SHOP = {
    "name": "Чайна лавка", "colour": "#2f855a", "language": "uk", "timezone": "Europe/Kyiv", "last_resort": "message",
    "last_resort_number": "", "short_call_seconds": "5", "recording_days": "90",
}  # fmt: skip


@pytest.fixture
def calls(cast):
    seed.calls(cast)
    seed.alive(cast)


def test_an_owner_takes_another_out_at_once_and_the_last_one_stays(as_, cast):
    role = people.give_role(cast.trainee, "owner", cast.tea, audit.BOX)
    browser = as_("owner")
    assert as_("trainee").get("/shops/1/calls").status_code == 200
    assert browser.post(f"/shops/1/people/{role.id}/end").status_code == 302
    assert as_("trainee").get("/shops/1/calls").status_code == 404
    own = Role.get(Role.user == cast.owner)
    refused = browser.post(f"/shops/1/people/{own.id}/end")
    assert refused.status_code == 422 and "хоча б один" in refused.text


def test_an_owner_of_another_shop_is_not_to_be_taken_out(as_, cast):
    foreign = Role.get(Role.user == cast.other_owner)
    assert as_("owner").post(f"/shops/1/people/{foreign.id}/end").status_code == 404
    assert Role.get_by_id(foreign.id).ends_at is None


def test_the_coordinator_sees_whole_numbers_only_while_the_shop_lets_him(as_, cast, calls):
    coordinator, owner = as_("coordinator"), as_("owner")
    assert not FULL_NUMBER.search(coordinator.get("/shops/1/calls").text)
    for _ in range(2):  # twice is once
        owner.post("/shops/1/grants/numbers")
    assert "067 123 0987" in coordinator.get("/shops/1/calls").text
    assert not FULL_NUMBER.search(coordinator.get("/shops/2/calls").text), "another shop granted nothing"
    owner.post("/shops/1/grants/numbers/end")
    assert not FULL_NUMBER.search(coordinator.get("/shops/1/calls").text)
    grant = Grant.get()
    assert (grant.given_by, grant.ended_by) == (cast.owner, cast.owner) and grant.ends_at
    entries = AuditEntry.select().where(AuditEntry.action.startswith("grant")).order_by(AuditEntry.id)
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("grant.create", "numbers"),
        ("grant.end", "numbers"),
    ]


def test_the_coordinator_can_not_grant_himself_anything(as_, cast):
    for kind in ("numbers", "recordings", "everything"):
        assert as_("coordinator").post(f"/shops/1/grants/{kind}").status_code == 404
    assert not Grant.select().exists()


def test_an_operator_sees_a_whole_number_by_an_act_of_hers_only_and_its_owner_reads_it(as_, cast, calls):
    assert as_("owner").post("/shops/1", data={**SHOP, "numbers_open": "y"}).status_code == 302
    browser = as_("operator")
    for address in ("/desk/callbacks", "/desk/calls", "/desk/calls/a7.1"):
        assert not FULL_NUMBER.search(browser.get(address).text), f"{address}: open, yet nothing was asked for"
    assert browser.post("/desk/calls/a7.1/number", headers={"HX-Request": "true"}).text.count("093 111 2233") == 1
    assert "093 111 2233" in browser.get("/desk/calls/a7.1").text
    assert set(re.findall(r"0\d\d \d{3} \d{4}", browser.get("/desk/callbacks?later=1").text)) <= {"093 111 2233"}
    people_page = as_("owner").get("/shops/1/people").text
    assert "Ірина Мороз <strong>1</strong>" in people_page and "093 111 2233" in people_page
    entry = AuditEntry.get(AuditEntry.action == "number.reveal")
    assert (entry.user, entry.shop, entry.about, entry.detail) == (cast.operator, cast.tea, "call:a7.1", "")


def test_a_number_made_to_appear_is_masked_again_after_a_while_and_when_the_shop_takes_the_leave_back(
    as_, cast, calls, settings
):
    Shop.update(numbers_open=True).where(Shop.id == 1).execute()
    browser = as_("operator")
    browser.post("/desk/calls/a7.1/number")
    assert FULL_NUMBER.search(browser.get("/desk/calls/a7.1").text)
    Shop.update(numbers_open=False).execute()
    assert not FULL_NUMBER.search(browser.get("/desk/calls/a7.1").text)
    Shop.update(numbers_open=True).where(Shop.id == 1).execute()
    Reveal.update(at=utcnow() - dt.timedelta(minutes=settings.reveal_minutes)).execute()
    assert not FULL_NUMBER.search(browser.get("/desk/calls/a7.1").text)


def test_a_callbacks_number_appears_to_her_who_holds_it_and_to_no_other(as_, cast, calls):
    Shop.update(numbers_open=True).where(Shop.id == 1).execute()
    held = Callback.get(Callback.customer == seed.CUSTOMERS[0])
    free = Callback.get(Callback.customer == seed.CUSTOMERS[2])
    soap = Callback.get(Callback.customer == seed.CUSTOMERS[3])
    browser, htmx = as_("operator"), {"HX-Request": "true"}
    assert "067 123 0987" in browser.post(f"/callbacks/{held.id}/number", headers=htmx).text
    assert browser.post(f"/callbacks/{free.id}/number", headers=htmx).status_code == 409
    assert browser.post(f"/callbacks/{soap.id}/number", headers=htmx).status_code == 404
    assert as_("trainee").post(f"/callbacks/{free.id}/number").status_code == 404
    assert Reveal.select().count() == 1


def test_an_open_shop_shows_nobody_else_anything(as_, cast, calls):
    Shop.update(numbers_open=True).execute()
    as_("operator").post("/desk/calls/a7.1/number")
    for who in ("trainee", "coordinator", "other_owner"):
        for page in ("/desk/callbacks", "/desk/calls", "/shops/1/calls", "/shops/1/callbacks", "/shops/1/people"):
            assert not FULL_NUMBER.search(as_(who).get(page).text), (who, page)
    people.give_role(cast.operator, "coordinator", None, audit.BOX)
    assert not FULL_NUMBER.search(as_("operator").get("/desk/calls/a7.1").text)
    assert as_("operator").post("/desk/calls/a7.1/number").status_code == 404


def test_the_coordinator_can_not_open_a_shops_numbers(as_, cast):
    limits = {"allowed_destinations": ["ua-mobile"], "cap_concurrent": "2", "cap_minutes_per_day": "60"}
    answer = as_("coordinator").post("/shops/1", data={**SHOP, **limits, "numbers_open": "y"})
    shop = Shop.get_by_id(1)
    assert answer.status_code == 302 and shop.cap_minutes_per_day == 60 and not shop.numbers_open


def test_a_coordinator_who_also_answers_the_line_gets_no_number_by_an_open_desk(as_, cast, calls):
    as_("owner").post("/shops/1", data={**SHOP, "numbers_open": "y"})
    people.give_role(cast.coordinator, "operator", None, audit.BOX)
    for page in ("/desk/callbacks", "/shops/1/calls"):
        assert not FULL_NUMBER.search(as_("coordinator").get(page).text)


def test_an_owner_reads_his_limits_and_the_coordinator_sets_them(as_, cast):
    assert "<dd>300</dd>" in as_("owner").get("/shops/1").text
    assert 'name="cap_minutes_per_day"' not in as_("owner").get("/shops/1").text
    assert 'name="cap_minutes_per_day"' in as_("coordinator").get("/shops/1").text


def test_the_coordinator_hears_recordings_only_while_the_shop_lets_him_and_each_time_is_in_the_journal(
    as_, cast, calls, settings
):
    seed.recording(cast, "a7.1", settings.recordings_dir)
    coordinator, listen = as_("coordinator"), "/shops/1/calls/a7.1/listenings"
    assert coordinator.post(listen).status_code == 404
    as_("owner").post("/shops/1/grants/recordings")
    address = coordinator.post(listen).location
    assert coordinator.get(address).status_code == 200
    assert AuditEntry.select().where(AuditEntry.action == "recording.play", AuditEntry.shop == cast.tea).count() == 1
    as_("owner").post("/shops/1/grants/recordings/end")
    assert coordinator.get(address).status_code == 404 and coordinator.post(listen).status_code == 404


def test_leaving_is_a_date_on_the_settings_page_and_can_be_taken_back_until_then(as_, cast):
    coordinator = as_("coordinator")
    assert coordinator.post("/shops/1/leave", data={"on": "2099-12-31"}).status_code == 302
    page = as_("owner").get("/shops/1").text
    assert "31 грудня 2099" in page and "/shops/1/stay" not in page
    assert coordinator.post("/shops/1/stay").status_code == 302
    assert "2099" not in as_("owner").get("/shops/1").text
    assert coordinator.post("/shops/1/stay").status_code == 422
    wrong = coordinator.post("/shops/1/leave", data={"on": "1999-01-01"})
    assert wrong.status_code == 422 and 'id="on-fault"' in wrong.text
