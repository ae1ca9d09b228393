"""The outbox page: what left and what did not, in words; no letter; a second sending by hand only."""

from __future__ import annotations

import re
from html import unescape

from mail import outbox
from models import Outbox, utcnow
from tests.web import seed


def rows(page: str) -> dict[str, str]:
    """The plain text of each mail's row, by its state in the seed."""
    found = re.findall(r'<tr id="mail-\d+">(.*?)</tr>', page, re.S)
    texts = [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in found]
    return {text.partition("@")[0]: text for text in texts}


def test_each_state_is_told_with_its_reason(as_, cast):
    seed.mails()
    told = rows(as_("coordinator").get("/outbox").text)
    assert set(told) == {"sent", "given_up", "unclear", "waiting"}
    assert "надіслано" in told["sent"] and "Надіслати" not in told["sent"]
    assert "550 5.1.1" in told["given_up"] and "Надіслати ще раз" in told["given_up"]
    assert "може прийти двічі" in told["unclear"] and "поштовий сервер не відповідає" in told["waiting"]


def test_no_letter_is_shown(as_, cast, settings):
    outbox.queue("digest", "digest:1", "olena@tea.example", "Троє втрачених", "Дзвонив +380671230987", settings)
    page = as_("coordinator").get("/outbox").text
    assert "olena@tea.example" in page and "Троє" not in page and "0987" not in page


def test_without_a_mail_server_the_page_says_that_mails_wait(as_, cast):
    assert "SPILKA_SMTP_HOST" in as_("coordinator").get("/outbox").text


def test_a_mail_that_is_perhaps_sent_is_sent_again_by_hand(as_, cast):
    mails = seed.mails()
    browser = as_("coordinator")
    for state, due in (("unclear", True), ("sent", False)):
        assert browser.post(f"/outbox/{mails[state].id}/send").status_code == 302
        assert bool(Outbox.get_by_id(mails[state].id).due_at) == due
    assert Outbox.get_by_id(mails["unclear"].id).due_at <= utcnow()
