"""The demonstration's books tell the proposal's own case: made by the command, read on the pages as its people do."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from click.testing import CliRunner

import models
import settings as spilka
from app import create_app
from commands import commands
from ledger import accounts, checks, months, periods, statements
from models import Accrual, Period, Shop, Statement
from tests.ledger.books import bill

NOW = dt.datetime(2026, 11, 9, 16, 0, tzinfo=dt.UTC)
AUGUST, SEPTEMBER, OCTOBER = (dt.date(2026, month, 1) for month in (8, 9, 10))
DAYS = 12  # of calls: four of them in October


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the command said, on a box that had been migrated; nobody changes its union here."""
    box = tmp_path_factory.mktemp("demo")
    environment = {"SPILKA_DATA_DIR": str(box), "SPILKA_PBX_DIR": str(box / "pbx"), "SPILKA_SECRET_KEY": "s" * 32,
                   "SPILKA_AMI_SECRET": "a" * 16, "SPILKA_ASTERISK_ROOT": "/nowhere",
                   "SPILKA_SECURE_COOKIES": "no"}  # fmt: skip
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW):
        for name, value in environment.items():
            patch.setenv(name, value)
        run = CliRunner()
        assert run.invoke(commands, ["migrate"]).exit_code == 0
        made = run.invoke(commands, ["demo", "--days", str(DAYS)])
        assert made.exit_code == 0, made.output
        yield made.output


@pytest.fixture
def made(said):
    with models.database.connection_context():
        yield


@pytest.fixture
def reads(said):
    """reads("olena@example.com", "/money"): a page as this person sees it after logging in, its text in one line."""
    app = create_app(spilka.current())
    app.config["WTF_CSRF_ENABLED"] = False
    password = re.search(r"password is (\S+)", said)[1]

    def read(email: str, page: str) -> str:
        browser = app.test_client()
        assert browser.post("/login", data={"email": email, "password": password}).status_code == 302
        answer = browser.get(page)
        assert answer.status_code == 200, page
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    return read


@pytest.mark.parametrize(
    ("page", "figures"),
    [
        ("/money/months/2026-08", ["5 800,00", "7 000,00", "1 200,00"]),
        ("/money/months/2026-09", ["5 800,00", "6 125,00", "325,00", "1 525,00"]),
        ("/money/months/2026-10", ["5 800,00", "0,00", "1 525,00"]),
        ("/money", ["1 200,00", "1 525,00", "175,00"]),
    ],
)
def test_the_coordinator_reads_the_proposals_sums(reads, page, figures):
    text = reads("olena@example.com", page)
    assert [figure for figure in figures if figure not in text] == []


def test_an_owner_reads_his_fee_and_then_his_exact_part(made, reads):
    tea = Shop.get(Shop.name == "Чайна крамниця")
    for month, sums in (("2026-08", ["350,00", "7 000,00", "1 200,00"]), ("2026-09", ["350,00", "−350,00"])):
        text = reads("owner1@example.com", f"/shops/{tea.id}/statements/{month}")
        assert [figure for figure in sums if figure not in text] == []
    text = reads("owner1@example.com", f"/shops/{tea.id}/statements/2026-10")
    assert "18 000,00" in text, "what a person of its own would cost"
    assert re.search(r"дзвінки: \d+ з \d+", text) and "порівну, 1 з 15" in text


def test_five_leave_in_mid_month_and_then_the_costs_are_split_exactly(made):
    periods_kept = list(Period.select().order_by(Period.month))
    assert [(row.month, row.reserve_before_minor, row.reserve_after_minor) for row in periods_kept] == [
        (AUGUST, 0, 120_000), (SEPTEMBER, 120_000, 120_000 + 15 * 35_000 + 5 * 17_500 - 580_000),
        (OCTOBER, 152_500, 152_500),
    ]  # fmt: skip
    assert [Statement.select().where(Statement.period == row).count() for row in periods_kept] == [20, 20, 20]
    members = [shop for shop in Shop.select() if statements.find(shop, OCTOBER) and bill(shop, OCTOBER)]
    charged = [sum(amount for amount in bill(shop, OCTOBER) if amount > 0) for shop in members]
    assert sum(charged) == 580_000 and len(set(charged)) > 5, "each by his own calls"
    assert {row.note for row in Accrual.select()} == {""}


def test_the_books_are_in_order_and_say_when_things_would_have_happened(made):
    assert checks.faults() == []
    assert [months.today(row.closed_at) for row in Period.select().order_by(Period.month)] == [
        dt.date(2026, 9, 3), dt.date(2026, 10, 3), dt.date(2026, 11, 3),
    ]  # fmt: skip
    assert accounts.reserve() == 152_500
    owing = {shop.name: statements.overdue(shop, NOW.date()) for shop in Shop.select() if accounts.owed_by(shop) > 0}
    assert owing.pop("Рукавичка").amount_minor == 17_500
    assert owing == {"Мильня": None}, "it still has some days"


def test_the_month_that_runs_has_a_bonus_and_a_bill_of_one_shop(made):
    planned = periods.preview(months.at(NOW))
    assert {accrual.item.category for accrual in planned.accruals} == {
        "operator", "server", "trainee", "telephone", "bonus",
    }  # fmt: skip
    assert planned.cost_minor == planned.charged_minor == 580_000 + 40_000 + 12_745 + 15_000
