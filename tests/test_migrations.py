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


FIRST_HOUSE = """
INSERT INTO queue (id, name) VALUES (1, 'line');
INSERT INTO user (id, email, name, password_hash, language, is_active, created_at)
    VALUES (1, 'olha@example.com', 'Ольга', 'x', 'uk', 1, '2026-11-21T10:00:00.000000+00:00');
INSERT INTO shop (id, name, colour, timezone, language, queue_id, short_call_seconds, recording_wanted,
    recording_days, last_resort, allowed_destinations, cap_concurrent, cap_minutes_per_day, numbers_open, is_test,
    created_at)
    VALUES (1, 'Чай', '#123456', 'Europe/Kyiv', 'uk', 1, 5, 0, 90, 'message', 'ua-mobile', 2, 300, 0, 0,
    '2026-11-21T10:00:00.000000+00:00');
INSERT INTO trunk (id, name, kind, host, port, username, secret, addresses, called_number_in, number_forms, caller_in,
    outgoing_form, outgoing_caller_id, is_active)
    VALUES (1, 'provider', 'addresses', '127.0.0.10', 5060, '', '', '127.0.0.10', 'request', 'plus', 'from', 'plus',
    'did', 1);
INSERT INTO did (id, number, shop_id, trunk_id, label, language, starts_at)
    VALUES (1, '+380442000001', 1, 1, '', '', '2026-11-21T10:00:00.000000+00:00');
INSERT INTO shop (id, name, colour, timezone, language, queue_id, short_call_seconds, recording_wanted,
    recording_days, last_resort, allowed_destinations, cap_concurrent, cap_minutes_per_day, numbers_open, is_test,
    created_at)
    VALUES (2, 'Мило', '#123456', 'Europe/Kyiv', 'uk', 1, 5, 0, 90, 'message', 'ua-mobile', 2, 300, 0, 0,
    '2026-11-21T10:00:00.000000+00:00');
INSERT INTO user (id, email, name, password_hash, language, is_active, created_at)
    VALUES (2, 'iryna@example.com', 'Ірина', 'x', 'uk', 1, '2026-11-21T10:00:00.000000+00:00');
INSERT INTO queue_operator (id, queue_id, user_id, penalty) VALUES (1, 1, 1, 0), (2, 1, 2, 5);
INSERT INTO presence (id, user_id, kind, starts_at, ended_because)
    VALUES (1, 1, 'ready', '2026-11-21T10:00:00.000000+00:00', '');
INSERT INTO phone (id, user_id, secret, created_at) VALUES (1, 1, 's', '2026-11-21T10:00:00.000000+00:00');
INSERT INTO callback (id, shop_id, did_id, customer, opened_at, due_at, to_confirm, not_callable, closed_because,
    closing_call)
    VALUES (1, 1, 1, '+380671112233', '2026-11-21T10:00:00.000000+00:00', '2026-11-21T10:20:00.000000+00:00', 0, '',
    '', '');
INSERT INTO miss (id, callback_id, call_key, at, why)
    VALUES (1, 1, '1.1', '2026-11-21T10:00:00.000000+00:00', 'abandoned_line');
INSERT INTO claim (id, callback_id, user_id, starts_at, lease_until, ended_because)
    VALUES (1, 1, 1, '2026-11-21T10:01:00.000000+00:00', '2026-11-21T10:11:00.000000+00:00', '');
INSERT INTO attempt (id, public_id, callback_id, user_id, customer, wanted_at, result, reason, minutes_reserved, note)
    VALUES (1, 'abc', 1, 1, '+380671112233', '2026-11-21T10:02:00.000000+00:00', '', '', 30, '')
"""


def test_an_upgrade_keeps_every_row_of_the_first_release(tmp_path):
    models.database.init(str(tmp_path / "upgraded.db"))
    with models.database.connection_context():
        Runner(models.database, str(MIGRATIONS)).up("0001_the_house")
        for statement in FIRST_HOUSE.split(";\n"):
            models.database.execute_sql(statement)
        assert "0001_the_house" not in Runner(models.database, str(MIGRATIONS)).up()
        assert models.Presence.get().kind == "ready"
        promise = models.Callback.get()
        assert (promise.customer, promise.misses.count(), promise.claims.count()) == ("+380671112233", 1, 1)
        assert promise.attempts.get().user.name == "Ольга"
        assert not models.database.execute_sql("PRAGMA foreign_key_check").fetchall()


def test_an_upgrade_leaves_trainees_the_shops_they_answered_for(tmp_path):
    models.database.init(str(tmp_path / "upgraded.db"))
    with models.database.connection_context():
        Runner(models.database, str(MIGRATIONS)).up("0001_the_house")
        for statement in FIRST_HOUSE.split(";\n"):
            models.database.execute_sql(statement)
        Runner(models.database, str(MIGRATIONS)).up()
        releases = list(models.Release.select().order_by(models.Release.shop))
        assert [(one.user.name, one.shop.name) for one in releases] == [("Ірина", "Чай"), ("Ірина", "Мило")]
        assert all(one.ends_at is None and one.starts_at <= models.utcnow() for one in releases)


def test_an_upgrade_gives_no_release_to_whom_owners_have_decided_on(tmp_path):
    models.database.init(str(tmp_path / "upgraded.db"))
    with models.database.connection_context():
        steps = Runner(models.database, str(MIGRATIONS))
        steps.up("0001_the_house")
        for statement in FIRST_HOUSE.split(";\n"):
            models.database.execute_sql(statement)
        steps.up("0002_the_trade")
        trainee = models.User.get_by_id(2)
        models.Release.create(user=trainee, shop=1)
        steps.up()
        assert [one.shop_id for one in trainee.releases] == [1]
