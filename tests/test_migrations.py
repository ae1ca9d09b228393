"""The migrations build exactly the tables that models.py describes."""

from __future__ import annotations

import re
from pathlib import Path

from playhouse.migrations import Runner

import models

MIGRATIONS = Path(models.__file__).parent / "migrations"


def schema() -> dict[str, str]:
    rows = models.database.execute_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {
        name: re.sub(r"\s+", " ", sql) for name, sql in rows if not name.startswith(("schema_migration", "sqlite_"))
    }


def test_migrating_an_empty_database_gives_the_tables_of_the_models(tmp_path, db):
    expected = schema()
    models.database.close()
    models.database.init(str(tmp_path / "migrated.db"))
    with models.database.connection_context():
        Runner(models.database, str(MIGRATIONS)).up()
        assert schema() == expected


def test_migrating_twice_changes_nothing(tmp_path):
    models.database.init(str(tmp_path / "migrated.db"))
    with models.database.connection_context():
        assert Runner(models.database, str(MIGRATIONS)).up()
        assert Runner(models.database, str(MIGRATIONS)).up() == []
