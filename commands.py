"""What the keeper of the box runs by hand, and install.sh for him: python commands.py <name>.

Each command is one call into the rooms below; it prints words and ends with 1 when something is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from playhouse.migrations import Runner

import models
import settings as spilka
from calls import ingest, raw_archive
from ledger import checks, export
from settings import ROOT, Settings
from union import first_run, last_drill, people
from union.audit import Actor
from union.faults import Refused
from upkeep import (
    backup,
    demo,
    demo_books,
    demo_calls,
    demo_orders,
    drill,
    drill_words,
    exchange,
    rehearsal,
    restore,
    stage,
    testcall,
)
from upkeep import doctor as upkeep_doctor
from upkeep.copies import CopyError

DRILL_SECONDS = 180  # longer than one lasts: an upgrade at night must not fail because of it


@click.group()
@click.pass_context
def commands(context: click.Context) -> None:
    """Spilka's commands."""
    try:
        context.obj = spilka.current()
    except spilka.SettingsError as error:
        raise click.ClickException(str(error))
    models.database.init(str(context.obj.database))


@commands.command()
def migrate() -> None:
    """Bring the database to what the code expects."""
    with models.database.connection_context():
        for name in Runner(models.database, str(ROOT / "migrations")).up():
            click.echo(f"applied {name}")


@commands.command("render-pbx")
@click.pass_obj
def render_pbx(settings: Settings) -> None:
    """Write Asterisk's configuration from the database and have it read."""
    with models.database.connection_context():
        for name in exchange.apply_configuration(settings):
            click.echo(f"written {name}")


@commands.command()
@click.option("--wait", default=0, help="Seconds to go on asking while something is not well yet.")
@click.option("--drill", "with_drill", is_flag=True, help="Rehearse what callers get while all of ours is dead.")
@click.pass_obj
def doctor(settings: Settings, wait: int, with_drill: bool) -> None:
    """Is everything well? What is not, and what to do about it."""
    if with_drill:
        sys.exit(not rehearse_last_resort(settings))
    findings = upkeep_doctor.examine_until_well(settings, wait)
    for finding in findings:
        mark = "✓" if finding.is_well else "!" if finding.is_warning else "✗"
        click.echo(f"{mark} {finding.name}: {finding.found}")
        if finding.advice:
            click.echo(f"    {finding.advice}")
    sys.exit(any(finding.is_ill for finding in findings))


def rehearse_last_resort(settings: Settings) -> bool:
    """Whether every caller would be served; each finding is said as it is found."""
    with models.database.connection_context(), _alone_on_stage(settings):
        now = models.utcnow()
        drill.end_left_ones(now, settings)
        row = last_drill.begin(now)
        for found in drill.play(row, settings):
            click.echo(drill_words.line(found))
    for line in drill_words.verdict(row):
        click.echo(line)
    return not row.fault


@commands.command("test-call")
@click.pass_obj
def test_call(settings: Settings) -> None:
    """Two calls of its own through menu, line, operator, recording and facts."""
    is_well = False
    with models.database.connection_context(), _alone_on_stage(settings, DRILL_SECONDS):
        for step in testcall.play(settings):
            click.echo(f"  {'✓' if step.is_well else '✗'} {step.name}: {step.found}")
            is_well = step.is_well
    sys.exit(not is_well)


