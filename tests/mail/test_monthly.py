"""The letter of the month: figures beside the month before, and the statement; once, at its reader's hour."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from calls import call_log
from mail import digest_choices, monthly, outbox
from mail.digest_choices import Choice
from mail.month_facts import MonthFacts
from models import CostItem, Outbox, Role, Run, Statement, User, utcnow
from settings import Settings
from tests.web import seed, seed_money
from union import audit

CLOSED = dt.datetime(2026, 12, 3, 2, 20, tzinfo=dt.UTC)  # 04:20 in Kyiv
EIGHT = dt.datetime(2026, 12, 3, 6, tzinfo=dt.UTC)
KYIV = ZoneInfo("Europe/Kyiv")
FIRST = dt.date(2026, 11, 1)


@pytest.fixture
def cast(settings, tmp_path):
    """October and November closed in the early morning of the third of December; calls and orders of the 20th."""
    with time_machine.travel(CLOSED, tick=False) as clock:
        clock.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
        cast = seed.union(tmp_path / "prompts")
        seed.calls(cast)
        seed.orders(cast)
        clock.move_to(CLOSED)
        seed_money.books(cast, settings)
        clock.move_to(EIGHT)
        User.update(language="en").execute()
        yield cast


@pytest.fixture
def addressed(settings, change) -> Settings:
    return change(settings, public_host="spilka.example")


def letters(settings: Settings, at: dt.datetime = EIGHT) -> list[Outbox]:
    monthly.queue_due(at, settings)
    return list(Outbox.select().order_by(Outbox.id))


def outcomes(shop) -> dict[str, str]:
    return {str(run.local_date): run.outcome for run in Run.select().where(Run.job.startswith(f"monthly:{shop.id}"))}


def test_it_comes_once_at_the_first_chosen_hour_after_the_close(cast, settings):
    assert letters(settings, EIGHT - dt.timedelta(minutes=1)) == []
    first = letters(settings)
    assert sorted(mail.recipient for mail in first) == ["bohdan@soap.example"] * 2 + ["olena@tea.example"] * 2
    assert letters(settings, EIGHT + dt.timedelta(hours=9)) == letters(settings, EIGHT + dt.timedelta(days=3)) == first
    assert outcomes(cast.tea) == {"2026-10-01": "1", "2026-11-01": "1"}


@pytest.mark.parametrize(
    ("closed", "comes"),
    [
        ("2026-12-03 04:20", "2026-12-03 08:00"),
        ("2026-12-03 08:00", "2026-12-03 08:00"),
        ("2026-12-03 08:01", "2026-12-04 08:00"),
        ("2026-10-24 21:00", "2026-10-25 08:00"),  # a night of 25 hours
        ("2026-03-28 21:00", "2026-03-29 08:00"),
    ],
)
def test_closed_after_his_hour_it_comes_the_next_morning(closed, comes):
    at, then = (dt.datetime.fromisoformat(text).replace(tzinfo=KYIV) for text in (closed, comes))
    assert monthly.hour_after(at.astimezone(dt.UTC), 8, KYIV) == then


def test_another_hour_moves_it(cast, settings):
    digest_choices.choose(cast.owner, cast.tea, "monthly", Choice(True, 19, digest_choices.EVERY_DAY), audit.BOX)
    assert {mail.recipient for mail in letters(settings)} == {"bohdan@soap.example"}
    assert len(letters(settings, EIGHT + dt.timedelta(hours=11))) == 4


def test_its_figures_are_those_of_its_days_and_the_statement_is_in_it(cast, addressed):
    mail = next(
        mail for mail in letters(addressed) if mail.recipient == cast.owner.email and "November" in mail.subject
    )
    facts = MonthFacts(cast.tea, FIRST, EIGHT, addressed)
    days = [call_log.figures(cast.tea, FIRST + dt.timedelta(days=number)) for number in range(30)]
    assert facts.calls.arrived == sum(day.arrived for day in days) > 40
    assert f"Calls: {facts.calls.arrived} ({facts.before.calls.arrived})" in mail.text
    assert f"Orders: {facts.orders[0]}, " in mail.text and facts.orders[0] > 5 and facts.delivered > 1
    assert "Додаткові години лінії: " in mail.text and "To pay: " in mail.text and "Closing balance: " in mail.text
    assert "https://spilka.example/shops/1/statements/2026-11" in mail.text
    assert cast.soap.name not in mail.text + mail.html
    assert not [number for number in seed.CUSTOMERS if number[-4:] in mail.text + mail.html]


def test_one_click_ends_it_and_the_statement_comes_alone(cast, addressed):
    mail = letters(addressed)[0]
    user, shop, kind = digest_choices.find(mail.unsubscribe.rpartition("/")[2], addressed)
    assert (user.email, kind) == (mail.recipient, "monthly")
    digest_choices.turn_off(user, shop, kind, audit.BOX)
    assert len(letters(addressed, EIGHT + dt.timedelta(days=1))) == 4, "the same bill does not come again"
    Outbox.delete().execute(), Run.delete().execute()
    told = [mail for mail in letters(addressed) if mail.recipient == user.email]
    assert len(told) == 2 and {
        digest_choices.find(mail.unsubscribe.rpartition("/")[2], addressed)[2] for mail in told
    } == {"statement"}
    assert not [mail for mail in told if "Calls: " in mail.text]


def test_one_killed_between_the_letter_and_its_note_writes_no_second_bill(cast, settings):
    """Not even when its reader has chosen otherwise meanwhile."""
    first = letters(settings)
    Run.update(ended_at=None, outcome="").execute()
    digest_choices.turn_off(cast.owner, cast.tea, "monthly", audit.BOX)
    assert letters(settings, EIGHT + dt.timedelta(hours=3)) == first
    assert Statement.select().count() == 4


def test_a_shop_without_an_owner_says_so(cast, settings):
    Role.update(ends_at=utcnow()).where(Role.shop == cast.tea).execute()
    assert {mail.recipient for mail in letters(settings)} == {"bohdan@soap.example"}
    assert set(outcomes(cast.tea).values()) == {"no_owner"}


def test_a_union_without_books_gets_the_figures_alone(settings, tmp_path):
    with time_machine.travel(EIGHT, tick=False) as clock:
        clock.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
        cast = seed.union(tmp_path / "prompts")
        seed.calls(cast)
        clock.move_to(EIGHT)
        assert letters(settings, EIGHT - dt.timedelta(days=1)) == []
        told = letters(settings)
        assert {mail.about for mail in told} == {f"month:{cast.tea.id}:2026-11", f"month:{cast.soap.id}:2026-11"}
        assert CostItem.select().count() == 0 and len(letters(settings, EIGHT + dt.timedelta(days=2))) == 2


def test_it_reaches_the_server_in_both_parts(cast, addressed, post):
    letters(addressed)
    outbox.send_due(utcnow(), addressed)
    assert len(post.mails) == 4
    for mail in post.mails:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.get_body(("plain",)).get_content().strip() and mail.get_body(("html",)).get_content().strip()
