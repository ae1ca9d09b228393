"""Letters that leave a whole box: the real scheduler finds what is to be told, a real mail server wants a password.

What cannot leave is shown in words, in the language of who can mend it, and once it is mended nothing is lost or doubled.
"""

from __future__ import annotations

import datetime as dt
import re
import signal
from html import unescape

import pytest
from aiosmtpd.smtp import AuthResult

import models
from app import create_app
from calls import callbacks
from ledger import months, periods
from mail import digest_choices
from models import Attempt, Callback, IngestMark, Notice, Outbox, Role, Run, Sending, User, WeekHours, utcnow
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, OTHER
from tests.mail.conftest import Post, Server
from tests.web import seed_money
from tests.web.conftest import token_of
from union import audit

pytestmark = pytest.mark.flow

PASSWORD = "correct horse"
WAYS = {  # in which the coordinator reads: the password, the address, the shop
    "uk": ("поштовий сервер не приймає наш обліковий запис", "на цю адресу лист надіслати неможливо", "крамниця не має власника"),
    "ru": ("почтовый сервер не принимает нашу учётную запись", "на этот адрес письмо отправить нельзя", "у магазина нет владельца"),
    "en": ("the mail server refuses our account", "no mail can travel to this address", "the shop has no owner"),
}  # fmt: skip


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def server(post):
    """A mail server that takes mail from who knows the password."""

    def is_member(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    running = Server(post, authenticator=is_member, auth_required=True, auth_require_tls=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def made(make_box, server):
    """make(**settings): the cast in a box that mails through the server; a coordinator and the owner of one shop."""

    def make(**changed):
        values = {
            "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "smtp_user": "spilka",
            "smtp_password": PASSWORD, "smtp_sender": "spilka@union.example", "outbox_seconds": 0.2,
            "timetable_seconds": 0.3, "lists_seconds": 0.3, "notice_seconds": 0.2, "notice_after_seconds": 0.5,
            "notice_over_seconds": 1.5,
        }  # fmt: skip
        box = make_box(**values | changed)
        cast = people.make(box)
        owner = User.create(email="olena@tea.example", name="Олена", password_hash="x")
        Role.create(user=owner, kind="owner", shop=cast.shops["tea"])
        coordinator = User.create(email="taras@spilka.example", name="Тарас", password_hash="x", language="en")
        Role.create(user=coordinator, kind="coordinator")
        for shop in cast.shops.values():  # his statements come at once, not at his hour
            digest_choices.turn_off(owner, shop, "monthly", audit.BOX)
        return cast, owner, coordinator

    return make


def page(cast, coordinator: User, path: str, language: str = "en") -> str:
    """A page as the coordinator reads it, in words."""
    User.update(language=language).where(User.id == coordinator.id).execute()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", browser(cast, coordinator).get(path).text)).split())


def browser(cast, user: User):
    app = create_app(cast.box.settings)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.set_cookie("spilka", token_of(user))
    return client


def test_what_cannot_leave_is_told_to_who_can_mend_it_and_then_leaves_once(made, post):
    """A wrong password, an address with a line break in it, a shop without an owner."""
    cast, owner, coordinator = made(smtp_password="a guess")
    last_month = months.at(utcnow()).back(1)
    for shop in cast.shops.values():
        models.Membership.create(shop=shop, starts_on=last_month.first)
    seed_money.item("Сервер", "server", 50_000, {"kind": "split", "basis": "equal"}, last_month.first)
    periods.close(last_month, utcnow(), cast.box.settings)
    broken = Outbox.create(kind="invitation", about="invitation:1", recipient="petro@tea.example\nBcc: all@x.example",
                           subject="Запрошення", text="…", message_id="<1@spilka.invalid>")  # fmt: skip
    cast.box.start_scheduler()
    until(lambda: Sending.select().where(Sending.reason == "log_in").exists(), 20, "the password is refused")
    until(lambda: Run.select().where(Run.outcome == "no_owner").count() == 2, 20, "two statements have no reader")
    assert not post.mails and Outbox.select().where(Outbox.kind == "statement").count() == 1
    for language, (password, _, no_owner) in WAYS.items():
        assert password in page(cast, coordinator, "/shops", language), "it stands on every page of his"
        assert password in page(cast, coordinator, "/outbox", language)
        assert no_owner in page(cast, coordinator, "/jobs", language)

    cast.box.signal("scheduler", signal.SIGTERM)
    cast.box.processes.pop("scheduler").wait(15)
    cast.box.environ["SPILKA_SMTP_PASSWORD"] = PASSWORD
    cast.box.start_scheduler()
    for mail in list(Outbox.select().where(Outbox.due_at.is_null(False))):
        assert browser(cast, coordinator).post(f"/outbox/{mail.id}/send").status_code == 302
    until(lambda: not Outbox.select().where(Outbox.due_at.is_null(False)).exists(), 20, "nothing waits")
    until(lambda: not Sending.select().where(Sending.ends_at.is_null()).exists(), 20, "nothing is being sent")

    def his() -> list[str]:
        return [mail["Subject"] for mail in post.mails if mail["To"] == owner.email]

    assert len(his()) == 1 and set(post.taken.values()) == {1}
    assert broken.sendings.order_by(Sending.id.desc()).first().reason == "address"
    for language, (password, address, _) in WAYS.items():
        told = page(cast, coordinator, "/outbox", language)
        assert address in told and password not in told
    Role.create(user=owner, kind="owner", shop=cast.shops["soap"])
    until(lambda: len(his()) == 2, 20, "the shop that has an owner now sends him its statement")
    assert cast.shops["soap"].name in his()[-1] and set(post.taken.values()) == {1}


def test_each_cause_of_a_notice_reaches_its_reader_once_and_its_end_once(made, post):
    """Over a real Asterisk, with everything that can go wrong gone wrong at once; then most of it is mended."""
    cast, owner, coordinator = made(recording_stop_percent=101, ballast_percent=0, tick_seconds=1, tick_late_seconds=15)
    now, tea = utcnow(), cast.shops["tea"]
    IngestMark.create(id=1, ticked_at=now)
    for weekday in range(7):
        WeekHours.create(shop=None, weekday=weekday, opens_minute=0, closes_minute=1440)
    yesterday_and_today = (now.date() - dt.timedelta(days=1), now.date(), now.date() + dt.timedelta(days=1))
    for date in yesterday_and_today:
        values = {"started_at": now, "ended_at": now, "fault": "DiskFull: no space left", "tries": 9}
        Run.insert(job="books", local_date=date, **values).on_conflict_replace().execute()
    near = Callback.create(shop=tea, did=cast.dids["tea"], customer=OTHER, opened_at=now, due_at=now)
    used = tea.cap_minutes_per_day - 1
    Attempt.create(public_id="a", callback=near, user=cast.operator, customer=OTHER, wanted_at=now, sent_at=now, ended_at=now,
                   result="busy", minutes_reserved=used)  # fmt: skip
    lost = Callback.create(shop=tea, did=cast.dids["tea"], customer=CUSTOMER, opened_at=now, due_at=now)
    callbacks.claim(lost, cast.operator, now, cast.box.settings)
    callbacks.outcome(lost, cast.operator, "given_up", now)
    cast.box.start_asterisk()
    cast.box.start_scheduler()

    def causes() -> set[str]:
        return {notice.cause for notice in Notice.select().where(Notice.told_at.is_null(False))}

    wrong = {"disk", "no_operator", f"trunk:{cast.trunk.id}", "job:books", f"cap:{tea.id}"}
    until(lambda: causes() >= wrong, 120, "all but the facts are told")
    cast.box.signal("asterisk", signal.SIGKILL)
    until(lambda: "facts" in causes(), 60, "calls are not becoming facts")
    until(lambda: len(post.mails) >= 7, 60, "all have left")
    about_tea = {mail["Subject"]: mail["To"] for mail in post.mails if tea.name in mail["Subject"]}
    assert len(about_tea) == 2 and set(about_tea.values()) == {owner.email}

    cast.box.start_asterisk()
    Run.update(fault="", outcome="0").where(Run.job == "books").execute()
    is_over = Notice.ends_at.is_null(False)
    until(
        lambda: {n.cause for n in Notice.select().where(is_over)} >= {"facts", "job:books"},
        60,
        "what is mended is over",
    )
    until(lambda: sum(mail["Subject"].startswith("Over: ") for mail in post.mails) >= 2, 60, "and told to be")
    until(lambda: sum(mail["To"] == coordinator.email for mail in post.mails) == due_to_coordinator(), 60, "each once")
    assert set(post.taken.values()) == {1}


def due_to_coordinator() -> int:
    """A letter for each cause that was told, and one for its end."""
    told = list(Notice.select().where(Notice.told_at.is_null(False), ~Notice.cause.startswith("cap")))
    return len(told) + sum(notice.ends_at is not None for notice in told)
