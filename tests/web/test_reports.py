"""Reports say what the list of calls shows: the same calls, the same figures, on the page and in the file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from calendar import day_name
from html import unescape

import pytest

from calls import service_level
from models import Call, Membership, Order, Shop
from tests.calls.owed import KYIV, local
from tests.web import seed


@pytest.fixture
def called(cast):
    seed.calls(cast)
    seed.known_customer(cast)
    return cast


def words(page: str) -> str:
    """A page as it is read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])))


def english(cast) -> None:
    for user in (cast.owner, cast.coordinator):
        type(user).update(language="en").where(type(user).id == user.id).execute()


def test_each_figure_leads_to_exactly_its_calls(as_, called):
    english(called)
    seed.call(called.tea, "his.1", seed.CUSTOMERS[0], dt.datetime.now(dt.UTC) - dt.timedelta(hours=1), "answered")
    owner = as_("owner")
    page = owner.get("/shops/1/reports").text
    assert "group=by_mobile" in page and "group=by_operator" in page
    links = re.findall(r'<a href="(/shops/1/calls\?[^"]+)">(\d+)(?: of| called back)?', page)
    assert {"answered", "lost", "called_back"} <= {re.search(r"group=(\w+)", href)[1] for href, _ in links}
    for href, figure in links:
        listed = owner.get(unescape(href)).text
        assert len(set(re.findall(r'href="/shops/1/calls/([^"?]+)"', listed))) == int(figure), href


def test_the_page_says_what_each_figure_means(as_, called):
    english(called)
    page = words(as_("owner").get("/shops/1/reports").text)
    assert "Service level, of all offered" in page
    assert (
        "Answered within the time, of all offered: whoever gave up counts against it. The time is 10 seconds." in page
    )
    assert "Not yet reliable: of fewer than 30 calls" in page


