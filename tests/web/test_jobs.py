"""The page of jobs, and the banner that tells a coordinator, and nobody else, that the scheduler is silent."""

from __future__ import annotations

import datetime as dt

from models import Job, utcnow
from tests.web import seed

SILENT = 'id="silence"'
TOLD = "banner bad"


def test_the_coordinator_sees_what_ran_what_it_did_and_what_failed(as_, cast):
    seed.jobs(cast)
    page = as_("coordinator").get("/jobs").text
    assert "DiskFull: no space left" in page and "No such file or directory" in page and "2.4" in page
    assert cast.tea.name in page


def test_a_silent_scheduler_is_told_on_every_page_of_a_coordinator_only(as_, cast):
    Job.create(name="timetable.pulse", every_seconds=15, seen_at=utcnow() - dt.timedelta(seconds=45))
    for path in ("/people", "/trunks", "/outbox", f"/shops/{cast.tea.id}/calls"):
        page = as_("coordinator").get(path).text
        assert TOLD in page[page.index(SILENT) : page.index("<main")]
    assert SILENT not in as_("owner").get(f"/shops/{cast.tea.id}/calls").text
    assert SILENT not in as_("operator").get("/desk").text


def test_an_open_page_learns_of_it_and_of_its_end_within_a_minute(as_, cast, settings):
    """The banner asks for itself; together with the pulse that is less than a minute."""
    job = Job.create(name="timetable.pulse", every_seconds=15, seen_at=utcnow())
    browser = as_("coordinator")
    assert TOLD not in browser.get("/jobs/silence").text
    Job.update(seen_at=utcnow() - dt.timedelta(seconds=settings.silent_seconds + 1)).where(Job.id == job.id).execute()
    silent = browser.get("/jobs/silence").text
    assert TOLD in silent and 'hx-trigger="every 15s"' in silent
    assert settings.silent_seconds + 15 < 60
    Job.update(seen_at=utcnow()).where(Job.id == job.id).execute()
    assert TOLD not in browser.get("/jobs/silence").text
