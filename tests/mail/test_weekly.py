"""The letters of the week and the operator's morning: to whom, when, and what must not stand in them."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from calls import call_log
from ledger import charged, months
from mail import digest_choices, hers, weekly
from mail.week_facts import Week
from models import Attempt, Callback, Did, Notice, Outbox, Run, Script, Shop, User, utcnow
from settings import Settings
from tests.web import seed, seed_money
from union import audit, money

MONDAY = dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)  # 09:00 in Kyiv


@pytest.fixture
def cast(settings, tmp_path):
    """Calls and orders of Thursday and Friday, read on Monday morning."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        clock.move_to(MONDAY - dt.timedelta(days=3))
        cast = seed.union(tmp_path / "prompts")
        seed.calls(cast)
        seed.orders(cast)
        clock.move_to(MONDAY)
        yield cast


@pytest.fixture
def addressed(settings, change) -> Settings:
    return change(settings, public_host="spilka.example")


def mails(kind: str) -> list[Outbox]:
    return list(Outbox.select().where(Outbox.kind == kind).order_by(Outbox.id))


def test_the_week_comes_on_monday_once_and_tells_the_seven_days_before(cast, addressed):
    for later in (0, 1, 20, 100):
        weekly.queue_due(MONDAY + dt.timedelta(hours=later), addressed)
    told = {mail.recipient: mail for mail in mails("week")}
    assert set(told) == {cast.owner.email, cast.other_owner.email} and len(mails("week")) == 2
    assert told[cast.owner.email].about == f"week:{cast.tea.id}:2026-11-22"
    assert {run.outcome for run in Run.select().where(Run.job.startswith("week:"))} == {"1", "not_chosen"}


def test_its_figures_are_those_of_its_days(cast):
    week = Week(cast.tea, dt.date(2026, 11, 22), utcnow())
    days = [call_log.figures(cast.tea, week.first + dt.timedelta(days=number)) for number in range(7)]
    assert week.calls.arrived == sum(day.arrived for day in days) > 0
    assert week.before.calls.arrived == 0 and week.orders[0] > 0
    assert sum(row.calls for _, row in week.sources) == week.calls.answered
    assert sum(count for _, count in week.hours["spoken"]) <= week.calls.answered


def test_the_shops_share_stands_beside_its_own_persons_pay_once_it_is_said(cast, addressed):
    User.update(language="en").execute()
    seed_money.books(cast, addressed)
    Shop.update(own_pay_minor=2_500_000).where(Shop.id == cast.tea.id).execute()
    weekly.queue_due(MONDAY, addressed)
    told = {mail.recipient: mail for mail in mails("week")}
    share = charged.of_shop(cast.tea, months.of(dt.date(2026, 10, 1)))[0]
    said = f"for October 2026: {money.written(share, 'UAH', 'en')}. A person of your own: 25,000.00\u00a0₴ a month."
    assert said in told[cast.owner.email].text and said in told[cast.owner.email].html
    asked = told[cast.other_owner.email]
    assert "What would a person of your own cost you" in asked.text and "25,000" not in asked.text
    link = f"https://spilka.example/shops/{cast.soap.id}#own_pay_minor"
    assert link in asked.text and link in asked.html


def test_without_books_there_is_nothing_to_compare(cast, addressed):
    weekly.queue_due(MONDAY, addressed)
    assert not [mail for mail in mails("week") if "own_pay_minor" in mail.text + mail.html]


def test_what_to_change_is_what_is_wrong(cast, addressed):
    week = Week(cast.tea, dt.date(2026, 11, 22), utcnow())
    assert (week.has_script, week.script_age, week.capped) == (False, None, 0)
    Script.create(shop=cast.tea, version=1, written_at=MONDAY - dt.timedelta(days=120))
    owed = Callback.select().where(Callback.shop == cast.tea).first()
    Attempt.create(public_id="capped", callback=owed, user=cast.operator, customer="+380671112233",
                   wanted_at=MONDAY - dt.timedelta(days=2), ended_at=MONDAY, result="refused",
                   reason="cap_minutes")  # fmt: skip
    week = Week(cast.tea, dt.date(2026, 11, 22), utcnow())
    assert (week.has_script, week.script_age, week.capped) == (True, 120, 1)


def test_the_operator_learns_how_many_wait_and_no_number(cast, addressed):
    hers.queue_due(MONDAY, addressed)
    hers.queue_due(MONDAY + dt.timedelta(minutes=5), addressed)
    told = {mail.recipient: mail for mail in mails("hers")}
    assert set(told) == {cast.operator.email, cast.trainee.email}
    text = told[cast.operator.email].text
    assert cast.tea.name in text
    assert not [number for number in seed.CUSTOMERS if number[-4:] in text + told[cast.operator.email].html]


def test_a_morning_on_which_nobody_waits_writes_nothing(cast, addressed):
    Callback.update(closed_at=MONDAY, closed_because="talked").execute()
    hers.queue_due(MONDAY, addressed)
    assert mails("hers") == []
    assert {run.outcome for run in Run.select().where(Run.job.startswith("hers:"))} == {"no_calls"}


def test_the_coordinator_reads_of_the_box_and_of_no_shop(cast, addressed):
    Notice.create(cause="disk", starts_at=MONDAY - dt.timedelta(days=2), told_at=MONDAY, ends_at=MONDAY)
    Run.create(job="books", local_date=dt.date(2026, 11, 21), ended_at=MONDAY, fault="DiskFull")
    User.update(language="en").where(User.id == cast.coordinator.id).execute()
    weekly.queue_due(MONDAY, addressed)
    (mail,) = mails("health")
    assert mail.recipient == cast.coordinator.email
    assert "\nJobs that failed: The books are checked\n" in mail.text and "The disk was nearly full\n" in mail.text
    for words in (cast.tea.name, cast.soap.name, *(did.number for did in Did.select()), *seed.CUSTOMERS):
        assert words not in mail.text + mail.html


def test_each_of_them_ends_in_one_click(cast, addressed):
    weekly.queue_due(MONDAY, addressed)
    hers.queue_due(MONDAY, addressed)
    for mail in Outbox.select():
        token = mail.unsubscribe.rpartition("/")[2]
        user, shop, kind = digest_choices.find(token, addressed)
        assert user.email == mail.recipient
        digest_choices.turn_off(user, shop, kind, audit.BOX)
    before = Outbox.select().count()
    weekly.queue_due(MONDAY + dt.timedelta(days=7), addressed)
    hers.queue_due(MONDAY + dt.timedelta(days=7), addressed)
    assert Outbox.select().count() == before
