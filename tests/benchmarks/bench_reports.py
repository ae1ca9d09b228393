"""How long the server takes for reports of a year of many calls, by tallies and by a recount, while facts come in.

    python -m tests.benchmarks.bench_reports [calls]

Twenty shops, three operators, a fifth of the calls missed, presence for each call. A report is asked for through the
application, several times; beside it the same figures are counted from the calls. Aims for 500 000 calls: owner's
report under 150 ms, the coordinator's under 500 ms (medians); the tallies at least ten times as fast as the recount;
from a call's last row to its committed Call at most 300 ms (p95) while reports are read all the time.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import models
import settings as spilka
from app import create_app
from calls import ingest, occupancy, service_level, tallies
from calls.counting import counted
from models import Call, Callback, Did, Miss, Presence, Shop, database, utcnow
from pbx.names import CEL_FILE
from tests.benchmarks.bench_ingest import STORY, a_call
from tests.calls import recorded
from tests.web import seed
from tests.web.conftest import token_of

OWNER_MS, COORDINATOR_MS, INGEST_MS, RATIO = 150, 500, 300, 10
SHOPS, DAYS, TIMES, LIVE = 20, 365, 9, 30
MISSED = ("abandoned_line", "no_operator", "asked_callback")


def main(calls: int = 500_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = spilka.Settings(
            data_dir=Path(folder), pbx_dir=Path(folder) / "pbx", secret_key="s" * 32, ami_secret="a" * 16,
            secure_cookies=False, proxy_hops=0, tick_seconds=86400,
        )  # fmt: skip
        settings.cel_dir.mkdir(parents=True)
        models.database.init(str(settings.database))
        with database.connection_context():
            database.create_tables(models.TABLES)
            cast = seed.union(settings.prompts_dir)
            shops = [
                cast.tea,
                cast.soap,
                *(seed.shop(cast.tea.queue, f"Крамниця {n}", "#7a5af8") for n in range(SHOPS - 2)),
            ]
            people = [cast.operator, cast.trainee, cast.coordinator]
            fill(shops, cast.trunk, people, calls)
            tokens = {who: token_of(getattr(cast, who)) for who in ("owner", "coordinator")}
            print(f"{calls} calls of {SHOPS} shops in a year")
            compare(shops, settings)
        app = create_app(settings)
        today = utcnow().date()
        year = f"from={today - dt.timedelta(DAYS - 1)}&to={today}"
        tell(
            "owner's report", [asked(app, tokens["owner"], f"/shops/1/reports?{year}") for _ in range(TIMES)], OWNER_MS
        )
        union = [asked(app, tokens["coordinator"], f"/reports?{year}") for _ in range(TIMES)]
        tell("coordinator's report", union, COORDINATOR_MS)
        tell(
            "operators needed",
            [asked(app, tokens["coordinator"], "/reports/staffing") for _ in range(TIMES)],
            COORDINATOR_MS,
        )
        waits = live(settings, lambda: asked(app, tokens["coordinator"], f"/reports?{year}"))
        p95 = statistics.quantiles(waits, n=20)[-1]
        print(
            f"{'a fact, while reports are read':>32}: {p95:6.1f} ms p95 {'' if p95 < INGEST_MS else '  ABOVE THE AIM'}"
        )
        models.database.close_all()


def fill(shops: list[Shop], trunk: models.Trunk, people: list[models.User], calls: int) -> None:
    """Calls evenly over a year of days from nine to nineteen, with promises and presences."""
    dice, today = random.Random(1), utcnow().replace(hour=7, minute=0, second=0, microsecond=0)
    dids = {}
    for shop in shops:
        Did.create(number=f"+38044300{shop.id:04}", shop=shop, trunk=trunk, label="Instagram")
        dids[shop.id] = [did.id for did in Did.select().where(Did.shop == shop)]
    rows, promises, misses, presences = [], [], [], []
    for number in range(1, calls + 1):
        shop, at = (
            dice.choice(shops),
            today - dt.timedelta(days=dice.random() * DAYS // 1, seconds=-dice.randrange(36_000)),
        )
        answered, who, talk = dice.random() < 0.8, dice.choice(people).id, dice.randrange(20, 300)
        ended = at + dt.timedelta(seconds=talk + 30)
        rows.append(dict(id=number, key=f"{number}.1", direction="in", shop=shop.id, did=dice.choice(dids[shop.id]),
                         customer=f"+38067{number:07}", arrived_at=at, line_at=at, wait_seconds=dice.randrange(60),
                         answered_at=at if answered else None, operator=who if answered else None,
                         talk_seconds=talk if answered else 0, ended_at=ended,
                         ending="answered" if answered else dice.choice(MISSED)))  # fmt: skip
        if answered:
            presences.append(dict(user=who, kind="ready", starts_at=at, ends_at=ended))
            presences.append(
                dict(user=who, kind="after_call", starts_at=ended, ends_at=ended + dt.timedelta(seconds=30))
            )
        else:
            why = dice.choices(("talked", "given_up"), (9, 1))[0]
            promises.append(dict(id=number, shop=shop.id, did=rows[-1]["did"], customer=rows[-1]["customer"], opened_at=at,
                                 due_at=at, closed_at=ended, closed_because=why))  # fmt: skip
            misses.append(dict(id=number, callback=number, call_key=f"{number}.1", at=at, why=rows[-1]["ending"]))
    with database.atomic():
        for table, all_rows in ((Call, rows), (Callback, promises), (Miss, misses), (Presence, presences)):
            insert(table, all_rows)


def insert(table: type[models.Table], rows: list[dict]) -> None:
    """Rows as peewee would store them, ten times as fast; columns that are not given take their defaults."""
    defaults = {name: value for name, value in table._meta.get_default_dict().items() if not callable(value)}
    fields = [table._meta.fields[name] for name in {**defaults, **rows[0]}]
    places = ", ".join("?" * len(fields))
    columns = ", ".join(field.column_name for field in fields)
    database.connection().cursor().executemany(
        f"INSERT INTO {table._meta.table_name} ({columns}) VALUES ({places})",
        ([field.db_value({**defaults, **row}[field.name]) for field in fields] for row in rows),
    )


def compare(shops: list[Shop], settings: spilka.Settings) -> None:
    """Tally the year, then read it by tallies and by a recount."""
    began, days = time.perf_counter(), 0
    while made := tallies.make_due(utcnow(), settings):
        days += made
    while occupancy.make_due(utcnow(), settings):
        pass
    print(f"{'tallied once':>32}: {days} days of shops in {time.perf_counter() - began:.1f} s")
    last = utcnow().date() - dt.timedelta(2)
    first = last - dt.timedelta(DAYS)
    kept = timed(lambda: service_level.read(shops, first, last, settings))
    fresh = timed(lambda: [counted(shop, first, last, settings.answer_within_seconds) for shop in shops])
    verdict = "" if fresh / kept >= RATIO else "  BELOW THE AIM"
    print(
        f"{'read by tallies':>32}: {kept:6.1f} ms, recounted {fresh:.0f} ms, {fresh / kept:.0f} times as long{verdict}"
    )


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def asked(app, token: str, path: str) -> float:
    browser = app.test_client()
    browser.set_cookie("spilka", token)
    return timed(lambda: successful(browser.get(path)))


def successful(answer) -> None:
    assert answer.status_code == 200


def live(settings: spilka.Settings, report: Callable[[], object]) -> list[float]:
    """Milliseconds from each call's last row to its committed Call, two a second, while reports are read all the time."""
    stop, waits, story = threading.Event(), [], recorded.text(STORY)
    reader = threading.Thread(target=repeat, args=(report, stop))
    reader.start()
    with database.connection_context():
        for number in range(LIVE):
            with (settings.cel_dir / CEL_FILE).open("ab") as file:
                file.write(a_call(story, number))
            waits.append(timed(lambda: ingest.ingest_all(settings)))
            time.sleep(0.5)
    stop.set()
    reader.join()
    return waits


def repeat(report: Callable[[], object], stop: threading.Event) -> None:
    while not stop.is_set():
        report()


def tell(name: str, took: list[float], aim: float) -> None:
    median = statistics.median(took)
    print(f"{name:>32}: {median:6.1f} ms, slowest {max(took):6.1f} {'' if median < aim else '  ABOVE THE AIM'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
