"""Every daily digest of a month of the demonstration says what is recounted without its code, and so do its links.

Calls and promises are recounted from Asterisk's event file (recount.py), orders from their own rows and history by plain
SQL. The figures are read from the plain text of the mail, as it waits to be sent; each link is opened as its reader.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from html import unescape
from zoneinfo import ZoneInfo

import pytest

import models
import settings as spilka
from app import create_app
from mail import digests
from mail.digest_facts import Costs, Facts
from models import Callback, Outbox, Shop, User
from pbx.names import CEL_FILE
from tests.mail.recount import Recount, Week
from tests.web.conftest import token_of
from union import people
from upkeep import demo, demo_books, demo_calls, demo_orders

KYIV = ZoneInfo("Europe/Kyiv")
NOW = dt.datetime(2026, 11, 20, 16, 0, tzinfo=dt.UTC)
DAYS = 30
DATES = [NOW.date() - dt.timedelta(DAYS - number) for number in range(DAYS)]
LINE = {
    "calls": r"^Calls: (\d+)$",
    "answered": r"^Answered: (\d+) ",
    "within": r"^Answered: \d+ \(within 10 s: (\d+)\)$",
    "called_back": r"^Called back: (\d+)$",
    "waiting": r"^Still waiting for a call: (\d+)$",
    "lost": r"^LOST: (\d+)$",
    "apart": r"^Counted apart: (\d+)$",
    "kept": r"^Promises of a call kept: (\d+) of \d+$",
    "promised": r"^Promises of a call kept: \d+ of (\d+)$",
    "orders": r"^Orders: (\d+)",
    "sum_minor": r"^Orders: \d+, ([\d,.]+)",
    "month_orders": r"^This month: orders (\d+), ",
    "month_delivered": r"^This month: .*delivered (\d+)$",
}


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """A month of the demonstration with its orders and books, and the digest of each shop and day, waiting."""
    folder = tmp_path_factory.mktemp("month")
    box = spilka.Settings(
        data_dir=folder, pbx_dir=folder / "pbx", secret_key="s" * 32, ami_secret="a" * 16, secure_cookies=False,
        proxy_hops=0, asterisk_root=folder / "no-asterisk", cel_rotate_mb=1000, public_host="spilka.example",
    )  # fmt: skip
    models.database.init(str(box.database))
    with models.database.connection_context():
        models.database.create_tables(models.TABLES)
        made = demo.found(box, NOW.date())
        demo_calls.play(made, box, NOW, DAYS)
        demo_orders.play(made, NOW)
        demo_books.keep(made, box, NOW)
        User.update(language="en").execute()
        costs = Costs()
        for shop in rung():
            for day in DATES:
                digests.send(Facts(shop, day, NOW, box, costs), people.owners(shop).first().user, box)
        yield box


def rung() -> list[Shop]:
    """The shops that were called and have an owner to read of it."""
    called = Shop.select().where(~Shop.is_test, Shop.id.in_(models.Call.select(models.Call.shop)))
    return [shop for shop in called if people.owners(shop).exists()]


def told(shop: Shop, day: dt.date) -> dict[str, int]:
    """The figures of a digest as its plain text says them; what it leaves out is nothing."""
    text = Outbox.get(Outbox.kind == "digest", Outbox.about == f"digest:{shop.id}:{day}").text
    found = {name: re.search(line, text, re.M) for name, line in LINE.items()}
    return {name: int(re.sub(r"[,.]", "", match[1])) if match else 0 for name, match in found.items()}


def weeks() -> dict[int, Week]:
    rows = models.database.execute_sql("SELECT shop_id, weekday, opens_minute, closes_minute FROM week_hours")
    hours: dict[int, Week] = defaultdict(dict)
    for shop, weekday, opens, closes in rows:
        hours[shop][weekday] = opens, closes
    return hours


def test_calls_and_promises_are_those_of_the_event_file(month):
    counts = Recount(month.cel_dir / CEL_FILE, weeks(), KYIV, NOW).counts
    differ, whole = [], Counter()
    for shop in rung():
        for day in DATES:
            said, counted = told(shop, day), counts[day, shop.id]
            differ += [(shop.name, day, name, said[name], counted[name]) for name in list(LINE)[:9]
                       if said[name] != counted[name]]  # fmt: skip
            whole += counted
    assert differ == []
    assert whole["calls"] > 700 and min(whole[name] for name in ("answered", "called_back", "apart", "kept")) > 50
    assert whole["promised"] > whole["kept"]


def test_orders_are_those_of_their_rows_and_history(month):
    placed = defaultdict(Counter)
    for shop, at, order_sum, state in models.database.execute_sql("""
        SELECT o.shop_id, o.placed_at,
               (SELECT sum(quantity * price_minor) FROM order_line WHERE order_id = o.id),
               (SELECT state FROM order_change WHERE order_id = o.id ORDER BY id DESC LIMIT 1)
        FROM "order" AS o WHERE o.placed_at IS NOT NULL"""):
        day = dt.datetime.fromisoformat(at).astimezone(KYIV).date()
        placed[shop, day].update(orders=1, sum_minor=order_sum, delivered=state == "delivered")
    for shop in rung():
        for day in DATES:
            said, counted = told(shop, day), placed[shop.id, day]
            so_far = sum((placed[shop.id, day.replace(day=number + 1)] for number in range(day.day)), Counter())
            assert (said["orders"], said["sum_minor"]) == (counted["orders"], counted["sum_minor"]), (shop.name, day)
            assert (said["month_orders"], said["month_delivered"]) == (so_far["orders"], so_far["delivered"])
    assert sum((counted for counted in placed.values()), Counter())["orders"] > 100


def test_each_page_behind_a_link_shows_the_figure(month):
    """Every link of every tenth day's letters, each opened by the shop's owner."""
    opened = Counter()
    for shop in rung():
        browser = create_app(month).test_client()
        browser.set_cookie("spilka", token_of(people.owners(shop).first().user))
        for day in DATES[::10]:
            html = Outbox.get(Outbox.about == f"digest:{shop.id}:{day}").html
            said = told(shop, day)
            for href, shown in re.findall(
                r'<a class="[^"]*" href="https://spilka.example(/shops/[^"]+)"[^>]*>([^<]+)</a>', html
            ):
                opened[check(browser, unescape(href), unescape(shown), said)] += 1
    assert min(opened[kind] for kind in ("calls", "orders", "statements", "callbacks")) > 0


def check(browser, href: str, shown: str, said: dict[str, int]) -> str:
    """The page says what stood on its link; which kind of page it was."""
    page, kind = browser.get(href).text, re.match(r"/shops/\d+/(\w+)", href)[1]
    if kind == "calls":
        group = re.search(r"group=(\w+)", href)[1]
        rows = set(re.findall(r'href="(/shops/\d+/calls/[^"?]+)"', page))
        assert len(rows) == int(shown) == said[group], href
    elif kind == "orders":
        orders, sum_written = (
            re.search(r"(\d+) orders?, ([^<]+)\.", page).groups() if "No such orders" not in page else ("0", "")
        )
        figure = said["month_delivered"] if "state=delivered" in href else said["orders"]
        assert int(orders) == figure, href
        assert "state=" in href or not figure or sum_written == shown, href
    elif kind == "statements":
        assert shown in page, href
    return kind


def test_the_pages_own_list_holds_every_promise(month):
    """The page behind the line of promises is the list of callbacks: whoever waits is on it, each once."""
    for shop in rung():
        browser = create_app(month).test_client()
        browser.set_cookie("spilka", token_of(people.owners(shop).first().user))
        page = browser.get(f"/shops/{shop.id}/callbacks").text
        waiting = Callback.select().where(Callback.shop == shop, Callback.closed_at.is_null())
        assert set(re.findall(r'id="callback-(\d+)"', page)) == {str(row.id) for row in waiting}
