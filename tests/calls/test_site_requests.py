"""What a visitor of a site is promised, what the limits let through, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from calls import callbacks, site_buttons, site_requests
from models import Attempt, Callback, CallRequest, Did, Promise, SiteButton, SiteRequest, Trunk, WeekHours
from tests.web import seed
from union import audit
from union.faults import Refused

MONDAY_NOON = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)  # 12:00 in Kyiv, where the shop is open from 9 to 18
SUNDAY = MONDAY_NOON - dt.timedelta(days=1)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PAGE = "https://tea.example/da-hun-pao?from=mail#top"


@pytest.fixture
def settings(tmp_path, db):
    import settings as spilka

    return spilka.Settings(data_dir=tmp_path, secret_key="s" * 32, ami_secret="a" * 16)


@pytest.fixture
def cast(settings):
    return seed.union(settings.prompts_dir)


@pytest.fixture
def button(cast):
    return site_buttons.switch_on(cast.tea, audit.BOX)


@pytest.fixture
def ask(button, settings):
    """ask(): a visitor asks now; each of these may be another."""

    def asking(
        typed="067 123 09 87", wanted=None, page=PAGE, address="203.0.113.5", now=MONDAY_NOON, of=button, by=settings
    ):
        return site_requests.ask(of, typed, wanted, page, address, now, by)

    return asking


def refused(asking, **given) -> dict:
    with pytest.raises(Refused) as refusal:
        asking(**given)
    return refusal.value.faults


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (MONDAY_NOON, None),
        (SUNDAY, None),
        (MONDAY_NOON + 4.9 * HOUR, None),  # six minutes before the operators go home
        (MONDAY_NOON, MONDAY_NOON + 3 * HOUR),
        (SUNDAY, MONDAY_NOON),
    ],
    ids=["open", "sunday", "six minutes before closing", "later today", "tomorrow"],
)
def test_what_was_promised_before_the_click_is_what_the_callback_holds(ask, cast, settings, now, wanted):
    shown = site_requests.offer(cast.tea, now, settings, wanted)
    assert ask(now=now, wanted=wanted) == shown
    owed, promise = Callback.get(), Promise.get()
    assert (owed.due_at, promise.call_by) == (shown.due_at, shown.call_by)
    assert (owed.customer, owed.did, owed.not_callable) == ("+380671230987", cast.did, "")


def test_open_means_within_twenty_minutes_and_closed_the_next_opening_of_shop_and_operators(cast, settings):
    now = site_requests.offer(cast.tea, MONDAY_NOON, settings)
    assert (now.due_at, now.call_by) == (MONDAY_NOON, MONDAY_NOON + dt.timedelta(minutes=20))
    WeekHours.update(opens_minute=600).where(WeekHours.shop.is_null()).execute()  # operators come at ten
    assert site_requests.offer(cast.tea, SUNDAY, settings).due_at == MONDAY_NOON - 2 * HOUR


def test_the_page_is_kept_without_what_may_name_the_visitor(ask):
    ask(page="https://user:secret@tea.example/чай?phone=0671230987#0671230987")
    assert CallRequest.get().page == "https://tea.example/чай"
    for nonsense in ("javascript:alert(1)", "", "http://[", "ftp://tea.example/x", "tea"):
        assert site_requests.page_of(nonsense) == ""
    assert len(site_requests.page_of("https://tea.example/" + "я" * 9000)) == site_requests.PAGE_MOST


def test_the_same_number_again_while_he_waits_is_no_second_request_and_hears_the_same(ask, settings):
    assert [ask(), ask(typed="+380671230987"), ask(address="2001:db8::1")] == [ask()] * 3
    assert CallRequest.select().count() == SiteRequest.select().count() == Callback.select().count() == 1


def test_one_whose_telephone_rang_in_vain_is_due_at_once_when_he_asks_again(ask, cast):
    ask()
    owed, rang = Callback.get(), MONDAY_NOON + dt.timedelta(minutes=5)
    Attempt.create(public_id="a", callback=owed, user=cast.operator, customer=owed.customer, wanted_at=rang,
                   sent_at=rang, ended_at=rang, result="no_answer")  # fmt: skip
    callbacks.tried(owed, rang)
    again = MONDAY_NOON + dt.timedelta(minutes=8)
    assert Callback.get().due_at > again
    ask(now=again)
    assert Callback.get().due_at == again and CallRequest.select().count() == 2


def test_a_number_may_be_asked_for_three_times_a_day_on_all_sites_together(ask, cast, button):
    soap = site_buttons.switch_on(cast.soap, audit.BOX)
    for step in range(3):
        ask(wanted=MONDAY_NOON + (step + 1) * HOUR, address=f"203.0.113.{step}")
    assert refused(ask, of=soap, address="203.0.113.9") == {"number": "site_number_often"}
    ask(of=soap, address="203.0.113.9", now=MONDAY_NOON + DAY)
    assert Callback.select().count() == 2


@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        (["203.0.113.7"] * 5, True),
        (["203.0.113.7", "203.0.113.8"] * 3, False),
        ([f"2001:db8:1:2::{n}" for n in range(1, 6)], True),
        ([f"2001:db8:1:{n}::1" for n in range(1, 7)], False),
        (["203.0.113.7", "::ffff:203.0.113.7"] * 3, True),
    ],
)
def test_an_address_asks_for_five_calls_an_hour_and_an_ipv6_household_is_one_address(ask, addresses, is_one):
    numbers = [f"067 123 00 {n:02}" for n in range(10, 20)]
    for number, address in zip(numbers, addresses[:5], strict=False):
        ask(typed=number, address=address)
    last = {"typed": numbers[9], "address": addresses[-1]}
    if not is_one:
        ask(**last)
        return
    assert refused(ask, **last) == {"form": "site_address_often"}
    ask(**last, now=MONDAY_NOON + HOUR)


def test_a_shop_is_asked_for_as_many_calls_a_day_as_it_allows_and_the_day_is_its_own(ask, button, cast):
    SiteButton.update(cap_per_day=4).execute()
    capped = SiteButton.get_by_id(button.id)
    late = dt.datetime(2026, 11, 23, 21, 30, tzinfo=dt.UTC)  # 23:30 in Kyiv
    for number in range(4):
        ask(of=capped, typed=f"067 123 00 1{number}", address=f"203.0.113.{number}", now=late)
    other = {"typed": "067 123 00 19", "address": "203.0.113.99", "of": capped}
    assert refused(ask, **other, now=late) == {"form": "site_day_full"}
    assert (site_requests.today(cast.tea, late), site_requests.today(cast.soap, late)) == (4, 0)
    ask(**other, now=late + HOUR)  # midnight is over


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "missing"), ("зателефонуйте", "number_wrong"), ("12", "number_wrong"), ("0900 12 34 56", "number_premium"),
        ("102", "number_wrong"), ("+48 22 123 45 67", "number_premium"), ("044 200 10 10", "number_premium"),
        ("+881 6 1234 5678", "number_premium"),
    ],
)  # fmt: skip
def test_only_a_number_the_shop_may_call_is_taken(ask, typed, fault):
    assert refused(ask, typed=typed) == {"number": fault}
    assert Callback.select().count() == SiteRequest.select().count() == 0


def test_a_number_at_which_a_stranger_answered_is_left_alone_by_every_shop_for_a_month(ask, cast):
    Callback.create(shop=cast.soap, did=Did.get(Did.shop == cast.soap), customer="+380671230987", opened_at=SUNDAY,
                    due_at=SUNDAY, closed_at=SUNDAY, closed_because="wrong_number")  # fmt: skip
    assert refused(ask) == {"number": "number_premium"}
    ask(now=MONDAY_NOON + 30 * DAY)


def test_only_a_time_at_which_customers_are_called_can_be_named(ask, cast):
    offered = site_requests.times(cast.tea, MONDAY_NOON)
    local = [f"{at.astimezone(dt.timezone(2 * HOUR)):%a %H}" for at in offered]
    assert local == [f"Mon {h}" for h in range(13, 17)] + [f"Tue {h:02}" for h in range(9, 17)]
    for wanted in (MONDAY_NOON - HOUR, MONDAY_NOON + 12 * HOUR, SUNDAY):
        assert refused(ask, wanted=wanted) == {"wanted": "site_time_over"}


def test_a_button_that_is_off_or_whose_shop_has_no_number_promises_nothing(ask, cast):
    site_buttons.switch_off(cast.tea, audit.BOX)
    assert refused(ask, of=site_buttons.of(cast.tea)) == {"form": "site_off"}
    site_buttons.switch_on(cast.tea, audit.BOX)
    Did.update(ends_at=MONDAY_NOON).where(Did.shop == cast.tea).execute()
    assert refused(ask, of=site_buttons.of(cast.tea)) == {"form": "site_off"}


def test_the_number_the_owner_chose_calls_until_it_ends(button, cast):
    leaflet = Did.get(Did.label == "листівка")
    site_buttons.change(button, "", leaflet, 50, audit.BOX)
    button = site_buttons.of(cast.tea)
    assert site_buttons.did_of(button) == leaflet
    Did.update(ends_at=MONDAY_NOON).where(Did.id == leaflet.id).execute()
    assert site_buttons.did_of(button) == cast.did
    foreign = Did.create(number="+380442009999", shop=cast.soap, trunk=Trunk.get())
    with pytest.raises(Refused):
        site_buttons.change(button, "", foreign, 50, audit.BOX)


def test_switched_on_again_it_has_the_same_key(button, cast):
    site_buttons.switch_off(cast.tea, audit.BOX)
    assert site_buttons.switch_on(cast.tea, audit.BOX).key == button.key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("tea.example", "https://tea.example"),
        ("https://Tea.Example/shop?x=1", "https://tea.example"),
        ("http://tea.example:8080/", "http://tea.example:8080"),
        ("чайна.укр", "https://xn--80aa0aq1c.xn--j1amh"),
        ("javascript://tea.example", None),
        ("https://tea.example;script-src", None),
        ("https://", None),
        ("http://tea.example:99999", None),
    ],
)
def test_a_site_is_kept_as_browsers_name_it(typed, kept):
    assert site_buttons.origin(typed) == kept


def test_requests_are_forgotten_by_the_limits_after_two_days(ask):
    ask()
    ask(typed="067 123 00 11", now=MONDAY_NOON + 3 * DAY)
    assert SiteRequest.select().count() == 1 and CallRequest.select().count() == 2


def test_the_limits_follow_the_settings(ask, settings):
    strict = replace(settings, site_address_per_hour=1)
    ask(by=strict)
    assert refused(ask, by=strict, typed="067 123 00 11") == {"form": "site_address_often"}
