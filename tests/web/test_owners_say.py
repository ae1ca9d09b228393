"""A coordinator is a competitor: he can neither become an owner of another's shop nor learn an owner's password."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine

from models import AuditEntry, Invitation, Outbox, Role, Session, User
from tests.web import seed
from tests.web.test_pages import FULL_NUMBER
from union import audit, invitations, people, sessions

NEW = "нове-гасло-лише-моє"


def refused(answer) -> bool:
    return answer.status_code == 422 and "лише він може" in answer.text


def test_the_coordinator_becomes_no_owner_of_a_shop_that_has_one_by_any_page(as_, cast):
    seed.calls(cast)
    coordinator, tea = as_("coordinator"), {"kind": "owner", "shop": str(cast.tea.id)}
    himself, person = (
        f"/people/{cast.coordinator.id}/roles",
        {"name": "Тарас", "email": "t2@x.example", "language": "uk"},
    )
    assert refused(coordinator.post(himself, data=tea))
    assert refused(coordinator.post("/people/new", data={**person, **tea}))
    assert refused(coordinator.post("/invitations/new", data={**person, **tea, "new_shop": ""}))
    people.set_active(cast.owner, False, audit.Actor(cast.coordinator))
    assert refused(coordinator.post(himself, data=tea)), "one who is locked out is an owner still"
    role = Role.get(Role.user == cast.owner)
    assert refused(coordinator.post(f"/roles/{role.id}/end")) and Role.get_by_id(role.id).ends_at is None
    assert f"/roles/{role.id}/end" not in coordinator.get(f"/people/{cast.owner.id}").text
    assert not User.select().where(User.email == "t2@x.example").exists()
    assert not Invitation.select().exists() and people.owners(cast.tea).count() == 1
    assert not FULL_NUMBER.search(coordinator.get(f"/shops/{cast.tea.id}/calls").text)


def test_an_owner_asks_another_in_and_a_shop_without_one_gets_its_first_from_the_coordinator(as_, cast):
    asked = {"name": "Марія", "email": "maria@tea.example", "language": "uk"}
    assert as_("owner").post(f"/shops/{cast.tea.id}/people/invite", data=asked).status_code == 302
    fresh = seed.shop(cast.tea.queue, "Свічки", "#333333")
    role = {"kind": "owner", "shop": str(fresh.id)}
    assert as_("coordinator").post(f"/people/{cast.trainee.id}/roles", data=role).status_code == 302
    assert refused(as_("coordinator").post(f"/people/{cast.operator.id}/roles", data=role)), "now it has one"


def test_a_coordinator_rules_over_the_shop_he_owns(as_, cast):
    people.give_role(cast.coordinator, "owner", cast.soap, audit.BOX)
    role = {"kind": "owner", "shop": str(cast.soap.id)}
    assert as_("coordinator").post(f"/people/{cast.trainee.id}/roles", data=role).status_code == 302


@pytest.fixture
def link(as_, cast):
    """The link in the letter that the coordinator had sent to the owner."""
    answer = as_("coordinator").post(f"/people/{cast.owner.id}/password", follow_redirects=True)
    mail = Outbox.get(Outbox.kind == "password")
    address = re.search(r"/password/\S+", mail.text)[0]
    assert mail.recipient == cast.owner.email and "secret" not in answer.text
    for page in (answer, as_("coordinator").get("/outbox"), as_("coordinator").get("/journal")):
        assert address not in page.text and address.rpartition("/")[2] not in page.text
    return address


def test_an_owners_password_is_chosen_by_himself_by_the_link_in_his_mail(as_, cast, link):
    before = as_("owner")
    assert User.get_by_id(cast.owner.id).password_hash == seed.UNUSABLE, "asking for a letter changes nothing"
    assert as_(None).get(link).status_code == 200 and before.get("/me").status_code == 200
    short = as_(None).post(link, data={"password": "abc"})
    assert short.status_code == 422 and 'id="password-fault"' in short.text
    assert as_(None).post(link, data={"password": NEW}).location == "/login"
    assert before.get("/me").status_code == 302, "every log-in of his has ended"
    assert sessions.log_in(cast.owner.email, NEW, "203.0.113.1", 8)
    assert (
        as_(None).get(link).status_code == 410
        and as_(None).post(link, data={"password": "ще-одне-гасло"}).status_code == 410
    )
    deeds = [
        (entry.action, entry.user) for entry in AuditEntry.select().where(AuditEntry.about == f"person:{cast.owner.id}")
    ]
    assert ("person.link", cast.coordinator) in deeds and ("person.password", cast.owner) in deeds


def test_a_link_is_good_for_a_day_and_for_nobody_else(as_, cast, link):
    assert as_(None).get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 410
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)):
        assert as_(None).get(link).status_code == 410
    User.update(is_active=False).where(User.id == cast.owner.id).execute()
    assert as_(None).get(link).status_code == 410


def test_an_operators_password_is_shown_once_as_before(as_, cast):
    shown = as_("coordinator").post(f"/people/{cast.operator.id}/password").text
    assert 'class="secret"' in shown and not Outbox.select().exists()
    assert not Session.select().where(Session.user == cast.operator, Session.ended_at.is_null()).exists()


def test_an_invitation_of_the_coordinator_loses_its_power_when_an_owner_came_first(as_, cast):
    fresh = seed.shop(cast.tea.queue, "Свічки", "#333333")
    later = invitations.invite("Тарас", "t2@x.example", "uk", "owner", fresh, audit.Actor(cast.coordinator))
    people.give_role(cast.trainee, "owner", fresh, audit.BOX)
    joined = {"name": "Тарас", "password": "довге-гасло-тут", "language": "uk"}
    with as_(None).application.app_context():
        token = invitations.token(later, as_(None).application.config["SPILKA"])
    assert as_(None).post(f"/join/{token}", data=joined).status_code == 422
    assert people.owners(fresh).count() == 1
