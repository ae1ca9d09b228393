"""The daily digest: to each owner once, in his language, at his hour; what is not sent has its reason."""

from __future__ import annotations

import datetime as dt
import io
import zlib
from email.message import EmailMessage

import pytest
import time_machine

from mail import digest_choices, digests, outbox, picture
from mail.digest_choices import Choice
from models import DigestChoice, Membership, Outbox, Role, Run, Shop, utcnow
from settings import Settings
from tests.web import seed
from union import audit, people

NINE = dt.datetime(2026, 11, 20, 7, tzinfo=dt.UTC)  # Friday, 09:00 in Kyiv


@pytest.fixture
def cast(settings, tmp_path):
    """Calls of Thursday and of Friday until nine, as the owners' digests find them."""
    with time_machine.travel(NINE, tick=False):
        cast = seed.union(tmp_path / "prompts")
        seed.calls(cast)
        yield cast


@pytest.fixture
def addressed(settings, change) -> Settings:
    return change(settings, public_host="spilka.example")


def queue(settings: Settings, **later: float) -> list[Outbox]:
    digests.queue_due(NINE + dt.timedelta(**later), settings)
    return list(Outbox.select().where(Outbox.kind == "digest").order_by(Outbox.recipient.desc(), Outbox.id))


def outcomes(shop: Shop) -> list[tuple[str, str]]:
    runs = Run.select().where(Run.job.startswith(f"digest:{shop.id}")).order_by(Run.local_date, Run.id)
    return [(str(run.local_date), run.outcome) for run in runs]


def sent(post) -> EmailMessage:
    return next(mail for mail in post.mails if mail["To"] == "olena@tea.example")


def test_each_owner_gets_the_day_before_once(cast, settings):
    assert queue(settings, hours=-1, minutes=-1) == [], "before eight nothing comes"
    first = queue(settings)
    assert [mail.recipient for mail in first] == ["olena@tea.example", "bohdan@soap.example"]
    assert first[0].about == f"digest:{cast.tea.id}:2026-11-19" and "19 листопада" in first[0].subject
    assert queue(settings, minutes=1) == queue(settings, hours=14) == first
    assert len(queue(settings, days=1)) == 4


def test_each_reads_it_in_his_own_language(cast, settings):
    type(cast.owner).update(language="en").where(type(cast.owner).id == cast.owner.id).execute()
    mail = queue(settings)[0]
    assert "Thursday, 19 November" in mail.subject and "Answered: " in mail.text


def test_the_text_alone_is_enough(cast, addressed):
    type(cast.owner).update(language="en").where(type(cast.owner).id == cast.owner.id).execute()
    text = queue(addressed)[0].text
    assert "Calls: " in text and "LOST: " in text and "Cost so far this month: " in text
    for words in ("https://spilka.example/letters", "/letters/off/"):
        assert words in text
    assert "<" not in text and "cid:" not in text


def test_what_his_mobile_took_is_told_apart(cast, addressed):
    type(cast.owner).update(language="en").where(type(cast.owner).id == cast.owner.id).execute()
    seed.call(cast.tea, "his.1", seed.CUSTOMERS[0], NINE - dt.timedelta(hours=1), "answered")
    queue(addressed)
    thursday, friday = (mail.text for mail in queue(addressed, days=1) if mail.recipient == cast.owner.email)
    assert "taken by your mobile" not in thursday and "of these, taken by your mobile: 1 (" in friday


def test_the_hour_and_the_days_are_the_readers_choice(cast, settings):
    choice = Choice(True, 10, (0, 1, 2, 3))
    digest_choices.choose(cast.owner, cast.tea, "daily", choice, audit.BOX)
    queue(settings)
    assert outcomes(cast.tea) == []
    queue(settings, hours=1)
    assert outcomes(cast.tea) == [("2026-11-20", "not_chosen")], "Friday is not among them"
    queue(settings, days=3, hours=1)
    assert outcomes(cast.tea)[-1] == ("2026-11-23", "1")


def test_an_hour_chosen_later_the_same_day_brings_no_second_letter(cast, settings):
    queue(settings)
    digest_choices.choose(cast.owner, cast.tea, "daily", Choice(True, 20, tuple(range(7))), audit.BOX)
    assert len(queue(settings, hours=12)) == 2


def test_what_was_turned_off_does_not_come_and_says_so(cast, settings):
    digest_choices.turn_off(cast.owner, cast.tea, "daily", audit.BOX)
    assert [mail.recipient for mail in queue(settings)] == ["bohdan@soap.example"]
    assert outcomes(cast.tea) == [("2026-11-20", "off")]


def test_a_shop_without_an_owner_says_so(cast, settings):
    Role.update(ends_at=utcnow()).where(Role.shop == cast.tea).execute()
    queue(settings)
    assert outcomes(cast.tea) == [("2026-11-20", "no_owner")]


def test_a_shop_that_was_never_rung_or_was_no_member_writes_to_nobody(cast, settings):
    new = seed.shop(cast.tea.queue, "Крамниця інструментів", "#c2571a")
    people.give_role(cast.coordinator, "owner", new, audit.BOX)
    Membership.update(ends_on="2026-11-19").where(Membership.shop == cast.tea).execute()
    assert [mail.recipient for mail in queue(settings)] == ["bohdan@soap.example"]
    assert outcomes(new) == outcomes(cast.tea) == [("2026-11-20", "no_calls")]


