"""How long the server takes for reports, lists and letters of a year of many calls, while facts come in.

    python -m tests.benchmarks.bench_reports [calls]

The union of busy_year.py: twenty shops, twelve operators, two months closed. Two days are left untallied, more than
there ever are. Each page is asked for through the application, several times. Aims for 500 000 calls: an owner's
report under 150 ms, the coordinator's under 500 ms, every other page under 200 ms (medians); all shops' daily letters
under 20 s; from a call's last row to its committed Call at most 300 ms (p95) while reports are read all the time; the
year by tallies at least ten times as fast as by a recount. The processor's time is told beside, as the machine may be
busy with others.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import settings as spilka
from app import create_app
from calls import occupancy, service_level, spans, tallies
from calls.counting import counted
from ledger import months, periods
from mail import digests, weekly
from models import Call, Outbox, Shop, database, utcnow
from pbx.names import CEL_FILE
from tests.benchmarks import bench_ingest, busy_year
from tests.benchmarks.busy_year import KYIV, Year
from tests.calls import recorded
from tests.ledger import books
from tests.web.conftest import token_of

OWNER_MS, COORDINATOR_MS, PAGE_MS, LETTERS_MS, INGEST_MS, RATIO = 150, 500, 200, 20_000, 300, 10
TIMES, LIVE, CALLS_A_SECOND = 9, 30, 2
UNTALLIED = dt.timedelta(1)  # as if the timetable had last run a day ago
PAGES = (
    ("owner's report: a year", "owner", "/shops/1/reports?{year}", OWNER_MS),
    ("a month", "owner", "/shops/1/reports?{month}", OWNER_MS),
    ("a week", "owner", "/shops/1/reports?{week}", OWNER_MS),
    ("coordinator's: a year", "coordinator", "/reports?{year}", COORDINATOR_MS),
    ("a month", "coordinator", "/reports?{month}", COORDINATOR_MS),
    ("a week", "coordinator", "/reports?{week}", COORDINATOR_MS),
    ("operators needed", "coordinator", "/reports/staffing", COORDINATOR_MS),
    ("what lost calls cost", "owner", "/shops/1/reports/missed", PAGE_MS),
    ("a year as a file", "owner", "/shops/1/reports.csv?{year}", PAGE_MS),
    ("the list of calls", "owner", "/shops/1/calls", PAGE_MS),
    ("its middle", "owner", "/shops/1/calls?before={middle}", PAGE_MS),
    ("lost in a year", "owner", "/shops/1/calls?group=lost&{year}", PAGE_MS),
    ("callbacks", "owner", "/shops/1/callbacks", PAGE_MS),
    ("from call to delivery", "owner", "/shops/1/orders/funnel", PAGE_MS),
    ("what the month costs", "owner", "/shops/1/statements/so-far", PAGE_MS),
    ("the books", "coordinator", "/money", PAGE_MS),
    ("the board", "coordinator", "/board", PAGE_MS),
    ("the desk", "operator", "/desk", PAGE_MS),
    ("its callbacks", "operator", "/desk/callbacks", PAGE_MS),
)


def main(calls: int = 500_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = busy_year.settings_in(Path(folder))
        database.init(str(settings.database))
        with database.connection_context():
            year = busy_year.make(settings, calls)
            print(f"{calls} calls of {len(year.shops)} shops in a year; load {os.getloadavg()[0]:.1f}", flush=True)
            close_two_months(year, settings)
            tally(year, settings)
            compare(year, settings)
            letters(settings)
            middle = Call.select(Call.id).where(Call.shop == year.shops[0]).order_by(Call.id).limit(1)
            words = asked_days() | {"middle": middle.offset(calls // 25).scalar()}
            tokens = {who: token_of(getattr(year.cast, who)) for who in ("owner", "coordinator", "operator")}
        app = create_app(settings)
        for name, who, path, aim in PAGES:
            tell(name, [page(app, tokens[who], path.format(**words)) for _ in range(TIMES)], aim)
        live(settings, tokens["coordinator"], f"/reports?{words['year']}")
        database.close_all()


def close_two_months(year: Year, settings: spilka.Settings) -> None:
    """Costs that are shared by calls and by talk, so that every preview has something to count."""
    month = months.at(utcnow()).back(2)
    books.item("Оператор", 350_000, books.fee(35_000), category="operator", user=year.operators[0],
               starts_on=month.first)  # fmt: skip
    for basis in ("calls", "talk", "equal"):
        books.item(basis, 100_001, books.by(basis), starts_on=month.first)
    for first in (month.first, month.next_first):
        periods.close(months.of(first), utcnow(), settings)


def tally(year: Year, settings: spilka.Settings) -> None:
    now = utcnow() - UNTALLIED
    for name, job in (("the year tallied", tallies), ("the year's presence", occupancy)):
        tell(name, [timed(lambda job=job: repeated(lambda: job.make_due(now, settings)))])
    day = now.astimezone(KYIV).date() - dt.timedelta(3)
    for shop in year.shops:
        spans.forget_day(shop.id, day)
    tell("a day of all shops", [timed(lambda: tallies.make_due(now, settings))])


def repeated(work: Callable[[], int]) -> None:
    while work():
        pass


def compare(year: Year, settings: spilka.Settings) -> None:
    """The year by tallies and by a recount."""
    last = utcnow().date() - dt.timedelta(3)
    first, shops = last - dt.timedelta(busy_year.DAYS - 9), list(Shop.select().where(~Shop.is_test))
    kept = timed(lambda: service_level.read(shops, first, last, settings, by_day=False))
    fresh = timed(lambda: counted([(shop, first, last) for shop in shops], settings.answer_within_seconds))
    ratio = fresh[1] / kept[1]
    say("recounted", f"{ratio:.0f} times as long as by tallies {'' if ratio >= RATIO else '  BELOW THE AIM'}")


def letters(settings: spilka.Settings) -> None:
    """All shops' letters of a day and of a week, composed and queued."""
    today = utcnow().astimezone(KYIV).replace(hour=12)
    monday = today - dt.timedelta(today.weekday())
    tell("all daily letters", [timed(lambda: digests.queue_due(today.astimezone(dt.UTC), settings))], LETTERS_MS)
    tell("all weekly letters", [timed(lambda: weekly.queue_due(monday.astimezone(dt.UTC), settings))], LETTERS_MS)
    for kind in ("digest", "week"):
        queued = Outbox.select().where(Outbox.kind == kind).count()
        if queued < busy_year.SHOPS:
            raise SystemExit(f"only {queued} letters of {kind}")


