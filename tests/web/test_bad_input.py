"""Bad input is refused with 422 beside the field, in the person's language, and everything typed is there again."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest

from calls import menus
from models import Did, HoursException, Menu, Prompt, Shop, Trunk, User, WeekHours
from tests.web import seed

TRUNK = {
    "name": "Вега, Львів", "kind": "addresses", "host": "", "port": "5060", "addresses": "203.0.113.7",
    "called_number_in": "request", "number_forms": ["plus", "bare"], "caller_in": "from", "outgoing_form": "plus",
    "outgoing_caller_id": "did", "is_active": "y",
}  # fmt: skip
SHOP = {
    "name": "Свічки", "colour": "#b83280", "language": "uk", "timezone": "Europe/Kyiv", "last_resort": "message",
    "last_resort_number": "", "short_call_seconds": "5", "recording_days": "90", "allowed_destinations": ["ua-mobile"], "cap_concurrent": "2",
    "cap_minutes_per_day": "300", "starts_on": "2026-11-01",
}  # fmt: skip


def fault_of(answer, field: str) -> str:
    """What stands beside a field; the field must point to it."""
    assert answer.status_code == 422
    page = answer.text
    found = re.search(rf'id="{field}-fault">([^<]+)', page)
    assert found, re.findall(r'class="fault"[^>]*>([^<]+)', page)
    assert re.search(rf'aria-describedby="[^"]*{field}-fault', page)
    return unescape(found[1])


@pytest.mark.parametrize("number", ["12", "044 123", "callme", "0441234567890123", "+380 44 200 10 10; drop"])
def test_a_wrong_did(as_, cast, number):
    form = {"number": number, "trunk": cast.trunk.id, "label": "на чашках", "language": ""}
    answer = as_("coordinator").post(f"/shops/{cast.soap.id}/dids/new", data=form)
    assert "не номер телефону" in fault_of(answer, "number")
    assert f'value="{number}"' in answer.text and 'value="на чашках"' in answer.text
    assert Did.select().count() == 3


@pytest.mark.parametrize("number", ["+380442001010", "044 200-10-10", "380 44 200 10 10"])
def test_a_number_twice_however_it_is_written(as_, cast, number):
    form = {"number": number, "trunk": cast.trunk.id, "label": "", "language": ""}
    answer = as_("coordinator").post(f"/shops/{cast.soap.id}/dids/new", data=form)
    assert "уже належить" in fault_of(answer, "number")


def test_a_number_that_ended_may_be_given_again_and_a_change_is_an_end_and_a_start(as_, cast):
    browser = as_("coordinator")
    browser.post(f"/dids/{cast.did.id}/end")
    form = {"number": "044 200 10 10", "trunk": cast.trunk.id, "label": "новий сайт", "language": "ru"}
    assert browser.post(f"/shops/{cast.soap.id}/dids/new", data=form).status_code == 302
    moved = Did.get(Did.number == "+380442001010", Did.ends_at.is_null())
    assert moved.shop == cast.soap
    browser.post(f"/shops/{cast.soap.id}/dids/new?replaces={moved.id}", data={**form, "label": "листівка"})
    old, new = Did.select().where(Did.number == "+380442001010", Did.shop == cast.soap).order_by(Did.id)
    assert (old.label, old.ends_at) == ("новий сайт", new.starts_at) and new.label == "листівка"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("addresses", "", "Без адреси"),
        ("addresses", "203.0.113.300", "не адреса"),
        ("addresses", "0.0.0.0/0", "заширока"),
        ("name", "", "Це поле"),
        ("name", "Київстар, Київ", "зайнята"),
        ("port", "70000", "Порт"),
        ("host", "sip provider\nallow=all", "не адреса"),
        ("username", "a;b", "латинські"),
        ("secret", 'x"y', "латинські"),
    ],
)
def test_a_trunk_that_would_not_work(as_, cast, field, value, said):
    answer = as_("coordinator").post("/trunks/new", data={**TRUNK, field: value})
    assert said in fault_of(answer, field)
    assert "Вега" in answer.text or field == "name"
    assert Trunk.select().count() == 1


def test_a_trunk_that_registers_needs_its_server_and_account(as_, cast):
    answer = as_("coordinator").post("/trunks/new", data={**TRUNK, "kind": "registration", "addresses": ""})
    assert "Без адреси" in fault_of(answer, "host")
    assert fault_of(answer, "username") and fault_of(answer, "secret")


def test_an_address_belongs_to_one_trunk_only(as_, cast):
    browser = as_("coordinator")
    assert browser.post("/trunks/new", data=TRUNK).status_code == 302
    answer = browser.post(
        "/trunks/new", data={**TRUNK, "name": "Інший", "host": "sip.x.ua", "addresses": "203.0.113.0/28"}
    )
    assert "іншому транку" in fault_of(answer, "addresses")


def test_a_trunks_secret_is_never_shown_and_stays_when_nothing_is_typed(as_, cast):
    browser = as_("coordinator")
    assert cast.trunk.secret not in browser.get(f"/trunks/{cast.trunk.id}").text
    form = {**TRUNK, "kind": "registration", "host": "sip2.provider.ua", "username": "380440000000", "addresses": ""}
    assert browser.post(f"/trunks/{cast.trunk.id}", data=form).status_code == 302
    saved = Trunk.get_by_id(cast.trunk.id)
    assert (saved.host, saved.secret) == ("sip2.provider.ua", cast.trunk.secret)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("18:00–9:00", "після початку"),
        ("9–13, 12–18", "перетинаються"),
        ("зранку", "Пишіть час"),
        ("9–25", "Пишіть час"),
    ],
)
def test_hours_that_make_no_sense(as_, cast, typed, said):
    answer = as_("owner").post("/shops/1/hours", data={"day0": "10–19", "day2": typed})
    assert said in fault_of(answer, "day2")
    assert 'value="10–19"' in answer.text and f'value="{typed}"' in answer.text
    assert WeekHours.get(WeekHours.shop == cast.tea, WeekHours.weekday == 0).opens_minute == 540


def test_hours_are_kept_as_they_are_meant(as_, cast):
    typed = {"day0": "9-18", "day1": "09:00–13:00, 14:00–18:30", "day6": "22:00–24:00"}
    assert as_("owner").post("/shops/1/hours", data=typed).status_code == 302
    kept = WeekHours.select(WeekHours.weekday, WeekHours.opens_minute, WeekHours.closes_minute)
    assert list(kept.where(WeekHours.shop == cast.tea).order_by(WeekHours.id).tuples()) == [
        (0, 540, 1080), (1, 540, 780), (1, 840, 1110), (6, 1320, 1440)]  # fmt: skip


def test_a_day_that_has_its_own_hours_already_or_is_over(as_, cast):
    HoursException.create(shop=cast.tea, on_date="2030-12-25")
    browser = as_("owner")
    again = browser.post("/shops/1/hours/exceptions", data={"on": "2030-12-25", "hours": "", "note": "Різдво"})
    assert "вже має" in fault_of(again, "on") and "Різдво" in again.text
    assert "минула" in fault_of(browser.post("/shops/1/hours/exceptions", data={"on": "2020-12-25"}), "on")


def draft(cast, *keys: tuple[str, str], **more) -> dict:
    """A draft's form with these keys: (key, kind)."""
    greeting = Prompt.get(Prompt.shop == cast.tea, Prompt.label == "Вітання").id
    form = {"greeting": greeting, "repeats": 2, "do": "publish", **more}
    for index, (key, kind) in enumerate(keys):
        form |= {f"o-{index}-key": key, f"o-{index}-kind": kind, f"o-{index}-label": f"Клавіша {key}"}
    return form


