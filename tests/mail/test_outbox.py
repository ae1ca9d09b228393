"""Each mail is accepted at most once, and nothing is lost without a word: over real SMTP, in every temper."""

from __future__ import annotations

import datetime as dt
import random
import socket
import subprocess
import sys
import threading
import time

import pytest

import scheduler
from mail import outbox
from models import AuditEntry, Outbox, Sending, User, database, utcnow
from settings import ROOT
from union.audit import Actor


@pytest.fixture
def mail(settings):
    return letter(settings, 1)


def letter(settings, number: int) -> Outbox:
    return outbox.queue("digest", f"digest:{number}", "olena@tea.example", "Чай", f"Лист {number}\n", settings)


def state(mail: Outbox) -> tuple[str, str]:
    """A mail's state and the reason of its last sending."""
    mail = Outbox.get_by_id(mail.id)
    last = mail.sendings.order_by(Sending.id.desc()).first()
    return outbox.state(mail, last), last.reason if last else ""


def run(settings, hours: float = 0) -> None:
    """One run of the scheduler's job, so many hours from now."""
    outbox.send_due(utcnow() + dt.timedelta(hours=hours), settings)


def test_a_mail_arrives_once_in_both_forms_with_the_id_it_was_queued_with(settings, post):
    mail = outbox.queue("digest", "digest:1", "olena@tea.example", "Вчора:\n 3 дзвінки", "Три", settings, "<p>Три</p>")
    for _ in range(3):
        run(settings, hours=5)
    assert state(mail) == ("sent", "") and post.taken == {mail.message_id: 1}
    got = post.mails[0]
    assert (got["Subject"], got["To"], got["From"].addresses[0].display_name) == (
        "Вчора: 3 дзвінки", "olena@tea.example", "Спілка")  # fmt: skip
    assert got.get_body(("plain",)).get_content().strip() == "Три"
    assert got.get_body(("html",)).get_content().strip() == "<p>Три</p>"
    assert mail.message_id.endswith("@union.example>")


def test_the_same_mail_asked_for_again_is_the_same_mail(settings, mail):
    again = letter(settings, 1)
    other = outbox.queue("digest", "digest:1", "bohdan@soap.example", "Чай", "Лист", settings)
    assert again.message_id == mail.message_id != other.message_id
    assert Outbox.select().count() == 2


def test_a_line_dropped_before_the_answer_is_unclear_and_repeated_by_a_person_only(settings, post, mail):
    post.temper = "drops"
    run(settings)
    for hours in (1, 24, 24 * 30):
        run(settings, hours)
    assert state(mail) == ("unclear", "dropped") and post.taken[mail.message_id] == 1
    post.temper = "takes"
    anna = User.create(email="a@x.ua", name="Анна", password_hash="")
    assert outbox.send_again(Outbox.get_by_id(mail.id), Actor(anna))
    run(settings)
    assert state(mail) == ("sent", "") and AuditEntry.get().action == "mail.again"
    assert not outbox.send_again(Outbox.get_by_id(mail.id), Actor(anna)), "what is sent is not sent again"


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_refusal_for_now_is_tried_again_after_longer_and_longer_waits(settings, post, mail, at):
    post.temper, post.at = "later", at
    run(settings)
    run(settings)
    assert Sending.select().count() == 1, "not before its time"
    waited = []
    for _ in range(3):
        waited.append(Outbox.get_by_id(mail.id).due_at - utcnow())
        run(settings, hours=24)
    assert waited == sorted(waited) and waited[0] > dt.timedelta(seconds=50) and state(mail) == ("waiting", "answer")
    assert Sending.select().first().answer == "451 come again"
    post.temper = "takes"
    run(settings, hours=24)
    assert state(mail) == ("sent", "") and post.taken[mail.message_id] == 1


def test_a_server_that_refuses_for_now_for_days_is_given_up_with_its_words(settings, post, mail):
    post.temper = "later"
    for _ in range(20):
        run(settings, hours=24 * 30)
    assert state(mail) == ("given_up", "answer")
    assert Sending.select().count() == len(outbox.WAITS) + 1 and not post.taken


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_refusal_for_ever_is_given_up_at_once_with_its_words(settings, post, mail, at):
    post.temper, post.at = "refused", at
    for hours in (0, 24, 48):
        run(settings, hours)
    assert state(mail) == ("given_up", "answer") and Sending.get().answer == "550 nobody of this name"
    assert not post.taken


def test_a_server_silent_before_the_mail_costs_a_wait_and_after_it_is_unclear(settings, post, mail):
    post.temper, post.at = "silent", "rcpt"
    run(settings)
    assert state(mail) == ("waiting", "silent")
    post.at = "data"
    run(settings, hours=1)
    assert state(mail) == ("unclear", "silent") and post.taken[mail.message_id] == 1


def test_while_nobody_is_there_the_rest_of_the_mail_does_not_wait_for_each_in_turn(settings, change):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        deaf = change(settings, smtp_port=listening.getsockname()[1])
        mails = [letter(settings, number) for number in range(10)]
        began = time.monotonic()
        run(deaf)
        assert time.monotonic() - began < 3
    assert [state(mail) for mail in mails] == [("waiting", "silent")] + [("waiting", "")] * 9
    run(deaf)
    assert state(mails[1]) == ("waiting", "connect")


