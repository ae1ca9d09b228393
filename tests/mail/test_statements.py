"""The bare statement: for the owner who wants no letter of the month, at once when it is closed, enough alone."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import accounts
from mail import digest_choices, monthly
from models import Outbox, Run, utcnow
from tests.web import seed, seed_money
from union import audit


@pytest.fixture
def closed(db, settings):
    """Two months closed just now; three owners who do not want the letter of the month."""
    cast = seed.union(settings.prompts_dir)
    petro = seed.person("Петро Кравець", "petro@tea.example", "owner", cast.tea)
    for owner, shop in ((cast.owner, cast.tea), (petro, cast.tea), (cast.other_owner, cast.soap)):
        digest_choices.turn_off(owner, shop, "monthly", audit.BOX)
    seed_money.books(cast, settings)
    return cast


def test_each_owner_gets_each_statement_once_and_at_once(closed, settings):
    assert monthly.queue_due(utcnow(), settings) == 6
    assert monthly.queue_due(utcnow(), settings) == 0
    to = sorted(mail.recipient for mail in Outbox.select())
    assert to == sorted(["olena@tea.example", "petro@tea.example", "bohdan@soap.example"] * 2)


def test_the_text_is_enough_alone_and_names_no_other_shop(closed, settings):
    monthly.queue_due(utcnow(), settings)
    mail = Outbox.select().where(Outbox.recipient == "olena@tea.example").order_by(Outbox.id.desc()).first()
    text = " ".join(mail.text.split())
    owed = accounts.owed_by(closed.tea)
    assert f"{owed // 100 % 1000:03},{owed % 100:02}" in text and "Додаткові години лінії: 309,46" in text
    assert closed.soap.name not in mail.text + mail.html and "309,46" in " ".join(mail.html.split())


def test_who_does_not_want_the_statement_either_gets_none_and_it_is_told_why(closed, settings):
    digest_choices.turn_off(closed.other_owner, closed.soap, "statement", audit.BOX)
    monthly.queue_due(utcnow(), settings)
    assert {mail.recipient for mail in Outbox.select()} == {"olena@tea.example", "petro@tea.example"}
    told = Run.select().where(Run.job == f"monthly:{closed.soap.id}:{closed.other_owner.id}")
    assert {run.outcome for run in told} == {"off"} and len(told) == 2


def test_old_months_wake_nobody(closed, settings):
    assert monthly.queue_due(utcnow() + dt.timedelta(days=15), settings) == 0
