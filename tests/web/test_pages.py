"""What holds for every page: the policy, the privacy of customers, working without script, valid fragments."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from mail import digest_choices
from models import IngestMark, Question, Shop, utcnow
from orders import questions
from tests.web import seed, seed_knowledge, seed_money
from tests.web.test_access import routes
from union import audit, invitations, passwords, shops

DIGITS = [re.escape(number[-9:]) for number in seed.CUSTOMERS]
FULL_NUMBER = re.compile("|".join(r"[\s\u00a0()-]*".join(digits) for digits in DIGITS))


class Page(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def everything(app, cast, settings):
    """Every address that can be read, with the things of the union in it."""
    seed.calls(cast)
    seed.alive(cast)
    seed.orders(cast)
    seed.recording(cast, "a7.1", settings.recordings_dir)
    seed_knowledge.knowledge(cast)
    seed_money.books(cast, settings)
    waiting = Question.get(Question.answered_at.is_null())
    things = {
        "shop_id": (1, 2), "did_id": (1,), "trunk_id": (1,), "user_id": (1, 2, 3, 4, 5), "prompt_id": (1,),
        "sound_id": (1,), "public_id": ("none",), "key": ("a1.1", "a7.1", "m1.1", "w1.1", "live.1", "wait.1"),
        "number": (1, 9), "order_number": (8, 999), "month": (seed_money.month_word(1), seed_money.month_word(2)), "share_id": (1, 4, 5),
        "item_id": (1, 5, 7), "payment_id": (1,), "transaction_id": (1, 2), "form": ("beancount", "journal", "csv"),
        "invitation_id": (seed.invited(cast, "Марія Кравець").id, seed.invited(cast, "Тетяна Лис", cast.coordinator).id),
        "password_token": (passwords.token(cast.owner, settings), "none"),
        "button_key": (seed.site_button(cast).key,),
        "off_token": (digest_choices.token(cast.owner, cast.tea, "daily", settings), "none"),
        "message_listening": ("none",),
        "transfer_id": (seed.transfer(cast, "a7.1").public_id,), "card_id": (1, 2),
        "answer_token": (questions.token(waiting, cast.owner, settings), "none"),
        "token": (invitations.token(seed.invited(cast, "Ганна Кравець"), settings),),
    }  # fmt: skip
    return [address for address in addresses(app, things) if not address.endswith(".wav")]


def addresses(app, things):
    for method, rule in routes(app).values():
        if method != "GET":
            continue
        built = [{}]
        for name in rule.arguments:
            built = [{**some, name: value} for some in built for value in things[name]]
        yield from (rule.build(values)[1] for values in built)


@pytest.mark.parametrize("who", ["operator", "trainee", "coordinator", "other_owner"])
def test_no_page_carries_a_whole_number_of_a_customer_to_one_who_may_not_see_it(as_, everything, who):
    browser, shown = as_(who), []
    for address in everything:
        if who == "other_owner" and address.startswith("/shops/2"):
            continue  # his own customers
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(address, headers=headers)
            if found := FULL_NUMBER.search(answer.text) or FULL_NUMBER.search(str(answer.headers)):
                shown.append(f"{address}: {found[0]}")
    assert shown == []


def test_where_shops_let_her_an_operator_still_is_shown_none_before_she_asks_for_it(as_, everything):
    Shop.update(numbers_open=True).execute()
    test_no_page_carries_a_whole_number_of_a_customer_to_one_who_may_not_see_it(as_, everything, "operator")


def test_the_owner_sees_his_customers_numbers(as_, everything):
    assert "067 123 0987" in as_("owner").get("/shops/1/calls").text


def test_every_page_forbids_all_but_our_own_files_and_has_nothing_inline(as_, everything):
    browser = as_("coordinator")
    for address in everything:
        answer = browser.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "HX-Request" in answer.headers["Vary"]
        if answer.mimetype != "text/html":
            continue
        for tag, attributes in Page(answer.text).tags:
            assert "style" not in attributes and not [name for name in attributes if name.startswith("on")], address
            assert tag != "style" and not (tag == "script" and "src" not in attributes), address
            assert not str(attributes.get("src") or attributes.get("href") or "/").startswith("http"), address


@pytest.mark.parametrize("who", ["owner", "operator", "coordinator"])
def test_everything_works_without_script(as_, everything, who):
    browser = as_(who)
    for address in everything:
        for tag, attributes in Page(browser.get(address).text).tags:
            if "hx-post" in attributes:
                goes_to = attributes["action" if tag == "form" else "formaction"]
                assert tag in ("form", "button") and goes_to == attributes["hx-post"], address
            # what comes by itself, every few seconds or with its page, is nothing anybody presses
            if "hx-get" in attributes and not attributes.get("hx-trigger", "").startswith(("every", "load")):
                assert attributes.get("href", attributes.get("action")) == attributes["hx-get"], address


def test_every_label_and_every_description_finds_its_field(as_, everything):
    browser = as_("coordinator")
    for address in everything:
        tags = Page(browser.get(address).text).tags
        ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids)), address
        named = [word for _, attributes in tags for word in (attributes.get("aria-describedby") or "").split()]
        named += [attributes["for"] for tag, attributes in tags if tag == "label" and "for" in attributes]
        assert set(named) <= set(ids), address


def test_when_facts_stop_every_page_says_so(as_, cast):
    browser = as_("owner")
    assert 'class="banner bad"' not in browser.get("/me").text
    IngestMark.update(ticked_at="2026-01-01T00:00:00.000000+00:00").execute()
    for address in ("/me", "/shops/1/calls", "/shops/1/hours"):
        assert 'class="banner bad"' in browser.get(address).text


def test_an_error_is_told_in_the_persons_language(as_):
    assert "Такої сторінки немає" in as_("owner").get("/nowhere").text
    assert "Такой страницы нет" in as_(None).get("/nowhere", headers={"Accept-Language": "ru"}).text


def test_health_tells_the_age_of_the_last_tick_and_nothing_else(as_):
    answer = as_(None).get("/healthz")
    assert set(answer.json) == {"database", "tick_age_seconds"}
    assert answer.json["database"] == "ok" and answer.json["tick_age_seconds"] < 5


def test_a_shop_that_has_left_says_so_on_the_list_and_does_not_begin(as_, cast):
    shops.leave(cast.soap, utcnow().date() - dt.timedelta(days=40), audit.BOX)
    page = as_("coordinator").get("/shops").text
    assert "/shops/2/dids" not in page and "/shops/2/start" not in page
    gone = (utcnow().date() - dt.timedelta(days=40)).day
    assert re.search(rf"Мильна майстерня</a> <span class=\"quiet\">[^<]*{gone}", page)
