"""Joining: one link, seven days, one person; opening it changes nothing; it works without any mail."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
import time_machine

from models import AuditEntry, Invitation, Membership, Outbox, Role, Shop, User, utcnow
from tests.web.test_bad_input import fault_of
from union import audit, people

OWNER = {"name": "Марія Лис", "email": "Maria@candles.example", "language": "ru", "kind": "owner", "shop": "0",
         "new_shop": "Свічки"}  # fmt: skip
JOINING = {"name": "Марія Лисиця", "password": "dovhyi-parol-1", "language": "uk"}


@pytest.fixture
def link(as_):
    """The coordinator invites the owner of a new shop; the link as his page shows it."""
    answer = as_("coordinator").post("/invitations/new", data=OWNER, follow_redirects=True)
    return path_on(answer.text)


def path_on(page: str) -> str:
    """The path of the link that a page or a letter shows."""
    return re.search(r"https?://[^/]+(/join/[\w.-]+)", unescape(page))[1]


def test_an_owner_joins_without_any_mail_and_lands_in_his_shop(as_, link):
    browser = as_(None)
    answer = browser.post(link, data=JOINING)
    assert answer.status_code == 302 and browser.get("/me").status_code == 200
    user = User.get(User.email == "maria@candles.example")
    shop = Shop.get(Shop.name == "Свічки")
    assert (user.name, user.language) == ("Марія Лисиця", "uk") and people.is_password(user, JOINING["password"])
    assert people.rights(user).shops == {shop.id}
    assert Membership.get(Membership.shop == shop).ends_on is None
    deeds = [entry.action for entry in AuditEntry.select().where(AuditEntry.shop == shop).order_by(AuditEntry.id)]
    assert deeds == ["shop.create", "invitation.create", "invitation.accept", "role.create"]


def test_the_letter_is_in_the_readers_language_and_carries_the_link(as_, link):
    mail = Outbox.get(Outbox.kind == "invitation")
    assert mail.recipient == "maria@candles.example" and "Приглашение" in mail.subject
    for body in (mail.text, mail.html):
        assert path_on(body) == link and "Марія Лис" in body and "Свічки" in body and "Тарас Бойко" in body


def test_the_letter_escapes_what_people_are_called(as_):
    as_("coordinator").post("/invitations/new", data={**OWNER, "name": "<b>x</b>", "new_shop": "A & <i>"})
    mail = Outbox.get()
    assert "&lt;b&gt;x&lt;/b&gt;" in mail.html and "A &amp; &lt;i&gt;" in mail.html and "<b>x</b>" in mail.text


def test_the_public_host_stands_in_the_link(as_, app, settings):
    object.__setattr__(settings, "public_host", "spilka.example.org")
    page = as_("coordinator").post("/invitations/new", data=OWNER, follow_redirects=True).text
    assert "https://spilka.example.org/join/" in page


def test_opening_the_link_a_hundred_times_changes_nothing(as_, link):
    for _ in range(100):
        assert as_(None).get(link).status_code == 200
        assert as_(None).head(link).status_code == 200
    assert as_(None).post(link, data=JOINING).status_code == 302


def test_the_page_speaks_the_language_of_the_one_invited(as_, link):
    assert "Присоединиться" in as_(None).get(link).text


def test_a_used_link_opens_nothing(as_, link):
    as_(None).post(link, data=JOINING)
    again = as_(None).post(link, data={**JOINING, "name": "Чужий"})
    assert again.status_code == 410 and User.select().where(User.name == "Чужий").count() == 0
    assert as_(None).get(link).status_code == 410


def test_a_link_is_good_for_seven_days(as_, link):
    with time_machine.travel(utcnow() + dt.timedelta(days=6, hours=23), tick=False):
        assert as_(None).get(link).status_code == 200
    with time_machine.travel(utcnow() + dt.timedelta(days=7, seconds=1), tick=False):
        assert as_(None).post(link, data=JOINING).status_code == 410


def test_a_withdrawn_link_opens_nothing_and_inviting_again_withdraws_the_first(as_, link):
    browser = as_("coordinator")
    shop = Shop.get(Shop.name == "Свічки")
    second = path_on(browser.post("/invitations/new", data={**OWNER, "shop": shop.id}, follow_redirects=True).text)
    assert as_(None).get(link).status_code == 410 and as_(None).get(second).status_code == 200
    browser.post(f"/invitations/{Invitation.select().count()}/withdraw")
    assert as_(None).post(second, data=JOINING).status_code == 410


@pytest.mark.parametrize("twist", [lambda path: path + "A", lambda path: path[:-3], lambda path: "/join/1"])
def test_a_link_that_is_not_ours_is_no_page(as_, link, twist):
    assert as_(None).get(twist(link)).status_code == 404


def test_a_short_password_keeps_what_was_typed(as_, link):
    answer = as_(None).post(link, data={**JOINING, "password": "short"})
    assert "10" in fault_of(answer, "password") and 'value="Марія Лисиця"' in answer.text
    assert not User.select().where(User.email == "maria@candles.example").exists()


@pytest.mark.parametrize(
    ("field", "value", "beside"),
    [
        ("name", "", "name"), ("email", "nobody", "email"), ("email", "olena@tea.example", "email"),
        ("new_shop", "", "new_shop"), ("new_shop", "Чайна лавка", "new_shop"),
    ],
)  # fmt: skip
def test_an_invitation_that_makes_no_sense(as_, cast, field, value, beside):
    shop = {"shop": cast.tea.id} if value == "olena@tea.example" else {}
    answer = as_("coordinator").post("/invitations/new", data={**OWNER, **shop, field: value})
    assert fault_of(answer, beside) and (not value or f'value="{value}"' in answer.text)
    assert not Invitation.select().exists() and not Outbox.select().exists()
    assert Shop.select().count() == 2, "no shop is left behind"


def test_an_operator_joins_the_line(as_, cast):
    form = {**OWNER, "kind": "operator"}
    path = path_on(as_("coordinator").post("/invitations/new", data=form, follow_redirects=True).text)
    browser = as_(None)
    assert browser.post(path, data=JOINING, follow_redirects=True).request.path == "/desk"
    assert Shop.select().count() == 2


# --- somebody who is here already ------------------------------------------------------------------------


@pytest.fixture
def second_shop(as_, cast):
    """The owner of the soap shop is invited to the tea shop by its owner."""
    form = {"name": "Богдан", "email": "bohdan@soap.example", "language": "uk"}
    page = as_("owner").post("/shops/1/people/invite", data=form, follow_redirects=True).text
    return path_on(page)


def test_a_member_takes_another_shop_logged_in_as_himself(as_, cast, second_shop):
    assert "увійдіть" in as_(None).get(second_shop).text
    assert as_("other_owner").post(second_shop).status_code == 302
    assert people.rights(cast.other_owner).shops == {cast.tea.id, cast.soap.id}


@pytest.mark.parametrize("who", [None, "operator", "coordinator", "owner"])
def test_nobody_takes_it_in_his_place_nor_changes_his_password(as_, cast, second_shop, who):
    as_(who).post(second_shop, data=JOINING)
    assert Invitation.get().accepted_at is None
    assert User.get_by_id(cast.other_owner.id).password_hash == cast.other_owner.password_hash


def test_the_coordinator_does_not_see_the_link_of_an_owners_invitation(as_, cast, second_shop):
    invitation = Invitation.get()
    assert as_("coordinator").get(f"/invitations/{invitation.id}").status_code == 404
    for page in ("/people", "/shops/1/people", "/outbox", "/journal"):
        assert "/join/" not in as_("coordinator").get(page).text


def test_one_who_is_locked_out_is_not_invited(as_, cast):
    people.set_active(cast.trainee, False, audit.BOX)
    answer = as_("coordinator").post("/invitations/new", data={**OWNER, "email": cast.trainee.email})
    assert "закрито доступ" in fault_of(answer, "email")
    assert not Role.select().where(Role.user == cast.trainee, Role.kind == "owner").exists()
