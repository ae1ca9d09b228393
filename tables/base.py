"""What every table stands on: the database, instants and days as text, one id.

Instants are aware UTC, kept as fixed-width text so that they compare as they read; business dates are local dates.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from peewee import AutoField, Check, Field, Model
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import PooledDatabase

PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "busy_timeout": 5000}


class Database(PooledDatabase, APSWDatabase):
    """SQLite through apsw (the system's own library has a known WAL fault); every transaction is IMMEDIATE.

    Connections are pooled within a process: opening one costs a live call two milliseconds of silence."""

    def __init__(self) -> None:
        super().__init__(None, max_connections=None, lock_type="IMMEDIATE")

    def init(self, database: str | None) -> None:
        """Use the database at this path from now on; idle connections to another are closed."""
        self.close_idle()
        super().init(database, pragmas=PRAGMAS)

    def _can_reuse(self, conn) -> bool:
        """A connection left inside a transaction is closed, which rolls it back."""
        return conn.getautocommit()

    def _connect(self):
        connection = super()._connect()
        connection.convert_binding = _bind
        return connection

    def version(self) -> tuple[int, int]:
        """Another value once anything was written, by this connection or any other; cheap enough to ask often."""
        return self.execute_sql("PRAGMA data_version").fetchone()[0], self.connection().total_changes()


def _bind(cursor, number, value):  # noqa: ARG001
    """What peewee's own tables (the migrations' history) bind and apsw does not know."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"cannot bind {type(value).__name__}")


database = Database()
database.register_function(str.casefold, "casefold", 1)  # SQLite's own knows A to Z only


def utcnow() -> dt.datetime:
    """The present instant, aware, UTC."""
    return dt.datetime.now(dt.UTC)


class InstantField(Field):
    """An aware instant, stored as `2026-11-21T10:00:00.123456+00:00`: fixed width, so text order is time order."""

    field_type = "TEXT"

    def db_value(self, value: dt.datetime | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name}: a naive datetime is no instant")
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def python_value(self, value: str | None) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value)


class DayField(Field):
    """A local calendar date, stored as `2026-11-21`."""

    field_type = "TEXT"

    def db_value(self, value: dt.date | str | None) -> str | None:
        return value.isoformat() if isinstance(value, dt.date) else value

    def python_value(self, value: str | None) -> dt.date | None:
        return None if value is None else dt.date.fromisoformat(value)


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False


def one_of(column: str, *allowed: str) -> Check:
    """A CHECK that column holds one of the allowed words."""
    return Check(f"{column} IN ({', '.join(repr(word) for word in allowed)})")
