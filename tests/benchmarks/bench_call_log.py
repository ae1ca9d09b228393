"""How long the server takes for an owner's list of calls when his shop has 100 000 of them.

    python -m tests.benchmarks.bench_call_log [calls]

Two years of one shop beside another as large, a sixth of the calls missed, one in 2 000 lost for good. Each page is
asked for through the application, several times; aim: every median under 100 ms, with filters too.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import models
import settings as spilka
from app import create_app
from models import Call, Callback, Did, Miss, database, utcnow
from tests.web import seed
from tests.web.conftest import token_of

AIM_MS, TIMES, DAYS = 100, 9, 730
PAGES = {
    "the list": "",
    "its last page": "?before=1050",
    "lost": "?group=lost",
    "waiting": "?group=waiting",
    "called back": "?group=called_back",
    "missed": "?group=missed",
    "answered": "?group=answered",
    "neither": "?group=apart",
    "our calls": "?group=out",
    "a month": "?from={month}&to={today}",
    "lost in a year": "?group=lost&from={year}",
    "a rare number": "?did=2",
    "an operator": "?operator=3",
    "a seldom operator": "?operator=4",
    "lost at a rare number": "?group=lost&did=2",
    "a seldom operator, rare number": "?operator=4&did=2",
    "nothing to be found": "?group=apart&operator=3",
}


def main(calls: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = spilka.Settings(
            data_dir=Path(folder), pbx_dir=Path(folder) / "pbx", secret_key="s" * 32, ami_secret="a" * 16,
            secure_cookies=False, proxy_hops=0, tick_seconds=86400,
        )  # fmt: skip
        models.database.init(str(settings.database))
        with database.connection_context():
            database.create_tables(models.TABLES)
            cast = seed.union(settings.prompts_dir)
            for number, shop in enumerate((cast.tea, cast.soap)):
                fill(cast, shop, calls, number * calls)
            token = token_of(cast.owner)
        browser = create_app(settings).test_client()
        browser.set_cookie("spilka", token)
        print(f"{calls} calls of one shop")
        for name, asked in PAGES.items():
            tell(name, [timed(browser, asked) for _ in range(TIMES)])
        models.database.close_all()


def fill(cast: seed.Cast, shop: models.Shop, calls: int, first: int) -> None:
    """Calls evenly over two years, oldest first, with the promises that the missed ones led to."""
    dice, step = random.Random(shop.id), dt.timedelta(days=DAYS) / calls
    dids = [did.id for did in Did.select().where(Did.shop == shop)]
    began = utcnow() - dt.timedelta(days=DAYS)
    rows, promises, misses = [], [], []
    for number in range(calls):
        key, at = first + number + 1, began + number * step
        rows.append(row := a_call(cast, shop, dids, key, at, dice))
        if row["ending"] == "abandoned_line":
            because = dice.choices(("talked", "got_through", "given_up"), (600, 400, 3))[0]
            promises.append(dict(id=key, shop=shop.id, did=row["did"], customer=row["customer"], opened_at=at, due_at=at,
                                 closed_at=row["ended_at"], closed_because=because))  # fmt: skip
            misses.append(dict(id=key, callback=key, call_key=row["key"], at=at, why=row["ending"]))
    with database.atomic():
        for table, all_rows in ((Call, rows), (Callback, promises), (Miss, misses)):
            for at in range(0, len(all_rows), 500):
                table.insert_many(all_rows[at : at + 500]).execute()


def a_call(cast: seed.Cast, shop: models.Shop, dids: list[int], key: int, at: dt.datetime, dice: random.Random) -> dict:
    ending = dice.choices(("answered", "abandoned_line", "informed"), (75, 17, 8))[0]
    out = dice.random() < 0.05
    spoke = ending == "answered"
    operator = (cast.trainee if dice.random() < 0.001 else cast.operator).id if spoke or out else None
    return dict(
        id=key, key=f"{key}.1", direction="callback" if out else "in", shop=shop.id,
        did=dids[-1] if dice.random() < 0.001 else dids[0], customer=f"+38067{key:07}", arrived_at=at,
        menu_path="1", line_at=at, wait_seconds=20, answered_at=at if spoke else None, operator=operator,
        talk_seconds=90 if spoke else 0, ended_at=at + dt.timedelta(seconds=120), ended_by="customer",
        ending="not_reached" if out and not spoke else ending,
    )  # fmt: skip


def timed(browser, asked: str) -> float:
    today = utcnow().date()
    month, year = (today - dt.timedelta(days=days) for days in (30, 365))
    started = time.perf_counter()
    answer = browser.get("/shops/1/calls" + asked.format(today=today, month=month, year=year))
    seconds = time.perf_counter() - started
    assert answer.status_code == 200
    return seconds * 1000


def tell(name: str, took: list[float]) -> None:
    median = statistics.median(took)
    print(f"{name:>32}: {median:6.1f} ms, slowest {max(took):6.1f} {'' if median < AIM_MS else '  ABOVE THE AIM'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