def test_without_a_server_mails_wait_and_with_one_they_leave(settings, change, post, mail):
    run(change(settings, smtp_host=""), hours=24 * 60)
    assert state(mail) == ("waiting", "") and not Sending.select().exists()
    run(settings)
    assert state(mail) == ("sent", "")


def test_an_address_that_can_not_travel_is_given_up(settings):
    mail = outbox.queue("digest", "digest:1", "олена@tea.example", "Чай", "Лист", settings)
    run(settings)
    assert state(mail) == ("given_up", "address")


def test_two_senders_at_once_send_it_once(settings, mail):
    assert outbox.claim(mail, utcnow()) and outbox.claim(mail, utcnow()) is None


def test_nothing_is_sent_inside_a_transaction(settings, post, mail, monkeypatch):
    deliver, within = outbox.deliver, []

    def watched(*arguments):
        within.append(database.in_transaction())
        return deliver(*arguments)

    monkeypatch.setattr(outbox, "deliver", watched)
    run(settings)
    assert within == [False] and post.taken


def test_a_hundred_mails_through_a_moody_server(settings, post, times, monkeypatch):
    """Whatever it does, each is accepted at most once, and what it accepted is told as sent or unclear."""
    moods, mails = random.Random(7), [letter(settings, number) for number in range(times(100))]
    for round_ in range(4 * len(mails)):
        post.temper, post.at = moods.choice(("takes", "drops", "later", "refused")), moods.choice(("rcpt", "data"))
        monkeypatch.setattr(outbox, "BATCH", moods.randint(1, 3))
        run(settings, hours=24 * round_)
    assert max(post.taken.values()) == 1
    for mail in mails:
        was_taken = post.taken[mail.message_id] == 1
        assert state(mail)[0] in (("sent", "unclear") if was_taken else ("waiting", "given_up"))


# --- kill -9 -------------------------------------------------------------------------------------------------

SENDER = """
import dataclasses, sys, models, settings
from mail import outbox
data_dir, port = sys.argv[1:]
models.database.init(data_dir + "/spilka.db")
models.database.connect()
values = {"SPILKA_SECRET_KEY": "s" * 32, "SPILKA_AMI_SECRET": "a" * 16, "SPILKA_SMTP_HOST": "127.0.0.1",
          "SPILKA_SMTP_PORT": port, "SPILKA_SMTP_SECURITY": "none", "SPILKA_SMTP_SENDER": "spilka@union.example"}
outbox.send_due(models.utcnow(), settings.load(values))
"""


def killed_while_sending(settings, until) -> None:
    """A process that sends what is due and is killed as soon as `until` is true."""
    sender = subprocess.Popen([sys.executable, "-c", SENDER, str(settings.data_dir), str(settings.smtp_port)], cwd=ROOT)
    deadline = time.monotonic() + 20
    while not until() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert until()
    sender.kill()
    sender.wait()


def test_killed_after_the_mail_was_handed_over_it_is_unclear_and_not_repeated(settings, post, mail):
    post.temper, post.at = "silent", "data"
    killed_while_sending(settings, lambda: post.taken[mail.message_id] == 1)
    assert state(mail)[0] == "sending"
    post.temper = "takes"
    for hours in (0, 1, 24):
        run(settings, hours)
    assert state(mail) == ("unclear", "stopped") and post.taken[mail.message_id] == 1


def test_killed_before_the_mail_was_handed_over_it_is_sent_once(settings, post, mail):
    post.temper, post.at = "silent", "rcpt"
    killed_while_sending(settings, lambda: Sending.select().where(Sending.ends_at.is_null()).exists())
    post.temper = "takes"
    run(settings)
    assert state(mail) == ("waiting", "stopped")
    run(settings, hours=1)
    assert state(mail) == ("sent", "") and post.taken[mail.message_id] == 1


def test_a_sending_that_was_taken_for_broken_hands_nothing_over_any_more(settings, post, mail):
    slow = outbox.claim(mail, utcnow())
    outbox.settle_broken(utcnow(), settings)
    outbox.attempt(slow, settings)
    assert not post.taken and state(mail) == ("waiting", "stopped")


def test_the_scheduler_sends_what_was_queued_while_it_runs(settings, change, post):
    own = change(settings, pbx_dir=settings.data_dir / "pbx", ami_bind="127.0.0.1:9", outbox_seconds=0.2)
    stop = threading.Event()
    running = threading.Thread(target=scheduler.run, args=(own, stop))
    running.start()
    try:
        mail = letter(settings, 1)
        deadline = time.monotonic() + 10
        while state(mail)[0] != "sent" and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        stop.set()
        running.join(15)
    assert state(mail) == ("sent", "") and post.taken == {mail.message_id: 1}


@pytest.mark.parametrize("recipient", ["olena@tea.example\nBcc: all@tea.example", "olena@tea.example\r\n"])
def test_an_address_with_a_line_break_is_refused_in_words_and_holds_nobody_up(settings, post, recipient):
    broken = outbox.queue("digest", "digest:1", recipient, "Чай", "Лист\n", settings)
    outbox.queue("digest", "digest:2", "ivan@tea.example", "Чай", "Лист\n", settings)
    outbox.send_due(utcnow(), settings)
    last = broken.sendings.get()
    assert (outbox.state(Outbox.get_by_id(broken.id), last), last.reason) == ("given_up", "address")
    assert [mail["To"] for mail in post.mails] == ["ivan@tea.example"]
