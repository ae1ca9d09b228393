"""The doctor asks the things themselves, says what is ill and what to do, and is not stopped by what is broken."""

from __future__ import annotations

import datetime as dt
import http.server
import threading

import pytest
from playhouse.migrations import Runner

import models
import settings
from upkeep import doctor, exchange

SERVICES = {"Asterisk's version", "Asterisk", "Manager interface", "FastAGI", "Pages"}


@pytest.fixture
def box(tmp_path) -> settings.Settings:
    """A box where nothing runs yet: no process, no database."""
    addresses = {f"SPILKA_{name}_BIND": f"127.93.7.1:{port}" for name, port in (("AGI", 1), ("AMI", 2), ("WEB", 3))}
    return settings.load({
        "SPILKA_DATA_DIR": str(tmp_path), "SPILKA_PBX_DIR": str(tmp_path / "pbx"), "SPILKA_ASTERISK_ROOT": str(tmp_path),
        "SPILKA_SECRET_KEY": "s" * 32, "SPILKA_AMI_SECRET": "a" * 16, **addresses,
    })  # fmt: skip


@pytest.fixture
def migrated(box):
    models.database.init(str(box.database))
    with models.database.connection_context():
        Runner(models.database, str(settings.ROOT / "migrations")).up()
    yield box
    models.database.close()


def ill(box: settings.Settings) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine(box) if finding.is_ill}


def test_on_an_empty_box_all_but_the_disk_is_ill_and_each_has_advice(box):
    findings = ill(box)
    assert set(findings) == SERVICES | {"Database", "Migrations", "Calls become facts", "Books"}
    assert all(finding.found and finding.advice for finding in findings.values())


def test_a_migrated_database_is_well_though_nothing_else_runs(migrated):
    assert set(ill(migrated)) == SERVICES | {"Calls become facts"}


def test_a_migration_that_waits_is_named(migrated):
    with models.database.connection_context():
        models.database.execute_sql("DELETE FROM schema_migration")
    assert "0001_the_house" in ill(migrated)["Migrations"].found


@pytest.mark.parametrize(("seconds_ago", "is_ill"), [(1, False), (3600, True)])
def test_facts_are_well_while_the_last_tick_is_young(migrated, seconds_ago, is_ill):
    with models.database.connection_context():
        ticked_at = models.utcnow() - dt.timedelta(seconds=seconds_ago)
        models.IngestMark.create(id=1, ticked_at=ticked_at)
    assert ("Calls become facts" in ill(migrated)) == is_ill


def test_a_damaged_database_is_ill(migrated):
    with models.database.connection_context():
        models.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with migrated.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    assert "Database" in ill(migrated)


def test_pages_that_answer_with_a_fault_are_ill(migrated):
    class Unwell(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(503)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.93.7.1", 3), Unwell) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert ill(migrated)["Pages"].found == "/healthz answered 503"
        server.shutdown()


def test_waiting_ends_when_the_time_is_over(box):
    assert any(finding.is_ill for finding in doctor.examine_until_well(box, 0.1))


@pytest.mark.parametrize(
    ("version", "is_accepted"),
    [("22.10.1", True), ("22.11.0", True), ("22.10.0", False), ("22.9.9", False), ("23.0.0", False), ("", False)],
)
def test_only_versions_in_the_range_are_accepted(version, is_accepted):
    assert exchange.is_accepted(version) == is_accepted


@pytest.mark.parametrize(
    ("days_ago", "fault", "is_well"), [(None, "", False), (2, "", True), (31, "", False), (2, "calls", False)]
)
def test_a_last_resort_that_was_not_rehearsed_lately_or_failed_is_a_warning(migrated, days_ago, fault, is_well):
    if days_ago:
        with models.database.connection_context():
            at = models.utcnow() - dt.timedelta(days=days_ago)
            models.Drill.create(wanted_at=at, starts_at=at, ends_at=at, fault=fault)
    (found,) = [finding for finding in doctor.examine(migrated) if finding.name == "Last resort"]
    assert (found.is_well, found.is_ill) == (is_well, False)
