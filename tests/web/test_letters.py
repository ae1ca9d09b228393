"""The letters' page, the one click that ends a letter, and that a digest's figures are those of the pages it links to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
import time_machine

from app import create_app
from mail import digest_choices, digests
from mail.digest_choices import Choice
from mail.digest_facts import Costs, Facts
from models import Outbox, Role, utcnow
from tests.web import seed
from union import shops

BUTTON = '<form method="post"><button>'


@pytest.fixture
def off(cast, settings) -> str:
    return "/letters/off/" + digest_choices.token(cast.owner, cast.tea, "daily", settings)


def is_on(cast) -> bool:
    return digest_choices.of(cast.owner, cast.tea, "daily").is_on


def test_opening_the_link_ends_nothing_and_its_button_does(as_, cast, off):
    browser = as_(None)
    assert BUTTON in browser.get(off).text and is_on(cast)
    assert browser.post(off).status_code == 200
    assert not is_on(cast) and BUTTON not in browser.get(off).text


def test_a_mail_program_ends_it_without_cookie_or_secret(settings, cast, off):
    """RFC 8058: nothing but this post, and no redirect. Every other post still asks for its form's secret."""
    browser = create_app(settings).test_client()
    assert browser.post("/language", data={"language": "uk"}).status_code == 422
    assert browser.post(off, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not is_on(cast)


def test_a_link_that_is_not_ours_does_not_exist(as_, cast, off):
    assert as_(None).post(off[:-2]).status_code == as_(None).get("/letters/off/x").status_code == 404
    assert is_on(cast)


def test_an_owner_chooses_the_hour_and_the_days(as_, cast):
    field = f"daily-{cast.tea.id}-"
    sent = {f"{field}is_on": "y", f"{field}hour": "19", f"{field}weekdays": ["0", "4"]}
    assert as_("owner").post(f"/letters/daily/{cast.tea.id}", data=sent).status_code == 302
    assert digest_choices.of(cast.owner, cast.tea, "daily") == Choice(True, 19, (0, 4))
    page = as_("owner").get("/letters").text
    assert re.search(r'<option selected value="19">', page)


def test_a_wrong_choice_comes_back_with_what_was_typed(as_, cast):
    field = f"daily-{cast.tea.id}-"
    answer = as_("owner").post(f"/letters/daily/{cast.tea.id}", data={f"{field}is_on": "y", f"{field}hour": "19"})
    assert answer.status_code == 422 and 'value="19"' in answer.text and "fault" in answer.text
    assert digest_choices.of(cast.owner, cast.tea, "daily") == digest_choices.BY_ITSELF["daily"]


def test_nobody_chooses_for_another_shop(as_, cast):
    assert as_("other_owner").post(f"/letters/daily/{cast.tea.id}").status_code == 404


@time_machine.travel(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)
def test_every_figure_of_a_digest_is_that_of_the_page_behind_its_link(as_, cast, settings):
    """Each link of the letter is opened as its reader, and the rows of the list are counted."""
    seed.calls(cast)
    seed.orders(cast)
    addressed = dataclasses.replace(settings, public_host="spilka.example")
    seen = 0
    for back in (0, 1):
        day = utcnow().astimezone(dt.UTC).date() - dt.timedelta(days=back)
        for who, shop in (("owner", cast.tea), ("other_owner", cast.soap)):
            facts = Facts(shop, day, utcnow(), settings, Costs())
            digests.send(facts, getattr(cast, who), addressed)
            mail = Outbox.get(Outbox.about == f"digest:{shop.id}:{day}")
            for figure, href in links(mail.html):
                rows = rows_behind(as_(who), href)
                assert figure == rows, f"{href}: {figure} in the letter, {rows} on the page"
                seen += figure
            assert cost_of(mail.html) in as_(who).get(f"/shops/{shop.id}/statements/so-far").text
    assert seen > 10, "the days were not empty"


def links(html: str) -> list[tuple[int, str]]:
    """Each figure that is a link to a list, and where it leads."""
    found = re.findall(r'<a class="[^"]*" href="https://spilka.example([^"]*/calls[^"]*)"[^>]*>(\d+)</a>', html)
    return [(int(figure), href.replace("&amp;", "&")) for href, figure in found]


def cost_of(html: str) -> str:
    """What the letter says the month has cost so far."""
    return re.search(r'/statements/so-far"[^>]*>([^<]+)</a>', html).group(1)


def rows_behind(browser, href: str) -> int:
    """How many calls the list holds."""
    text = browser.get(href.replace("/calls?", "/calls.csv?")).text
    return len(text.strip().splitlines()) - 1


def test_a_shop_of_two_owners_writes_to_both(cast, settings):
    second = seed.person("Ганна", "hanna@tea.example", "owner", cast.tea)
    seed.calls(cast)
    digests.queue_due(utcnow().replace(hour=21), settings)
    recipients = {mail.recipient for mail in Outbox.select().where(Outbox.kind == "digest")}
    assert {cast.owner.email, second.email} <= recipients
    assert Role.select().where(Role.shop == cast.tea).count() == 2 and shops.current().count() == 2
