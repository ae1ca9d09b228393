"""The demonstration's books are a union's like any other: in order, a month closed, another on its way."""

from __future__ import annotations

import datetime as dt

from ledger import accounts, checks, months, periods, statements
from models import Accrual, Period, Statement
from settings import Settings
from upkeep import demo, demo_books

NOW = dt.datetime(2026, 11, 20, 16, 0, tzinfo=dt.UTC)
DAYS = 30


def test_a_month_is_closed_with_something_for_the_reserve_and_the_next_is_on_its_way(db, tmp_path):
    settings = Settings(data_dir=tmp_path, asterisk_root=tmp_path / "none", secret_key="s" * 32, ami_secret="a" * 16)
    union = demo.found(settings, NOW.date(), DAYS)
    demo_books.keep(union, settings, NOW, DAYS)
    assert [period.month for period in Period.select()] == [dt.date(2026, 10, 1)]
    assert Statement.select().count() == 3 and accounts.reserve() > 0
    assert {row.note for row in Accrual.select()} == {"", "no_usage"}
    assert checks.faults() == []
    planned = periods.preview(months.at(NOW))
    assert planned.charged_minor - planned.cost_minor == 80_000
    assert [len(statements.waiting(shop)) for shop in union.shops.values()] == [1, 1, 0]
