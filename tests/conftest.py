"""What every test may use: a real database in a file of its own, and the small cast."""

from __future__ import annotations

import pytest

import models


def pytest_addoption(parser):
    parser.addoption(
        "--long", action="store_true", help="run the full counts of everything that repeats (a tenth otherwise)"
    )
    parser.addoption("--install", action="store_true", help="run install.sh in a Debian made for it (root, minutes)")


@pytest.fixture
def times(request):
    """times(1000) is 1000 with --long and a tenth of it otherwise, never zero."""
    return lambda count: count if request.config.getoption("--long") else max(1, count // 10)


@pytest.fixture
def db(tmp_path):
    """An empty database with every table, open in this thread."""
    models.database.init(str(tmp_path / "spilka.db"))
    models.database.connect()
    models.database.create_tables(models.TABLES)
    yield models.database
    models.database.close()
