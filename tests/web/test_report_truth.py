"""A month of the demonstration, recounted from Asterisk's own event file by this test alone: the reports say the same.

Nothing of the fold or of the reports' code is used: rows are read by the csv module, a call is whatever shares a
linkedid, and the few rules it takes are written down here once more.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import pytest

import models
import settings as spilka
from app import create_app
from calls import service_level, tallies
from models import Shop, User
from tests.web.conftest import token_of
from upkeep import demo, demo_calls

KYIV = ZoneInfo("Europe/Kyiv")
NOW = dt.datetime(2026, 11, 20, 16, 0, tzinfo=dt.UTC)
DAYS = 30
FIRST, LAST = NOW.date() - dt.timedelta(DAYS), NOW.date()
EVENT, NAME, TIME, CHANNEL, APP_DATA, UNIQUEID, LINKEDID = 0, 1, 2, 7, 9, 11, 12
SHORT, WITHIN = 5, 10


@pytest.fixture(scope="module")
def box(tmp_path_factory) -> spilka.Settings:
    """A month of the demonstration, made once; no test here changes it but by tallies."""
    folder = tmp_path_factory.mktemp("month")
    box = spilka.Settings(
        data_dir=folder, pbx_dir=folder / "pbx", secret_key="s" * 32, ami_secret="a" * 16, secure_cookies=False,
        proxy_hops=0, asterisk_root=folder / "no-asterisk", cel_rotate_mb=1000,
    )  # fmt: skip
    models.database.init(str(box.database))
    with models.database.connection_context():
        models.database.create_tables(models.TABLES)
        demo_calls.play(demo.found(box, NOW.date()), box, NOW, DAYS)
    return box


@pytest.fixture
def month(box):
    models.database.init(str(box.database))
    with models.database.connection_context():
        yield box


def recounted(box: spilka.Settings) -> dict[tuple[dt.date, int], Counter]:
    """(local day, shop) -> how many arrived, offered, answered …, from the file as Asterisk wrote it."""
    calls = defaultdict(list)
    with (box.cel_dir / "cel.csv").open(newline="") as file:
        for row in csv.reader(file):
            calls[row[LINKEDID]].append(row)
    counts: dict[tuple[dt.date, int], Counter] = defaultdict(Counter)
    for linkedid, rows in calls.items():
        opening = next((row for row in rows if row[NAME] == "CALL_IN"), None)
        if opening:
            shop = int(opening[APP_DATA].partition(",")[2].split("|")[1])
            arrived = at(next(row for row in rows if row[UNIQUEID] == linkedid))
            day = dt.datetime.fromtimestamp(arrived, KYIV).date()
            counts[day, shop].update(what_one_is(linkedid, rows, arrived))
    return dict(counts)


def what_one_is(linkedid: str, rows: list[list[str]], arrived: float) -> dict[str, int]:
    line = next((at(row) for row in rows if row[NAME] == "LINE"), None)
    gone = next(at(row) for row in rows if row[EVENT] == "HANGUP" and row[UNIQUEID] == linkedid)
    bridged = [row for row in rows if row[EVENT] == "BRIDGE_ENTER"]
    if not line:
        return {"Calls": 1}
    if len({row[UNIQUEID] for row in bridged}) > 1:
        wait = int(max(at(row) for row in bridged[:2]) - line + 0.5)
        return {"Calls": 1, "Offered": 1, "Answered": 1, "waited": wait, "within": int(wait <= WITHIN)}
    if any(row[NAME] == "ASKED" for row in rows):
        return {"Calls": 1, "Offered": 1, "Left the line for a callback": 1}
    if any(row[NAME] == "NOBODY" for row in rows):
        return {"Calls": 1, "Offered": 1, "Nobody on duty": 1}
    if gone - arrived < SHORT:
        return {"Calls": 1, "Short hang-ups": 1}
    return {"Calls": 1, "Offered": 1, "Abandoned": 1}


def at(row: list[str]) -> float:
    return float(row[TIME])


@pytest.mark.parametrize("tallied", [False, True], ids=["from calls", "from tallies"])
def test_a_months_figures_are_what_the_event_file_says(month, tallied):
    if tallied:
        assert tallies.make_due(NOW + dt.timedelta(1), month) > 60
    told, facts = file_of(month), recounted(month)
    assert told.keys() == facts.keys()
    assert len(facts) > 60 and sum(facts.values(), Counter())["Calls"] > 700
    for place, counts in facts.items():
        said = told[place]
        for name in (
            "Calls",
            "Offered",
            "Answered",
            "Abandoned",
            "Short hang-ups",
            "Nobody on duty",
            "Left the line for a callback",
        ):
            assert int(said[name]) == counts[name], (place, name)
        assert said["Average speed of answer (ASA)"] == share(counts["waited"], counts["Answered"]), place
        assert said["Service level, of all offered"] == share(100 * counts["within"], counts["Offered"]), place


def file_of(box: spilka.Settings) -> dict[tuple[dt.date, int], dict[str, str]]:
    """The coordinator's file of the month, by day and shop."""
    User.update(language="en").execute()
    browser = create_app(box).test_client()
    browser.set_cookie("spilka", token_of(User.get(User.email == "olena@example.com")))
    text = browser.get(f"/reports.csv?from={FIRST}&to={LAST}").text.removeprefix("\ufeff")
    ids = {shop.name: shop.id for shop in Shop.select()}
    lines = csv.DictReader(io.StringIO(text))
    return {(dt.date.fromisoformat(line["Date"]), ids[line["Shop"]]): line for line in lines if line["Calls"] != "0"}


def share(part: float, of: float) -> str:
    return f"{part / of:.1f}" if of else ""


def test_the_pages_own_sums_are_those_of_the_file(month):
    whole = service_level.read(service_level.shops_of_union(), FIRST, LAST, month).whole
    facts = sum(recounted(month).values(), Counter())
    assert (whole.arrived, whole.offered, whole.answered) == (facts["Calls"], facts["Offered"], facts["Answered"])
    assert whole.answered_within == facts["within"]
    assert whole.offered == whole.answered + whole.abandoned + whole.asked + whole.nobody + whole.cut