def flaws(answer) -> list[str]:
    assert answer.status_code == 422
    return [unescape(text) for text in re.findall(r'class="fault">([^<]+)', answer.text)]


def test_a_menu_without_a_way_to_the_operator(as_, cast):
    answer = as_("owner").post("/shops/1/menu/draft", data=draft(cast, ("1", "callback")))
    assert any("знайти оператора" in flaw for flaw in flaws(answer))
    assert "Клавіша 1" in answer.text and Menu.select().where(Menu.status == "draft").count() == 0


def test_two_options_on_one_key(as_, cast):
    form = draft(cast, ("1", "operator"), ("1", "callback"), do="save")
    answer = as_("owner").post("/shops/1/menu/draft", data=form)
    assert len(flaws(answer)) == 1 and "вже кудись веде" in flaws(answer)[0]


def test_a_key_that_tells_something_needs_a_prompt_and_a_date_is_a_date(as_, cast):
    form = draft(cast, ("1", "operator"), ("2", "information"), announcement_until="завтра")
    answer = as_("owner").post("/shops/1/menu/draft", data=form)
    assert len(flaws(answer)) == 2 and 'value="завтра"' in answer.text


def test_another_shops_prompt_is_no_prompt(as_, cast):
    foreign = Prompt.create(shop=cast.soap, label="Чуже")
    answer = as_("owner").post("/shops/1/menu/draft", data=draft(cast, ("1", "operator"), greeting=foreign.id))
    assert len(flaws(answer)) == 1


def test_adding_and_taking_out_a_key_keeps_what_was_typed_and_saves_nothing(as_, cast):
    browser, form = as_("owner"), draft(cast, ("1", "operator"), ("2", "menu"))
    more = browser.post("/shops/1/menu/draft", data={**form, "do": "add:1"}).text
    assert 'name="o-1-0-key" value="1"' in more and "Клавіша 2" in more
    less = browser.post("/shops/1/menu/draft", data={**form, "do": "remove:0"}).text
    assert 'value="Клавіша 1"' not in less and 'name="o-0-key" value="2"' in less
    assert not Menu.select().where(Menu.status == "draft").exists()


