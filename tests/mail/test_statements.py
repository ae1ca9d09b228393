"""The letters of statements: when a month is closed, to every owner of the shop, each once, enough alone."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import accounts
from mail import statements
from models import Outbox, utcnow
from tests.web import seed, seed_money


@pytest.fixture
def closed(db, settings):
    cast = seed.union(settings.prompts_dir)
    seed.person("Петро Кравець", "petro@tea.example", "owner", cast.tea)
    seed_money.books(cast, settings)
    return cast


def test_each_owner_gets_each_statement_once(closed, settings):
    assert statements.queue_due(utcnow(), settings) == 4
    assert statements.queue_due(utcnow(), settings) == 0
    to = sorted(mail.recipient for mail in Outbox.select())
    assert to == sorted(["olena@tea.example", "petro@tea.example", "bohdan@soap.example"] * 2)


def test_the_text_is_enough_alone_and_names_no_other_shop(closed, settings):
    statements.queue_due(utcnow(), settings)
    mail = Outbox.select().where(Outbox.recipient == "olena@tea.example").order_by(Outbox.id.desc()).first()
    text = " ".join(mail.text.split())
    owed = accounts.owed_by(closed.tea)
    assert f"{owed // 100 % 1000:03},{owed % 100:02}" in text and "Додаткові години лінії: 309,46" in text
    assert closed.soap.name not in mail.text + mail.html and "309,46" in " ".join(mail.html.split())


def test_old_months_wake_nobody(closed, settings):
    assert statements.queue_due(utcnow() + dt.timedelta(days=15), settings) == 0