def test_after_days_without_a_scheduler_the_last_days_are_told_and_the_older_noted(cast, settings):
    queue(settings)
    queue(settings, days=5)
    assert outcomes(cast.tea) == [
        ("2026-11-20", "1"), ("2026-11-21", "late"), ("2026-11-22", "late"), ("2026-11-23", "late"),
        ("2026-11-24", "1"), ("2026-11-25", "1"),
    ]  # fmt: skip


def test_a_digest_that_fails_is_tried_again_and_comes_once(cast, settings, monkeypatch, caplog):
    whole = picture.bars
    monkeypatch.setattr(picture, "bars", lambda days: 1 / 0)
    assert queue(settings) == []
    assert "ZeroDivisionError" in Run.select().where(Run.job.startswith("digest:")).first().fault
    monkeypatch.setattr(picture, "bars", whole)
    assert queue(settings, minutes=10) == []
    assert len(queue(settings, minutes=20)) == len(queue(settings, minutes=40)) == 2


def test_one_killed_between_the_letter_and_its_note_does_not_write_twice(cast, settings):
    queue(settings)
    Run.update(ended_at=None, outcome="").where(Run.job.startswith("digest:")).execute()
    assert len(queue(settings, hours=3)) == 2
    assert outcomes(cast.tea) == [("2026-11-20", "1")]


def test_the_mail_as_it_travels(cast, addressed, post):
    """Text, html with its picture inside, and the two headers by which a mail program ends it in one click."""
    queue(addressed)
    outbox.send_due(utcnow(), addressed)
    mail = sent(post)
    token = digest_choices.token(cast.owner, cast.tea, "daily", addressed)
    assert mail["List-Unsubscribe"] == f"<https://spilka.example/letters/off/{token}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_body(("plain",)).get_content().strip()
    html = mail.get_body(("html",)).get_content()
    drawn = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert drawn["Content-ID"] == "<picture>" and "cid:picture" in html
    assert drawn.get_content().startswith(b"\x89PNG") and len(drawn.get_content()) < 4000


def test_without_an_address_of_its_own_the_letter_holds_no_dead_link(cast, settings, post):
    queue(settings)
    outbox.send_due(utcnow(), settings)
    mail = sent(post)
    assert mail["List-Unsubscribe"] is None
    assert "href" not in mail.get_body(("html",)).get_content()
    assert "http" not in mail.get_body(("plain",)).get_content()


def test_no_number_of_a_customer_leaves_the_box(cast, addressed):
    for mail in queue(addressed):
        for number in seed.CUSTOMERS:
            assert number[-4:] not in mail.text + mail.html


# --- the choices and their link ------------------------------------------------------------------------------------


def test_the_link_ends_one_letter_of_one_person_and_nothing_else(cast, settings):
    token = digest_choices.token(cast.owner, cast.tea, "daily", settings)
    assert digest_choices.find(token, settings) == (cast.owner, cast.tea, "daily")
    assert digest_choices.find(token[:-1] + "A", settings) is None
    assert digest_choices.find("", settings) is None
    digest_choices.turn_off(cast.owner, cast.tea, "daily", audit.BOX)
    digest_choices.turn_off(cast.owner, cast.tea, "daily", audit.BOX)
    assert DigestChoice.select().count() == 1
    assert digest_choices.of(cast.other_owner, cast.soap, "daily").is_on


# --- the picture ----------------------------------------------------------------------------------------------------


def pixels(png: bytes) -> list[bytes]:
    """The rows of a picture of ours, a palette index per byte."""
    file, data = io.BytesIO(png[8:]), b""
    while length := file.read(4):
        name, chunk = file.read(4), file.read(int.from_bytes(length))
        assert zlib.crc32(name + chunk) == int.from_bytes(file.read(4))
        data += chunk if name == b"IDAT" else b""
    rows = zlib.decompress(data)
    return [rows[at + 1 : at + 1 + picture.WIDTH] for at in range(0, len(rows), picture.WIDTH + 1)]


def test_bars_are_as_high_as_the_calls_they_stand_for():
    rows = pixels(picture.bars([(6, 2, 2), (5, 0, 0)]))
    assert len(rows) == picture.HEIGHT
    first, second = picture.WIDTH // 4, 3 * picture.WIDTH // 4
    counted = [[row[at] for row in rows].count(colour) for at, colour in (
        (first, picture.ANSWERED), (first, picture.CALLED), (first, picture.LOST), (second, picture.ANSWERED))]  # fmt: skip
    unit = (picture.HEIGHT - 4) / 10
    assert counted == pytest.approx([6 * unit, 2 * unit, 2 * unit, 5 * unit], abs=2)


def test_days_without_calls_are_drawn_as_nothing():
    assert {colour for row in pixels(picture.bars([(0, 0, 0)] * 14))[:-3] for colour in row} == {picture.GROUND}
    assert len(pixels(picture.bars([]))) == picture.HEIGHT
