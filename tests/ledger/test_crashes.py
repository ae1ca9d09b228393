"""A close that is killed anywhere, and a power cut at any moment: whole or not at all, and nothing promised is lost."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

import models
from ledger import checks, months, periods
from models import Accrual, Period, Statement, Transaction
from tests.ledger import books
from tests.ledger.books import NOVEMBER
from tests.ledger.disk import Disk, after_a_cut

HOUSE = Path(models.__file__).parent
KILLS, CUTS = 200, 200
SHOPS, CALLS = 8, 12


@pytest.fixture
def ready(db, settings, tmp_path):
    """A November ready to be closed, in a file to be copied."""
    shops = books.union(SHOPS)
    maria = books.person()
    books.proposal(maria)
    books.item("Дзвінки", 10_001, books.by("calls"), category="operator", user=maria)
    for shop in shops:
        books.calls(shop, maria, books.local(dt.date(2025, 11, 5)), CALLS)
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    template = tmp_path / "template.db"
    shutil.copy(db.database, template)
    return template


def look_into(path: Path) -> None:
    models.database.close()
    models.database.init(str(path))
    models.database.connect()


def assert_whole_or_nothing() -> bool:
    """Whether November is closed; nothing of it is there if not."""
    told = Period.select().count(), Accrual.select().count(), Transaction.select().count(), Statement.select().count()
    assert told in ((0, 0, 0, 0), (1, 4, 4, SHOPS)), told
    assert models.CountedFact.select().count() == told[0] * SHOPS * CALLS
    assert checks.faults() == []
    return bool(told[0])


def closes(path: Path, fatal: int) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tests.ledger.crashing_close", str(path), str(fatal)]
    return subprocess.run(command, cwd=HOUSE, capture_output=True, text=True)


def test_a_close_killed_at_any_step_happened_whole_or_not_at_all(ready, tmp_path, times):
    whole = tmp_path / "whole.db"
    shutil.copy(ready, whole)
    steps = int(closes(whole, 0).stdout)
    assert steps > 100
    chance, ends = random.Random(2026), set()
    fatal = [chance.randint(1, steps) for _ in range(times(KILLS) - 6)] + list(range(steps - 5, steps + 1))
    for place, number in enumerate(fatal):
        path = tmp_path / f"killed-{place}.db"
        shutil.copy(ready, path)
        assert closes(path, number).returncode == -signal.SIGKILL, number
        look_into(path)
        ends.add(assert_whole_or_nothing())
        assert closes(path, 0).returncode == 0, "the next try closes it"
        assert assert_whole_or_nothing()
    assert ends == {True, False}, "kills fell on both sides of the commit"


@pytest.fixture
def disk(ready, tmp_path, monkeypatch):
    """The template on a disk that remembers its steps."""
    path = tmp_path / "cut.db"
    shutil.copy(ready, path)
    steps = []
    recorder = Disk(steps.append)
    models.database.close()
    models.database.init(str(path))
    monkeypatch.setitem(models.database.connect_params, "vfs", recorder.vfs_name)
    models.database.connect()
    yield path, steps
    models.database.close_all()
    recorder.unregister()


def work(steps: list, settings) -> list[tuple[int, int]]:
    """Payments, a close, payments; after each, how many steps the disk had seen and transactions were promised."""
    promised = []
    tea = models.Shop.get_by_id(1)
    for number in range(12):
        if number == 6:
            periods.close(months.of(NOVEMBER), months.of(NOVEMBER).ends_at, settings)
        books.pay(tea, 100 + number, NOVEMBER)
        promised.append((len(steps), Transaction.select().count()))
    return promised


def lost_by_cuts(path: Path, steps: list, promised: list, cuts: int, tmp_path: Path, ready: Path) -> list[int]:
    """How many promised transactions were lost at each of so many cuts; the books are in order after each."""
    models.database.close_all()
    models.database.connect_params.pop("vfs")
    chance = random.Random(7)
    losses = []
    for place in range(cuts):
        cut_at = chance.randint(0, len(steps))
        folder = tmp_path / f"cut-{place}"
        folder.mkdir()
        left = after_a_cut(steps[:cut_at], {path.name: ready.read_bytes()}, chance if place % 2 else None)
        for name, content in left.items():
            if not name.endswith("-shm"):
                (folder / name).write_bytes(content)
        look_into(folder / path.name)
        there = Transaction.select().count()
        assert checks.faults() == []
        assert bool(Period.select().count()) == bool(Statement.select().count())
        losses.append(max(0, max((count for step, count in promised if step <= cut_at), default=0) - there))
    return losses


def test_a_power_cut_loses_nothing_that_was_promised(disk, ready, settings, tmp_path, times):
    path, steps = disk
    promised = work(steps, settings)
    losses = lost_by_cuts(path, steps, promised, times(CUTS), tmp_path, ready)
    assert set(losses) == {0}


def test_the_same_cuts_do_lose_promises_where_commits_are_not_synced(disk, ready, settings, tmp_path, times):
    """The disk is a real one: it forgets what nobody asked it to keep."""
    path, steps = disk
    models.database.execute_sql("PRAGMA synchronous = NORMAL")
    promised = work(steps, settings)
    assert any(lost_by_cuts(path, steps, promised, times(CUTS), tmp_path, ready))


def test_the_database_is_synced_at_each_commit(db):
    assert db.execute_sql("PRAGMA synchronous").fetchone() == (2,)
    assert isinstance(db.connection(), apsw.Connection)
