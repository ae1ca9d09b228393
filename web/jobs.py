"""The jobs of the timetable: when each last ran, how long it took, what it did, when it comes next; and what failed.

A scheduler that is silent is told on every page of a coordinator: `silence` is that banner, asked for again and again.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from peewee import fn

from models import Job, Run, Shop, utcnow
from union import runs
from union.job_titles import title
from web.access import allow, settings
from web.languages import zone

jobs = Blueprint("jobs", __name__)

WORDS = {
    "off": _l("nobody wants it"),
    "no_owner": _l("the shop has no owner"),
    "not_chosen": _l("not chosen for this day"),
    "no_calls": _l("nothing to tell"),
    "late": _l("the day was over before the box ran"),
    "not_due": _l("not this night"),
    "well": _l("every caller is served"),
    "failed": _l("it failed"),
}


@dataclass(frozen=True)
class Told:
    """A daily job, its last run, and when it comes next."""

    job: Job
    run: Run | None
    next_at: object


@jobs.get("/jobs")
@allow("coordinator")
def index():
    now, listed = utcnow(), list(Job.select().order_by(Job.at_minute, Job.name))
    last = {run.job: run for run in latest()}
    daily = [
        Told(job, last.get(job.name), runs.next_at(job.at_minute, now, zone()))
        for job in listed
        if job.at_minute is not None
    ]
    names = {str(shop.id): shop for shop in Shop.select()}
    return render_template(
        "jobs/index.html",
        daily=daily,
        often=[job for job in listed if job.every_seconds],
        of_shops=[(run, *of_whom(run, names)) for run in last.values() if ":" in run.job],
        title=title,
        did=did,
        lasted=lasted,
        **silent(),
    )


def latest():
    """The last run of each job that ever ran."""
    newest = Run.select(fn.MAX(Run.id)).group_by(Run.job)
    return Run.select().where(Run.id.in_(newest)).order_by(Run.started_at.desc(), Run.id)


def of_whom(run: Run, shops: dict[str, Shop]) -> tuple[str, Shop | None]:
    """The kind of a run that is one shop's, and the shop: morning-list:3."""
    kind, _, shop_id = run.job.partition(":")
    return kind, shops.get(shop_id.partition(":")[0])


@jobs.get("/jobs/silence")
@allow("coordinator")
def silence():
    return render_template("jobs/_silence.html", **silent())


def silent() -> dict:
    return {"scheduler_silent": runs.is_silent(utcnow(), settings())}


@jobs.app_template_global()
def scheduler_silent_now() -> bool:
    return silent()["scheduler_silent"]


def did(run: Run) -> str:
    """What a run did, in words."""
    if run.outcome in WORDS:
        return str(WORDS[run.outcome])
    if not run.outcome.isdigit():
        return run.outcome
    num = int(run.outcome)
    return {
        "recordings": lambda: ngettext("%(num)d recording", "%(num)d recordings", num),
        "books": lambda: ngettext("%(num)d fault", "%(num)d faults", num) if num else gettext("in order"),
        "raw-events": lambda: ngettext("%(num)d event", "%(num)d events", num),
        "month": lambda: ngettext("%(num)d month", "%(num)d months", num) if num else gettext("nothing to close"),
        "morning-list": lambda: ngettext("%(num)d customer", "%(num)d customers", num),
    }.get(run.job.partition(":")[0], lambda: ngettext("%(num)d letter", "%(num)d letters", num))()


def lasted(run: Run) -> str:
    """How long a run took; a row that another rule wrote for an earlier instant tells nothing of that."""
    if run.ended_at is None or run.job.startswith("morning-list:"):
        return ""
    seconds = (run.ended_at - run.started_at).total_seconds()
    return gettext("%(seconds)s s", seconds=f"{seconds:.1f}" if seconds < 10 else round(seconds))