def test_the_file_holds_the_same_figures_a_day_a_line(as_, called, settings):
    english(called)
    answer = as_("owner").get("/shops/1/reports.csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="report-1-')
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    today = dt.datetime.now(dt.UTC).date()
    whole = service_level.read([called.tea], today - dt.timedelta(40), today + dt.timedelta(1), settings).whole
    assert sum(int(line["Offered"]) for line in lines) == whole.offered
    assert sum(int(line["Answered"]) for line in lines) == whole.answered == 10


def test_a_period_of_the_address_holds_only_its_days(as_, called):
    english(called)
    owner = as_("owner")
    assert "10 of 12" in words(owner.get("/shops/1/reports").text)
    assert "0 of 0" in words(owner.get("/shops/1/reports?from=2020-01-01&to=2020-01-31").text)


@pytest.mark.parametrize(
    "asked", ["from=2026-02-01&to=2026-01-01", "from=1999-01-01", "from=x&to=y", "from=2020-01-01"]
)
def test_days_that_are_no_period_give_the_usual_ones(as_, called, asked):
    page = as_("owner").get(f"/shops/1/reports?{asked}").text
    first, last = (dt.date.fromisoformat(day) for day in re.findall(r'type="date"[^>]*value="([^"]+)"', page))
    assert (last - first).days == 29


def test_the_coordinator_sees_every_shop_and_no_test_shop(as_, called):
    Shop.create(name="Перевірка", queue=called.tea.queue, is_test=True)
    page = words(as_("coordinator").get("/reports").text)
    assert called.tea.name in page
    assert called.soap.name in page
    assert "Перевірка" not in page


def test_no_report_holds_a_customers_number(as_, called):
    for who, path in (
        ("coordinator", "/reports"),
        ("coordinator", "/shops/1/reports"),
        ("coordinator", "/reports.csv"),
    ):
        page = as_(who).get(path).text
        assert not any(number[4:] in page for number in seed.CUSTOMERS)


def test_a_year_is_drawn_by_month(as_, called):
    english(called)
    last = dt.datetime.now(dt.UTC).date()
    first = (last - dt.timedelta(364)).replace(day=1)
    page = as_("owner").get(f"/shops/1/reports?from={first}&to={last}").text
    assert "Offered calls by month" in page


def test_a_shop_without_a_call_has_a_report_without_figures(as_, cast):
    page = as_("owner").get("/shops/1/reports")
    assert page.status_code == 200
    assert Call.select().count() == 0 < Membership.select().count()
    assert "—" in page.text


def test_lost_calls_cost_what_the_list_says_was_lost(as_, called):
    english(called)
    seed.orders(called)
    owner = as_("owner")
    page = owner.get("/shops/1/reports/missed").text
    href, customers = re.search(r'<a href="(/shops/1/calls\?[^"]+)">(\d+)</a>', page).groups()
    assert (
        len(set(re.findall(r'href="/shops/1/calls/([^"?]+)"', owner.get(unescape(href)).text))) == int(customers) == 1
    )
    assert "No delivered order has a margin yet" in words(page)
    Order.update(margin_minor=30_000, call_key="a7.1").where(
        Order.shop == called.tea, Order.state == "delivered"
    ).execute()
    assert re.search(r"most likely \d", words(owner.get("/shops/1/reports/missed").text))


def busy_weeks(cast, weeks: int = 6, calls: int = 8) -> None:
    """Every day at eleven so many calls of three minutes, one of which gave up."""
    today = dt.datetime.now(KYIV).date()
    for day in range(1, weeks * 7 + 1):
        for number in range(calls):
            at = local(today - dt.timedelta(days=day), 11, 7 * number)
            key, left = f"busy{day}.{number}", number == 0
            Call.create(key=key, direction="in", shop=cast.tea, did=cast.did, arrived_at=at, line_at=at, wait_seconds=30,
                        ended_at=at + dt.timedelta(minutes=4), ending="abandoned_line" if left else "answered",
                        operator=None if left else cast.operator, talk_seconds=0 if left else 180)  # fmt: skip


def test_operators_are_reckoned_from_the_weeks_before(as_, cast):
    english(cast)
    busy_weeks(cast)
    page = words(as_("coordinator").get("/reports/staffing").text)
    assert "8.0 calls in the mean" in page
    assert "2 operators are needed then." in page
    assert "One operator with 8 calls an hour of 3 minutes answers 63 % within 20 seconds, two answer 94 %" in page
    assert "Not yet reliable" not in page
    assert "63 % → 43 %" in page  # of two shops, one more: 12 calls an hour
    asked = as_("coordinator").get("/reports/staffing?level=40&within=60&operators=2").text
    assert 'value="40"' in asked and 'value="60"' in asked
    assert "1 operator is needed then." in words(asked)


def test_the_forecast_comes_as_a_file_with_the_pages_numbers(as_, cast):
    english(cast)
    busy_weeks(cast)
    href = re.search(r'href="(/reports/staffing.csv[^"]*)"', as_("coordinator").get("/reports/staffing?level=40").text)[
        1
    ]
    answer = as_("coordinator").get(unescape(href))
    assert answer.mimetype == "text/csv" and "level=40" in href
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["Weekday"], row["Hour"]) for row in lines] == [(day, "11:00") for day in day_name]
    assert {(row["Calls an hour, in the mean"], row["Operators"]) for row in lines} == {("8.0", "1")}
    usual = csv.DictReader(io.StringIO(as_("coordinator").get("/reports/staffing.csv").text.removeprefix("\ufeff")))
    assert {(row["Operators"], row["Answered in time at the mean, per cent"]) for row in usual} == {("2", "94.4")}


def test_without_history_there_is_no_forecast(as_, cast):
    english(cast)
    assert len(as_("coordinator").get("/reports/staffing.csv").text.splitlines()) == 1
    page = words(as_("coordinator").get("/reports/staffing?level=100&within=x").text)
    assert "There are no answered calls of the last weeks yet." in page
