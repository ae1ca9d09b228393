"""The letter about a customer who was given up: once, to the shop's own owners, each in his language."""

from __future__ import annotations

import datetime as dt

import pytest

from calls import callbacks
from mail import given_up, outbox
from models import Attempt, Callback, Did, Outbox, Queue, Shop, Trunk, Union, User, utcnow
from union import audit, people

CUSTOMER = "+380671230987"
NOON = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@pytest.fixture
def callback(settings) -> Callback:
    """A customer of the tea shop, tried twice in vain; two owners, and one of another shop."""
    Union.create(id=1, name="Спілка")
    trunk = Trunk.create(name="provider")
    tea, soap = (Shop.create(name=name, queue=Queue.create(name=name)) for name in ("Чай", "Мило"))
    for email, language, shop in (
        ("olena@tea.example", "uk", tea),
        ("ivan@tea.example", "ru", tea),
        ("bohdan@soap.example", "uk", soap),
    ):
        owner = User.create(email=email, name=email.split("@")[0], password_hash="x", language=language)
        people.give_role(owner, "owner", shop, audit.BOX)
    did = Did.create(number="+380442001010", shop=tea, trunk=trunk)
    owed = Callback.create(shop=tea, did=did, customer=CUSTOMER, opened_at=NOON, due_at=NOON)
    for number, result in enumerate(("busy", "no_answer")):
        at = NOON + dt.timedelta(minutes=15 * number)
        Attempt.create(public_id=str(number), callback=owed, user=owner, customer=CUSTOMER, sent_at=at, ended_at=at,
                       result=result)  # fmt: skip
    return owed


def queued(settings, minutes: float = 60) -> int:
    return given_up.queue_due(NOON + dt.timedelta(minutes=minutes), settings)


def test_the_shops_owners_are_told_once_each_in_his_language(callback, settings):
    assert queued(settings) == 0
    callbacks.close(callback, "given_up", NOON + dt.timedelta(minutes=30))
    assert (queued(settings), queued(settings)) == (1, 0)
    olena, ivan = Outbox.select().order_by(Outbox.recipient.desc())
    assert (olena.recipient, ivan.recipient) == ("olena@tea.example", "ivan@tea.example")
    assert "Чай" in olena.subject and "123" not in olena.subject, "subjects are seen by more than the reader"
    assert "067 123 0987" in olena.text and "067 123 0987" in olena.html
    for words in ("зайнято", "20 лист., 12:00", "спробували 2 рази"):
        assert words in olena.text and words in olena.html.replace("\n", " ")
    assert "занято" in ivan.text and "пробовали 2 раза" in ivan.text


def test_who_gave_him_up_by_hand_is_named(callback, settings):
    operator = User.create(email="iryna@example.com", name="Ірина Мороз", password_hash="x")
    callbacks.close(callback, "given_up", NOON, by=operator)
    queued(settings)
    assert "Ірина Мороз" in Outbox.select().first().text


@pytest.mark.parametrize("because", ["talked", "got_through", "wrong_number", "owner_called"])
def test_nobody_is_written_to_about_who_was_reached(callback, settings, because):
    callbacks.close(callback, because, NOON)
    assert queued(settings) == 0


def test_old_news_wake_nobody(callback, settings):
    callbacks.close(callback, "given_up", NOON)
    assert queued(settings, 3 * 24 * 60 + 1) == 0


def test_the_letter_reaches_the_server_whole(callback, settings, post):
    callbacks.close(callback, "given_up", NOON)
    queued(settings)
    outbox.send_due(utcnow(), settings)
    assert {mail["To"] for mail in post.mails} == {"olena@tea.example", "ivan@tea.example"}
    assert all("067 123 0987" in mail.get_body(("html",)).get_content() for mail in post.mails)