def asked_days() -> dict[str, str]:
    today = utcnow().astimezone(KYIV).date()
    return {
        name: f"from={today - dt.timedelta(days)}&to={today}"
        for name, days in (("year", 364), ("month", 29), ("week", 6))
    }


def page(app, token: str, path: str) -> tuple[float, float]:
    browser = app.test_client()
    browser.set_cookie("spilka", token)

    def ask() -> None:
        answer = browser.get(path)
        if answer.status_code != 200 or not answer.data:
            raise SystemExit(f"{path}: {answer.status_code}")

    return timed(ask)


def live(settings: spilka.Settings, token: str, path: str) -> None:
    """From each call's last row to its committed Call, two a second, while another process reads reports all the time."""
    stop, waits, story = threading.Event(), [], recorded.text(bench_ingest.STORY)
    reader = multiprocessing.get_context("spawn").Process(target=read_on, args=(settings.data_dir, token, path))
    scheduler = threading.Thread(target=bench_ingest.poll, args=(settings, stop))
    reader.start(), scheduler.start()
    with database.connection_context():
        for number in range(LIVE):
            with (settings.cel_dir / CEL_FILE).open("ab") as file:
                file.write(bench_ingest.a_call(story, number))
            waits.append(timed(lambda number=number: until_there(number)))
            time.sleep(1 / CALLS_A_SECOND)
    stop.set(), scheduler.join(), reader.kill(), reader.join()
    p95 = statistics.quantiles([wall for wall, _ in waits], n=20)[-1]
    say("a fact, while reports are read", f"{p95:6.1f} ms p95 {'' if p95 < INGEST_MS else '  ABOVE THE AIM'}")


def until_there(before: int) -> None:
    new = Call.select().where(Call.id > busy_year.FIRST_ROW, Call.ended_at.is_null(False))
    while new.count() <= before:
        time.sleep(0.002)


def read_on(folder: Path, token: str, path: str) -> None:
    settings = busy_year.settings_in(folder)
    database.init(str(settings.database))
    app = create_app(settings)
    while True:
        page(app, token, path)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor, this process's."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.process_time() - busy) * 1000


def tell(name: str, took: list[tuple[float, float]], aim: float = 0) -> None:
    walls, busy = sorted(wall for wall, _ in took), statistics.median(cpu for _, cpu in took)
    p50, p95 = statistics.median(walls), walls[-1]
    verdict = "" if not aim or p50 < aim else f"  ABOVE THE AIM of {aim}"
    say(name, f"{p50:7.1f} ms, slowest {p95:7.1f}, processor {busy:7.1f}{verdict}")


def say(name: str, figures: str) -> None:
    print(f"{name:>30}: {figures}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