@contextmanager
def _alone_on_stage(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    try:
        with stage.alone(settings, wait_seconds):
            yield
    except stage.StageTaken as reason:
        raise click.ClickException(str(reason)) from None


@commands.command("demo")
@click.option("--days", type=int, help="How many days of calls; otherwise a month, and the last week of last month.")
@click.pass_obj
def make_demo(settings: Settings, days: int | None) -> None:
    """Fill an empty box with a union of twenty shops to look at: calls, orders, books. The scheduler must not run."""
    now = models.utcnow()
    today = now.astimezone(demo.ZONE).date()
    days = days or max(30, today.day + 6)  # last month is split by calls, so it needs some
    with models.database.connection_context():
        # A power cut may cost the newest of it, never the file: an empty box is filled anew.
        models.database.execute_sql("PRAGMA synchronous = NORMAL")
        try:
            made = demo.found(settings, today)
        except demo.NotEmpty as reason:
            click.echo(str(reason))
            return
        calls = demo_calls.play(made, settings, now, days)
        orders = demo_orders.play(made, now)
        demo_books.keep(made, settings, now)
        click.echo(f"{calls} calls and {orders} orders in {days} days. Everybody's password is {made.password}")
        for user in models.User.select().order_by(models.User.id):
            click.echo(f"  {user.email}: {', '.join(role.kind for role in user.roles)}, {user.name}")


@commands.command("rebuild-calls")
@click.option("--all", "with_old", is_flag=True, help="Those of long ago too, whose events were put away in files.")
@click.pass_obj
def rebuild_calls(settings: Settings, with_old: bool) -> None:
    """Make every call anew from its raw events; the result must be what it was."""
    with models.database.connection_context():
        if with_old:
            raw_archive.bring_back(settings)
        click.echo(f"{ingest.rebuild()} calls")


@commands.command("ledger-check")
def ledger_check() -> None:
    """Are the books in order? What is not: expected, found, and the difference."""
    with models.database.connection_context():
        faults = checks.faults()
    for fault in faults:
        click.echo(str(fault))
    click.echo("The books are wrong." if faults else "The books are in order.")
    sys.exit(bool(faults))


@commands.command("ledger-export")
@click.argument("name", metavar="FORMAT", type=click.Choice(sorted(export.FORMATS)))
def ledger_export(name: str) -> None:
    """The whole books as text, for beancount or hledger."""
    with models.database.connection_context():
        for piece in export.FORMATS[name]():
            click.echo(piece, nl=False)


@commands.command("backup")
@click.pass_obj
def make_copy(settings: Settings) -> None:
    """Make a copy of everything now, here and outside."""
    with models.database.connection_context():
        row = _or_say_why(backup.take, models.utcnow(), settings)
    if row.fault:
        raise click.ClickException(f"{row.fault}: {row.detail}")
    place = "here and outside" if row.outside_at else "here; no place outside is set (SPILKA_BACKUP_REPOSITORY)"
    click.echo(f"{settings.backup_dir / row.name}: {row.database_bytes >> 10} KB and {row.files} files, {place}")


@commands.command("rehearse")
@click.pass_obj
def rehearse(settings: Settings) -> None:
    """Put the last copy back for trial, into a folder of its own, and look through it."""
    with models.database.connection_context():
        row = _or_say_why(rehearsal.rehearse, models.utcnow(), settings)
    if row.fault:
        raise click.ClickException(f"{row.name} {row.fault}: {row.detail}")
    click.echo(f"{row.name} can be put back: {row.calls} calls, {row.transactions} transactions, {row.files} files")


@commands.command("restore")
@click.argument("name", default="")
@click.option("--outside", "from_outside", is_flag=True, help="From the place outside instead of the backup folder.")
@click.option("--force", is_flag=True, help="Even where a union lives; what is replaced is put aside.")
@click.option("--look", is_flag=True, help="Only say what it would replace, and whether it may.")
@click.pass_obj
def put_back(settings: Settings, name: str, from_outside: bool, force: bool, look: bool) -> None:
    """Put a copy back: the last one, or the one of this NAME. Everything must be stopped; install.sh --restore does."""
    there = restore.living(settings)
    click.echo(f"It replaces {there or 'nothing: no union is here yet'}.")
    if there and not force:
        raise click.ClickException("To replace it, say --force; it is put aside, not deleted.")
    if look:
        return
    plan = _or_say_why(restore.plan, _or_say_why(restore.choose, settings, name, from_outside))
    click.echo(f"{plan.copy.name} is put back: {plan.comes}.")
    aside = _or_say_why(restore.restore, plan, settings, models.utcnow())
    restore.forget_fetched(settings)
    if aside:
        click.echo(f"What was here is in {aside}; delete it when it is not missed.")
    click.echo("Everybody logs in anew. Mail that waited is in the outbox, marked as perhaps sent.")


def _or_say_why(work: Callable, *arguments: object):
    try:
        return work(*arguments)
    except (restore.Refused, CopyError) as reason:
        raise click.ClickException(str(reason)) from None


@commands.command("first-log-in")
@click.pass_obj
def first_log_in(settings: Settings) -> None:
    """A code for the first coordinator, as long as there is none."""
    with models.database.connection_context():
        if not first_run.is_due():
            click.echo("Log in as before.")
            return
    code = first_run.issue_code(settings.data_dir)
    click.echo(f"The first page asks for this code, once: {code}")


@commands.command("reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """A new password for somebody who forgot it; all his log-ins end."""
    with models.database.connection_context():
        user = models.User.get_or_none(models.User.email == email.strip().lower())
        if user is None:
            raise click.ClickException(f"Nobody logs in as {email}.")
        click.echo(f"The new password of {user.email}: {people.reset_password(user, Actor(None))}")


@commands.command("give-shop")
@click.argument("email")
@click.argument("shop")
def give_shop(email: str, shop: str) -> None:
    """Make somebody an owner of a shop whose owners are gone; the pages leave that to its owners."""
    with models.database.connection_context():
        user = models.User.get_or_none(models.User.email == email.strip().lower())
        given = models.Shop.get_or_none(models.Shop.name == shop, ~models.Shop.is_test)
        if user is None or given is None:
            raise click.ClickException(f"Nobody logs in as {email}." if user is None else f"There is no shop {shop}.")
        try:
            people.give_role(user, "owner", given, Actor(None))
        except Refused:
            raise click.ClickException(f"{user.name} owns {given.name} already.")
        click.echo(f"{user.name} owns {given.name} from now on.")


if __name__ == "__main__":
    commands()