def test_a_good_menu_is_published_and_the_one_before_it_retired(as_, cast):
    form = draft(cast, ("1", "operator"), ("3", "callback"))
    assert as_("owner").post("/shops/1/menu/draft", data=form).status_code == 302
    assert [option.key for option in menus.read(menus.published(cast.tea)).options] == ["1", "3"]
    assert Menu.select().where(Menu.shop == cast.tea, Menu.status == "retired").count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ not a sound", "greeting.mp3"), (b"#EXTM3U\nhttp://evil", "list.wav"), (b"", "empty.wav")],
)
def test_a_prompt_that_is_no_audio(as_, cast, settings, content, name):
    form = {"label": "Вітання 2", "language": "uk", "file": (io.BytesIO(content), name)}
    answer = as_("owner").post("/shops/1/prompts/new", data=form)
    assert fault_of(answer, "file") and "Вітання 2" in answer.text
    assert not Prompt.select().where(Prompt.label == "Вітання 2").exists()
    assert len(list(settings.prompts_dir.rglob("*"))) == 5  # the seed's folder and four sounds, nothing left behind


def test_a_prompt_with_neither_file_nor_text_or_with_both(as_, cast):
    browser, form = as_("owner"), {"label": "Нове", "language": "uk"}
    assert fault_of(browser.post("/shops/1/prompts/new", data=form), "file")
    both = {**form, "text": "Вітаємо", "file": (io.BytesIO(b"RIFF"), "a.wav")}
    answer = browser.post("/shops/1/prompts/new", data=both)
    assert fault_of(answer, "text") and "Вітаємо" in answer.text


def test_a_prompt_a_menu_plays_is_not_removed(as_, cast):
    greeting = Prompt.get(Prompt.label == "Вітання")
    assert as_("owner").post(f"/prompts/{greeting.id}/remove").status_code == 422
    assert Prompt.get_or_none(Prompt.id == greeting.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "Чайна лавка"), ("colour", "red"), ("timezone", "Kyiv"), ("short_call_seconds", "900"),
        ("cap_concurrent", "0"), ("allowed_destinations", []), ("last_resort_number", "0900 12 34 56"),
        ("starts_on", "вчора"),
    ],
)  # fmt: skip
def test_a_shop_that_makes_no_sense(as_, cast, field, value):
    answer = as_("coordinator").post("/shops/new", data={**SHOP, field: value})
    assert answer.status_code == 422 and 'class="fault"' in answer.text
    assert Shop.select().count() == 2


def test_a_shop_whose_last_resort_is_a_mobile_needs_its_number(as_, cast):
    answer = as_("coordinator").post("/shops/new", data={**SHOP, "last_resort": "mobile"})
    assert "Який мобільний" in fault_of(answer, "last_resort_number")


def test_an_owner_can_not_lift_his_shops_limits(as_, cast):
    assert as_("owner").post("/shops/1", data={**SHOP, "cap_concurrent": "9"}).status_code == 302
    saved = Shop.get_by_id(1)
    assert (saved.name, saved.cap_concurrent) == ("Свічки", 2)


def test_a_person_twice_and_an_owner_of_nothing(as_, cast):
    form = {"name": "Олена", "email": "OLENA@tea.example", "kind": "operator", "shop": "0", "language": "uk"}
    browser = as_("coordinator")
    assert "вже є" in fault_of(browser.post("/people/new", data=form), "email")
    nobody = browser.post("/people/new", data={**form, "email": "new@tea.example", "kind": "owner"})
    assert "крамницю" in fault_of(nobody, "shop")
    assert not User.select().where(User.email == "new@tea.example").exists()


def test_the_union_keeps_its_last_coordinator(as_, cast):
    answer = as_("coordinator").post(f"/people/{cast.coordinator.id}/deactivate")
    assert answer.status_code == 422 and as_("coordinator").get("/people").status_code == 200


def test_a_password_and_a_telephone_are_shown_once(as_, cast):
    browser = as_("coordinator")
    for address, field in (("password", "password_hash"), ("phone", "")):
        shown = re.findall(r'class="secret">([^<]+)', browser.post(f"/people/{cast.operator.id}/{address}").text)
        assert shown and shown[-1] not in browser.get(f"/people/{cast.operator.id}").text
        assert not field or shown[-1] != getattr(User.get_by_id(cast.operator.id), field)


def test_nonsense_in_an_address_is_no_failure(as_, cast):
    seed.calls(cast)
    for query in ("day=nonsense&group=x&did=y&before=z", "before=999999", "day=2026-02-30", "group=missed&did=1"):
        assert as_("owner").get(f"/shops/1/calls?{query}").status_code == 200
