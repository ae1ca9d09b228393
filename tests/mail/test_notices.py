"""Notices: each cause is told once, to whom it concerns, and its end once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine

import models
from mail import notices, outbox
from models import (
    Attempt,
    Backup,
    BooksLook,
    Callback,
    Drill,
    IngestMark,
    Job,
    Notice,
    Outbox,
    Presence,
    Rehearsal,
    Run,
    TrunkOutage,
    User,
    utcnow,
)
from settings import Settings
from tests.web import seed

NOON = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)  # Friday, 12:00 in Kyiv: operators' hours
NIGHT = dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC)


@pytest.fixture
def cast(settings, tmp_path):
    """A union in which nothing is wrong."""
    with time_machine.travel(NOON, tick=False):
        cast = seed.union(tmp_path / "prompts")
        Presence.create(user=cast.operator, kind="ready")
    return cast


def look(settings: Settings, at: dt.datetime, facts_arrive: bool = True) -> list[str]:
    """What is told at this instant and after; the subjects of every notice so far."""
    if facts_arrive:
        IngestMark.update(ticked_at=at).execute()
    notices.look(at, settings)
    return [mail.subject for mail in Outbox.select().where(Outbox.kind == "notice").order_by(Outbox.id)]


def after(minutes: float, start: dt.datetime = NOON) -> dt.datetime:
    return start + dt.timedelta(minutes=minutes)


def test_a_quiet_day_writes_nothing(cast, settings):
    assert [look(settings, after(minutes)) for minutes in (0, 5, 60)] == [[], [], []]
    assert Notice.select().count() == 0


def test_facts_that_stop_are_told_once_and_their_return_once(cast, settings):
    look(settings, NOON)
    for minutes in (2, 4, 6, 90):
        subjects = look(settings, after(minutes), facts_arrive=False)
    assert len(subjects) == 1
    assert Outbox.get(Outbox.kind == "notice").recipient == cast.coordinator.email
    assert len(look(settings, after(91))) == 1, "it may return"
    told = [look(settings, after(minutes)) for minutes in (102, 103, 200)]
    assert [len(subjects) for subjects in told] == [2, 2, 2]
    assert Notice.get().ends_at == after(91)


def test_what_comes_and_goes_is_one_trouble(cast, settings):
    look(settings, NOON)
    for minutes in range(2, 60, 4):
        look(settings, after(minutes), facts_arrive=False)
        subjects = look(settings, after(minutes + 2))
    assert Notice.select().count() == 1 and len(subjects) <= 1


def test_trouble_that_passes_at_once_is_told_to_nobody(cast, settings):
    look(settings, NOON)
    look(settings, after(2), facts_arrive=False)
    assert [look(settings, after(minutes)) for minutes in (3, 20)] == [[], []]
    assert Notice.get().ends_at and Notice.get().told_at is None


def test_nobody_signed_on_is_told_in_operators_hours_only(cast, settings):
    Presence.update(ends_at=NOON, ended_because="signed-off").execute()
    look(settings, NIGHT)
    assert look(settings, after(30, NIGHT)) == []
    look(settings, NOON)
    assert len(look(settings, after(4))) == 1


def test_a_trunk_that_is_down_is_named(cast, settings):
    outage = TrunkOutage.create(trunk=cast.trunk, starts_at=NOON)
    look(settings, NOON)
    assert cast.trunk.name in look(settings, after(4))[0]
    TrunkOutage.update(ends_at=after(5)).where(TrunkOutage.id == outage.id).execute()
    look(settings, after(5))
    assert cast.trunk.name in look(settings, after(16))[1]


def test_a_job_that_has_not_run_or_not_well_is_told(cast, settings):
    Job.create(name="month", at_minute=260)
    Job.create(name="books", at_minute=50)
    Run.create(job="month", local_date=NOON.date(), started_at=NOON, ended_at=NOON, fault="DiskFull: no space left")
    Run.create(job=f"digest:{cast.tea.id}:1", local_date=NOON.date(), started_at=NOON, ended_at=NOON, tries=settings.job_tries,
               fault="ValueError: no such picture")  # fmt: skip
    reads_english(cast.coordinator)
    look(settings, NOON)
    assert sorted(look(settings, after(4))) == [
        "A job has not run: A month is closed when its day has come",
        f"A job has not run: Daily digest ({cast.tea.name})",
        "A job has not run: The books are checked",
    ]


def reads_english(user: User) -> None:
    User.update(language="en").where(User.id == user.id).execute()


def test_the_hour_in_which_nothing_is_due_ends_no_notice(cast, settings):
    Job.create(name="books", at_minute=50)
    at_two = dt.datetime(2026, 11, 20, 0, 30, tzinfo=dt.UTC)  # 02:30 in Kyiv
    for minutes in range(0, 300, 5):
        subjects = look(settings, after(minutes, at_two))
    assert len(subjects) == 1


def test_a_drill_that_failed_is_told_until_one_went_well(cast, settings):
    for fault, is_told in (("stopped", False), ("calls", True), ("unable", True)):
        Drill.create(wanted_at=NOON, starts_at=NOON, ends_at=NOON, fault=fault)
        look(settings, NOON)
        assert bool(look(settings, after(4))) is is_told
    assert Notice.get().cause == "drill"
    Drill.create(wanted_at=NOON, starts_at=NOON, ends_at=NOON)
    look(settings, after(5))
    assert len(look(settings, after(30))) == 2, "it is over"


@pytest.mark.parametrize(
    ("fault", "subject", "advice"),
    [
        ("no_room", "No copy of the box is being made", "There is no room for a copy."),
        ("outside", "Copies do not get to the place outside", "Is that place reachable"),
    ],
)
def test_a_copy_that_fails_is_told_once_and_the_next_good_one_ends_it(cast, settings, change, fault, subject, advice):
    addressed = change(settings, public_host="spilka.example", backup_repository="sftp:copies@elsewhere:/spilka")
    reads_english(cast.coordinator)
    copy("n1", NOON - dt.timedelta(days=1), taken=True, outside=True)
    copy("n2", NOON, taken=fault == "outside", fault=fault)
    look(addressed, after(1))
    assert [look(addressed, after(minutes)) for minutes in (5, 60)] == [[subject], [subject]]
    mail = Outbox.get(Outbox.kind == "notice")
    assert advice in mail.text and "https://spilka.example/backups" in mail.text
    assert mail.recipient == cast.coordinator.email
    copy("n3", after(61), taken=True, outside=True)
    look(addressed, after(62))
    assert look(addressed, after(73)) == [subject, f"Over: {subject}"]


def copy(name: str, at: dt.datetime, taken: bool, outside: bool = False, fault: str = "") -> None:
    Backup.create(name=name, starts_at=at, ends_at=at, taken_at=at if taken else None, outside_at=at if outside else None,
                  fault=fault)  # fmt: skip


def test_a_trial_that_fails_is_told(cast, settings):
    reads_english(cast.coordinator)
    copy("n1", NOON, taken=True)
    Rehearsal.create(name="n1", place="folder", starts_at=NOON, ends_at=NOON, fault="books")
    look(settings, after(1))
    assert look(settings, after(5)) == ["It is not certain that a copy can be put back"]
    assert "cannot be relied on" in Outbox.get(Outbox.kind == "notice").text


def test_copies_that_nobody_makes_any_more_are_told_and_a_box_without_a_place_outside_is_not(cast, settings):
    reads_english(cast.coordinator)
    Backup.delete().execute()
    copy("n1", NOON, taken=True)
    Rehearsal.create(name="n1", place="folder", starts_at=NOON, ends_at=NOON)
    look(settings, after(1))
    assert look(settings, after(30)) == []
    Presence.update(ends_at=None).execute()
    two_days = NOON + dt.timedelta(days=2)
    look(settings, two_days)
    assert look(settings, two_days + dt.timedelta(minutes=4)) == ["No copy of the box is being made"]


def test_a_cap_that_is_near_is_told_to_the_shops_owner(cast, settings):
    owed = Callback.create(shop=cast.tea, did=cast.did, customer=seed.CUSTOMERS[0], opened_at=NOON, due_at=NOON)
    Attempt.create(public_id="a", callback=owed, user=cast.operator, customer=owed.customer, wanted_at=NOON,
                   sent_at=NOON, ended_at=NOON, result="busy", minutes_reserved=240)  # fmt: skip
    look(settings, NOON)
    look(settings, after(4))
    mail = Outbox.get(Outbox.kind == "notice")
    assert mail.recipient == cast.owner.email and cast.tea.name in mail.subject and "240" in mail.text
    assert len(look(settings, after(24 * 60))) == 1


def test_a_full_disk_is_told(cast, settings, change):
    full = change(settings, recording_stop_percent=101)
    look(full, NOON)
    assert len(look(full, after(4))) == 1


def test_of_several_schedulers_one_tells(cast, settings, times):
    for round_ in range(times(30)):
        Notice.delete().execute()
        Outbox.delete().execute()
        begin = NOON + dt.timedelta(days=7 * round_)

        def scheduler(begin=begin):
            with models.database.connection_context():
                for minutes in (2, 6, 7):
                    notices.look(after(minutes, begin), settings)

        IngestMark.update(ticked_at=begin).execute()
        threads = [threading.Thread(target=scheduler) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (Notice.select().count(), Outbox.select().count()) == (1, 1)


def test_the_letter_reaches_the_server_in_both_parts(cast, settings, post):
    look(settings, NOON)
    look(settings, after(2), facts_arrive=False)
    look(settings, after(6), facts_arrive=False)
    outbox.send_due(utcnow() + dt.timedelta(days=1), settings)
    (mail,) = post.mails
    assert mail.get_body(("plain",)).get_content().strip() and mail.get_body(("html",)).get_content()


def test_books_that_are_wrong_are_told_once_and_that_they_are_well_again(cast, settings):
    BooksLook.create(at=NOON, rules=9, wrong=3)
    subjects = [look(settings, after(minutes)) for minutes in (0, 4, 60)]
    assert [len(told) for told in subjects] == [0, 1, 1]
    assert Outbox.get(Outbox.kind == "notice").recipient == cast.coordinator.email
    BooksLook.create(at=after(1440), rules=9, wrong=4)
    assert len(look(settings, after(1450))) == 1, "one trouble still"
    BooksLook.create(at=after(2880), rules=9, wrong=0)
    assert [len(look(settings, after(minutes))) for minutes in (2881, 2892, 2900)] == [1, 2, 2]
