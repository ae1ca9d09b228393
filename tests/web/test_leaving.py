"""One button ends an operator's access everywhere at once, and tells what she saw."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from calls import automatic, presence
from models import (
    Attempt,
    AuditEntry,
    Callback,
    Claim,
    Invitation,
    Leaving,
    Phone,
    QueueOperator,
    Reveal,
    Session,
    Telephone,
    User,
    utcnow,
)
from tests.web import seed
from tests.web.test_pages import FULL_NUMBER
from union import audit, invitations, people, telephones


@pytest.fixture
def at_work(cast, settings):
    """The operator in the middle of everything."""
    seed.calls(cast)
    seed.alive(cast)
    seed.orders(cast)
    presence.change(cast.operator, "ready", utcnow(), settings) if not presence.current(cast.operator) else None
    automatic.start(cast.operator, utcnow())
    people.give_phone(cast.operator, audit.BOX)
    return cast


def test_one_button_ends_everything_at_once(as_, at_work, settings):
    her, cast = as_("operator"), at_work
    assert her.post("/telephone").status_code == 200 and her.get("/telephone/allowed").status_code == 204
    owed = Callback.get(Callback.customer == seed.CUSTOMERS[2])
    Attempt.create(public_id="wish", callback=owed, user=cast.operator, customer=owed.customer)
    open_invitation = invitations.invite("Ірина", "other@spilka.example", "uk", "trainee", None, audit.BOX)
    Invitation.update(email=cast.operator.email).where(Invitation.id == open_invitation.id).execute()

    assert as_("coordinator").post(f"/people/{cast.operator.id}/leave").status_code == 302

    for address in ("/desk", "/desk/callbacks", "/telephone/allowed", "/me"):
        assert her.get(address).status_code in (302, 401), address
    assert her.post("/telephone").status_code in (302, 401)
    hers = {
        "log-in": Session.select().where(Session.user == cast.operator, Session.ended_at.is_null()),
        "browser telephone": Telephone.select().where(Telephone.user == cast.operator, Telephone.ends_at.is_null()),
        "SIP telephone": Phone.select().where(Phone.user == cast.operator),
        "queue": QueueOperator.select().where(QueueOperator.user == cast.operator),
        "role": people.open_roles(cast.operator),
        "claim": Claim.select().where(Claim.user == cast.operator, Claim.ends_at.is_null()),
        "wish to dial": Attempt.select().where(Attempt.user == cast.operator, Attempt.ended_at.is_null()),
        "invitation": invitations.open_invitations(utcnow()).where(Invitation.email == cast.operator.email),
    }
    assert {what for what, rows in hers.items() if rows.exists()} == set()
    assert presence.current(cast.operator) is None and automatic.current(cast.operator) is None
    assert not User.get_by_id(cast.operator.id).is_active
    assert presence.line_now() == {}, "the trainee has no telephone"
    assert AuditEntry.select().where(AuditEntry.action == "person.leave").count() == 1


def test_who_owns_a_shop_too_may_log_in_again_to_that_alone(as_, at_work):
    people.give_role(at_work.operator, "owner", at_work.soap, audit.BOX)
    before = as_("operator")
    as_("coordinator").post(f"/people/{at_work.operator.id}/leave")
    assert before.get("/me").status_code == 302, "every log-in ended"
    Session.update(ended_at=None).where(Session.user == at_work.operator).execute()  # logged in anew
    again = as_("operator")
    assert again.get("/shops/2/calls").status_code == 200 and again.get("/desk").status_code == 403
    assert again.post("/telephone").status_code == 403


def test_only_who_answers_the_line_leaves_it_and_the_last_coordinator_stays(as_, at_work):
    coordinator = as_("coordinator")
    refused = coordinator.post(f"/people/{at_work.owner.id}/leave")
    assert refused.status_code == 422 and as_("owner").get("/shops/1/calls").status_code == 200
    people.give_role(at_work.coordinator, "operator", None, audit.BOX)
    assert coordinator.post(f"/people/{at_work.coordinator.id}/leave").status_code == 302
    assert User.get_by_id(at_work.coordinator.id).is_active and people.rights(at_work.coordinator).coordinator
    assert Leaving.select().count() == 1


def test_what_she_saw_is_told_by_shop_with_no_customers_number_to_the_coordinator(as_, at_work):
    Reveal.create(user=at_work.operator, shop=at_work.tea, number=seed.CUSTOMERS[0], about="call:a7.1")
    old = utcnow() - dt.timedelta(days=31)
    Reveal.create(user=at_work.operator, shop=at_work.tea, number=seed.CUSTOMERS[0], about="call:a7.1", at=old)
    coordinator, address = as_("coordinator"), f"/people/{at_work.operator.id}/seen"
    page = coordinator.get(address).text
    file = coordinator.get(f"{address}.csv")
    assert not FULL_NUMBER.search(page) and not FULL_NUMBER.search(file.text)
    rows = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == 1 + 9 + 1 + 9 + 1  # calls, a callback, orders, the number of this month
    assert {row[2] for row in rows[1:]} == {"Чайна лавка", "Мильна майстерня"}
    assert "+380 67 ••• •• 87" in page and "attachment" in file.headers["Content-Disposition"]
    as_("owner").post("/shops/1/grants/numbers")
    told = coordinator.get(f"{address}.csv").text.splitlines()
    assert not [line for line in told if "Мильна" in line and FULL_NUMBER.search(line)]
    assert [line for line in told if "Чайна" in line and FULL_NUMBER.search(line)]


def test_a_telephone_that_was_handed_out_before_is_dead_after(as_, at_work):
    her = as_("operator")
    her.post("/telephone")
    session = Session.get(Session.user == at_work.operator)
    as_("coordinator").post(f"/people/{at_work.operator.id}/leave")
    assert telephones.of(session) is None
