"""The commands as the keeper types them: a process of its own, its words and how it ends."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest

import models
from ledger import accounts, transactions
from settings import ROOT
from union import first_run, people


@pytest.fixture
def run(tmp_path):
    """run("doctor"): the command in a box of its own, whose database lies at tmp_path."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SPILKA_")}
    own = {
        "SPILKA_DATA_DIR": str(tmp_path), "SPILKA_PBX_DIR": str(tmp_path / "asterisk"),
        "SPILKA_ASTERISK_ROOT": str(tmp_path / "none"), "SPILKA_SECRET_KEY": "s" * 32, "SPILKA_AMI_SECRET": "a" * 16,
        "SPILKA_WEB_BIND": "127.93.8.1:3", "SPILKA_AGI_BIND": "127.93.8.1:1", "SPILKA_AMI_BIND": "127.93.8.1:2",
    }  # fmt: skip

    def command(*arguments: str, **changed: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "commands.py", *arguments], cwd=ROOT, env={**clean, **own, **changed},
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip

    return command


@pytest.fixture
def box(run, tmp_path):
    """A migrated database, open here as well."""
    assert run("migrate").returncode == 0
    models.database.init(str(tmp_path / "spilka.db"))
    with models.database.connection_context():
        yield


def test_migrating_again_changes_nothing(run):
    assert run("migrate").stdout == "applied 0001_the_house\napplied 0002_the_trade\napplied 0003_trainees_stay\n"
    assert run("migrate").stdout == ""


def test_wrong_settings_are_all_named_at_once(run):
    done = run("doctor", SPILKA_AMI_SECRET="short", SPILKA_RING_SECONDS="soon", SPILKA_COLOUR="red")
    assert done.returncode == 1
    assert all(name in done.stderr for name in ("SPILKA_AMI_SECRET", "SPILKA_RING_SECONDS", "SPILKA_COLOUR"))
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_is_ill_and_ends_with_1(run, box):
    done = run("doctor")
    assert done.returncode == 1
    assert "✓ Database" in done.stdout
    assert "✗ Asterisk: does not answer" in done.stdout


def test_the_first_log_in_is_by_the_code_just_printed_until_there_is_a_coordinator(run, box, tmp_path):
    earlier, code = (run("first-log-in").stdout.split()[-1] for _ in range(2))
    assert first_run.is_code(tmp_path, code)
    assert not first_run.is_code(tmp_path, earlier)
    first_run.found("Спілка", "Europe/Kyiv", "uk", "Олена", "olena@example.com", "a good password")
    assert run("first-log-in").stdout == "Log in as before.\n"


def test_a_forgotten_password_is_replaced_by_the_one_printed(run, box):
    user = people.create("Марія", "maria@example.com", "uk", "a good password")
    said = run("reset-password", " Maria@example.com ")
    assert people.is_password(models.User.get_by_id(user.id), said.stdout.split()[-1])
    assert not people.is_password(models.User.get_by_id(user.id), "a good password")


def test_nobody_gets_a_password_for_an_unknown_address(run, box):
    done = run("reset-password", "nobody@example.com")
    assert done.returncode == 1
    assert "Nobody logs in as nobody@example.com" in done.stderr


def test_a_shop_whose_owners_are_gone_is_given_to_somebody_by_whoever_has_the_box(run, box):
    user = people.create("Марія", "maria@example.com", "uk", "a good password")
    models.Shop.create(name="Свічки", queue=models.Queue.get_or_create(name="main")[0])
    assert run("give-shop", "nobody@example.com", "Свічки").returncode == 1
    assert run("give-shop", "maria@example.com", "Крамниця").returncode == 1
    assert run("give-shop", "maria@example.com", "Свічки").stdout == "Марія owns Свічки from now on.\n"
    assert len(people.rights(user).shops) == 1
    assert "owns Свічки already" in run("give-shop", "maria@example.com", "Свічки").stderr


def test_the_configuration_is_written_once_and_only_what_changes_afterwards(run, box, tmp_path):
    assert "written extensions.conf" in run("render-pbx").stdout
    assert (tmp_path / "asterisk/etc/spilka/numbers.conf").exists()
    assert run("render-pbx").stdout == ""


def test_rebuilding_an_empty_box_is_no_fault(run, box):
    assert run("rebuild-calls").stdout == "0 calls\n"


def test_the_books_are_checked_and_exported_by_hand(run, box):
    models.Union.create(id=1, name="Спілка")
    transactions.post("a", dt.date(2025, 11, 5), "payment", {accounts.BANK: 35_000, accounts.SUPPLIERS: -35_000})
    assert run("ledger-check").stdout == "The books are in order.\n"
    assert "  Assets:Bank  350.00 UAH\n" in run("ledger-export", "beancount").stdout
    assert "    Assets:Bank  350.00 UAH\n" in run("ledger-export", "hledger").stdout
    models.database.execute_sql("DROP TRIGGER posting_no_update")
    models.Posting.update(amount_minor=35_001).where(models.Posting.amount_minor > 0).execute()
    done = run("ledger-check")
    assert done.returncode == 1
    assert "balanced: transaction:1 (a): expected 0, found 1, difference 1\n" in done.stdout
