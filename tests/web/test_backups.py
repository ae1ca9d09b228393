"""The page of copies: what could be brought back, what is wrong and what to do, in words."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from models import Backup, Rehearsal, utcnow
from tests.web import seed
from union import last_copy
from web.backups import ILLS, STATES, TRIALS, without_secrets

OUTSIDE = {"backup_repository": "rest:https://spilka:secret@backup.example/", "backup_password": "p" * 16}


@pytest.fixture
def outside(app):
    """The application of a box that has a place outside."""
    app.config["SPILKA"] = dataclasses.replace(app.config["SPILKA"], **OUTSIDE)


def page(as_) -> str:
    return as_("coordinator").get("/backups", headers={"Accept-Language": "en"}).text


def of(**changed) -> Backup:
    at = utcnow() - dt.timedelta(hours=2)
    whole = {"name": f"n{Backup.select().count()}", "starts_at": at, "taken_at": at, "ends_at": at, "outside_at": at}
    return Backup.create(**(whole | changed))


def ills(app) -> tuple[str, ...]:
    return last_copy.standing(utcnow(), app.config["SPILKA"]).ills


def test_a_box_whose_copies_are_well_says_up_to_when_it_could_be_brought_back(as_, cast, outside, app):
    seed.backups()
    assert ills(app) == ()
    said = page(as_)
    assert "banner" not in said.partition("<main")[2]
    assert "311" in said
    assert "rest:https://backup.example/" in said


def test_the_password_of_the_place_outside_is_on_no_page(as_, cast, outside):
    assert "secret" not in page(as_)
    assert "pppp" not in page(as_)


def test_account_and_password_are_cut_out_of_an_address():
    assert without_secrets("rest:https://a:b@host/x") == "rest:https://host/x"
    assert without_secrets("sftp:a@host:/x") == "sftp:a@host:/x"


def test_without_a_place_outside_it_warns_and_says_how_to_set_one(as_, cast, app):
    seed.backups()
    assert ills(app) == ("no_place",)
    assert "SPILKA_BACKUP_REPOSITORY" in page(as_)


LONG_AGO = utcnow() - dt.timedelta(days=10)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"starts_at": LONG_AGO}, ("late", "outside_late", "trial_late")),
        ({"fault": "no_room", "taken_at": None, "outside_at": None}, ("none", "no_room")),
        ({"fault": "outside", "outside_at": None}, ("outside",)),
        ({"fault": "stopped", "taken_at": None, "outside_at": None}, ("none", "stopped")),
    ],
)
def test_what_is_wrong_with_the_copies_is_named(as_, cast, outside, app, changed, expected):
    of(**changed, detail="<the words of restic>")
    assert ills(app) == expected
    said = page(as_)
    assert said.count('<div class="banner') == len(expected)


def test_what_the_failing_program_said_is_quoted_and_harmless(as_, cast, outside):
    of(fault="outside", outside_at=None, detail="<b>i/o timeout</b>")
    assert "&lt;b&gt;i/o timeout&lt;/b&gt;" in page(as_)


def test_a_trial_that_found_damage_is_said_until_a_later_one_finds_none(as_, cast, outside, app):
    of()
    now = utcnow()
    Rehearsal.create(place="folder", starts_at=now, ends_at=now, fault="files", detail="changed: spilka.db")
    assert ills(app) == ("trial_failed",)
    assert "changed: spilka.db" in page(as_)
    Rehearsal.create(place="folder", starts_at=now, ends_at=now)
    assert ills(app) == ()


def test_every_fault_has_its_words():
    assert set(STATES) | {""} == set(Backup.FAULTS)
    assert set(TRIALS) == set(Rehearsal.FAULTS)
    assert set(ILLS) == set(last_copy.ILLS)
