"""What a shop sees of its money: statements, the month so far, where each sum comes from; and nobody else's."""

from __future__ import annotations

import csv
import io
import re

import pytest

from ledger import accounts, charged, months, statements
from models import Share, Shop, Statement, utcnow
from tests.web import seed, seed_money
from union.audit import BOX

HOME = "/shops/1/statements"
OWN = {
    "name": "Чайна лавка", "colour": "#2f855a", "language": "uk", "timezone": "Europe/Kyiv", "last_resort": "message",
    "last_resort_number": "", "short_call_seconds": "5", "recording_days": "90",
}  # fmt: skip


@pytest.fixture
def filled(cast, settings):
    seed.calls(cast)
    seed_money.books(cast, settings)
    return cast


@pytest.fixture
def owner(as_, filled):
    return as_("owner")


def words(page: str) -> str:
    """The text of a page, spaces made plain."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\u2212", "-")


def test_the_latest_statement_says_what_to_pay_by_when_and_by_what_each_sum_was_shared(owner, filled):
    text = words(owner.get(HOME).text)
    assert f"{accounts.owed_by(filled.tea) // 100 % 1000}," in text
    assert re.search(r"41 \S+ 53", text), "the calls of the shop and of all"
    assert text.count("3 218,58") == 3, "to pay, after the last line, closing"


def test_the_running_balance_of_the_page_is_the_ledgers(owner, filled):
    statement = statements.find(filled.tea, months.at(utcnow()).back(1).first)
    page = words(owner.get(HOME).text)
    places = [page.find(written(line.balance_minor)) for line in statements.lines(statement)]
    assert -1 not in places


def written(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}".replace(",", " ") + f",{abs(minor) % 100:02}"


def test_a_payment_that_came_after_the_close_lowers_what_is_to_pay_and_stands_below(owner, filled):
    before = accounts.owed_by(filled.tea)
    seed_money.pay(filled.tea, 100_000, months.today(utcnow()), BOX, "частина боргу")
    text = words(owner.get(HOME).text)
    assert written(before - 100_000) in text and "частина боргу" in text


def test_each_closed_month_is_in_the_picker_and_opens(owner):
    page = owner.get(HOME).text
    found = re.findall(rf'href="({HOME}/\d{{4}}-\d\d)"', page)
    assert sorted(set(found)) == sorted({f"{HOME}/{seed_money.month_word(back)}" for back in (1, 2)})
    assert all(owner.get(address).status_code == 200 for address in found)


@pytest.mark.parametrize("month", ["2026-13", "x", "1999-01", "2026-1-1", "so-near"])
def test_a_month_without_a_statement_is_not_found(owner, month):
    assert owner.get(f"{HOME}/{month}").status_code == 404


def test_where_a_sum_comes_from_shows_every_part_and_no_other_shops_name(owner, filled):
    share = Share.select().where(Share.shop == filled.tea, Share.weight == 41).get()
    page = owner.get(f"{HOME}/shares/{share.id}").text
    text = words(page)
    assert all(written(part.amount_minor) in text for part in share.accrual.shares)
    assert written(share.accrual.cost_minor) in text and filled.soap.name not in page
    assert len(re.findall(r'href="/shops/1/calls/b1-', page)) == 41
    assert "309,45717" in text, "the exact part, before rounding"


def test_the_coordinator_sees_the_sums_and_no_customer(as_, filled):
    share = Share.select().where(Share.shop == filled.tea, Share.weight == 41).get()
    page = as_("coordinator").get(f"{HOME}/shares/{share.id}").text
    assert not any(number[-7:] in re.sub(r"\D", "", page) for number in seed.CUSTOMERS)
    assert len(re.findall(r'href="/shops/1/calls/b1-', page)) == 41


def test_a_share_of_another_shop_does_not_exist(as_, filled):
    theirs = Share.select().where(Share.shop == filled.soap).first()
    for end in ("", ".csv"):
        assert as_("owner").get(f"{HOME}/shares/{theirs.id}{end}").status_code == 404
        assert as_("other_owner").get(f"/shops/2/statements/shares/{theirs.id}{end}").status_code == 200


def test_the_file_of_a_statement_can_be_added_up_and_computes_nothing(as_, filled):
    item = statements.lines(statements.of_shop(filled.tea)[0])[1].share.accrual.item
    type(item).update(name="=2+5").where(type(item).id == item.id).execute()
    text = as_("owner").get(f"{HOME}/{seed_money.month_word(1)}.csv").text.lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[2][1:] == ["Платіж", "", "-4129,90", "-440,89"] or rows[2][3:] == ["-4129,90", "-440,89"]
    assert rows[3][1] == "'=2+5"
    figures = [int(row[3].replace(",", "")) for row in rows[2:-1]]
    assert int(rows[1][4].replace(",", "")) + sum(figures) == int(rows[-1][4].replace(",", ""))


def test_the_file_behind_a_sum_names_every_call(as_, filled):
    share = Share.select().where(Share.shop == filled.tea, Share.weight == 41).get()
    rows = as_("owner").get(f"{HOME}/shares/{share.id}.csv").text.strip().splitlines()
    assert len(rows) == 42 and all("b1-" in row for row in rows[1:])


def test_the_month_so_far_is_told_before_the_first_close(as_, cast):
    seed_money.item("Сервер", "server", 50_000, {"kind": "split", "basis": "equal"}, months.at(utcnow()).first)
    text = words(as_("owner").get(HOME).text)
    assert "250,00" in text and "500,00" in text
    assert not Statement.select().exists(), "looking writes nothing"


def test_a_shop_without_any_cost_is_told_so(as_, cast):
    assert 'class="empty"' in as_("owner").get(HOME).text


def test_an_owner_sees_what_his_own_person_would_cost_beside_his_share(owner, as_, filled):
    assert "25 000,00" not in owner.get(HOME).text
    shop_page = owner.get("/shops/1").text
    assert (
        'name="own_pay_minor"' in shop_page
        and owner.post("/shops/1", data=OWN | {"own_pay_minor": "25 000"}).status_code == 302
    )
    share = charged.of_shop(filled.tea, months.at(utcnow()).back(1))[0]
    line = next(line for line in words(owner.get(HOME).text).split(".") if "25 000,00" in line)
    assert written(share) in line
    assert "25 000,00" in words(owner.get(f"{HOME}/so-far").text)
    assert 'value="25000"' in owner.get("/shops/1").text


def test_what_his_own_person_would_cost_is_nobody_elses_business(owner, as_, filled):
    owner.post("/shops/1", data=OWN | {"own_pay_minor": "25 000"})
    for page in ("/shops/1", HOME, f"{HOME}/so-far", "/journal", "/money"):
        text = words(as_("coordinator").get(page).text).replace("&nbsp;", " ")
        assert not re.search(r"25.?000|2500000", text), page
    limits = {"allowed_destinations": ["ua-mobile"], "cap_concurrent": "2", "cap_minutes_per_day": "60"}
    assert as_("coordinator").post("/shops/1", data=OWN | limits | {"own_pay_minor": "1"}).status_code == 302
    assert Shop.get_by_id(1).own_pay_minor == 2_500_000


@pytest.mark.parametrize("pay", ["багато", "-5", "1,005", "99 999 999"])
def test_pay_that_is_none_is_refused_and_stays_in_its_field(owner, pay):
    answer = owner.post("/shops/1", data=OWN | {"own_pay_minor": pay})
    assert answer.status_code == 422 and f'value="{pay}"' in answer.text and 'id="own_pay_minor-fault"' in answer.text


def test_taking_it_back_ends_the_comparison(owner, filled):
    for pay in ("25 000", ""):
        owner.post("/shops/1", data=OWN | {"own_pay_minor": pay})
    assert Shop.get_by_id(1).own_pay_minor is None
