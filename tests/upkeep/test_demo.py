"""The demonstration is a union like any other: made by the rules, its calls folded from call events."""

from __future__ import annotations

import datetime as dt

import pytest

import models
import settings
from calls import callbacks, ingest, menus
from models import Attempt, Call, Callback, Did, IngestMark, Leg, Order, OrderChange, Shop
from orders import order_list, orders, scripts, search
from union import shops
from upkeep import demo, demo_calls, demo_orders

NOW = dt.datetime(2026, 11, 20, 16, 0, tzinfo=dt.UTC)  # a Friday evening in Kyiv
DAYS = 4


@pytest.fixture(scope="module")
def box(tmp_path_factory) -> settings.Settings:
    folder = tmp_path_factory.mktemp("demo")
    return settings.load({
        "SPILKA_DATA_DIR": str(folder), "SPILKA_PBX_DIR": str(folder / "pbx"), "SPILKA_ASTERISK_ROOT": "/nowhere",
        "SPILKA_SECRET_KEY": "s" * 32, "SPILKA_AMI_SECRET": "a" * 16,
    })  # fmt: skip


@pytest.fixture(scope="module")
def union(box) -> demo.Demo:
    """The union with some days of calls, made once: no test here changes it."""
    return fill(box, "spilka.db")


def fill(box: settings.Settings, name: str) -> demo.Demo:
    models.database.init(str(box.data_dir / name))
    with models.database.connection_context():
        models.database.create_tables(models.TABLES)
        union = demo.found(box, NOW.date())
        assert demo_calls.play(union, box, NOW, DAYS) == Call.select().where(Call.direction == "in").count()
        assert demo_orders.play(union, NOW) == Order.select().count()
    return union


@pytest.fixture
def made(union, box):
    models.database.init(str(box.data_dir / "spilka.db"))
    models.database.connect()
    yield union
    models.database.close()


def facts() -> list[tuple]:
    return list(Call.select().order_by(Call.key).tuples()) + list(Leg.select().order_by(Leg.id).tuples())


def test_every_call_is_exactly_what_its_events_say(made):
    before = facts()
    assert ingest.rebuild() == Call.select().count()
    assert facts() == before
    assert IngestMark.get().torn_rows == 0


def test_calls_end_in_every_ordinary_way_and_none_breaks_a_rule_of_the_fold(made):
    endings = {ending for (ending,) in Call.select(Call.ending).distinct().tuples()}
    assert endings >= {"answered", "abandoned_greeting", "abandoned_menu", "closed", "informed", "asked_callback"}
    assert "" not in endings
    assert not Call.select().where(Call.flags != "").exists()
    assert not Call.select().where(Call.arrived_at >= NOW).exists()
    assert {call.operator for call in Call.select().where(Call.operator.is_null(False))} == {
        made.operator,
        made.trainee,
    }


def test_nobody_speaks_with_two_customers_at_once(made):
    for person in (made.operator, made.trainee):
        legs = Leg.select().where(Leg.user == person, Leg.answered_at.is_null(False)).order_by(Leg.answered_at)
        incoming = [leg for leg in legs if leg.call.direction == "in"]
        assert len(incoming) > 3
        assert all(a.ended_at < b.rang_at for a, b in zip(incoming, incoming[1:], strict=False))


def test_missed_customers_were_called_back_and_the_last_of_today_are_still_on_the_list(made):
    assert Callback.select().where(Callback.closed_because == "talked").count() > 5
    assert not Attempt.select().where(Attempt.ended_at.is_null()).exists()
    still_owed = list(Callback.select().where(Callback.closed_at.is_null()))
    assert still_owed
    assert all(callbacks.claim_of(callback) is None for callback in still_owed)


def test_each_shop_has_a_published_menu_whose_every_prompt_is_spoken(made, box):
    for shop in Shop.select():
        tree = menus.read(menus.published(shop))
        assert {option.kind for option in tree.options} == {"operator", "information", "callback"}
        for sound in models.PromptSound.select().join(models.Prompt).where(models.Prompt.shop == shop):
            assert (box.prompts_dir / str(shop.id) / f"{sound.file}.wav").stat().st_size > 8000


def test_a_box_that_has_a_union_is_left_alone(made, box):
    with pytest.raises(demo.NotEmpty):
        demo.found(box, NOW.date())
    assert Shop.select().count() == 20


def test_the_calls_are_the_same_for_everybody(made, box):
    def story():
        return sorted(Call.select(Call.arrived_at, Call.customer, Call.ending, Call.talk_seconds).tuples())

    first = story()
    (box.cel_dir / "cel.csv").unlink()
    models.database.close()
    fill(box, "again.db")
    models.database.connect()
    assert story() == first


def test_every_shop_has_a_script_and_cards_that_are_found(made):
    for name, wanted in (("tea", "піали"), ("soap", "милом"), ("tools", "шурупокрута")):
        shop = made.shops[name]
        assert {step.part for step in scripts.steps(scripts.latest(shop))} == set(scripts.PARTS)
        found = search.cards(shop, wanted)
        assert found and {card.shop for card in found} == {shop}


def test_the_smaller_shops_ring_now_and_then_and_who_has_left_does_not(made):
    rung = {shop_id for (shop_id,) in Call.select(Call.shop).distinct().tuples()}
    assert len(rung & {shop.id for shop in made.smaller.values()}) > 5
    assert not rung & {shop.id for shop in made.left}
    assert {shop.name for shop in made.left} == {shop.name for shop in Shop.select() if shops.has_left(shop, NOW)}
    assert not Did.select().where(Did.shop.in_(made.left), Did.ends_at.is_null()).exists()


def test_orders_are_believable_and_on_their_way(made):
    placed = list(Order.select())
    assert {order.state for order in placed} >= {"new", "confirmed", "sent", "delivered", "cancelled"}
    assert all(
        order.sum_minor == sum(line.quantity * line.price_minor for line in orders.lines(order)) for order in placed
    )
    assert all(Call.get(Call.key == order.call_key).ended_at > order.placed_at for order in placed)
    assert OrderChange.select().where(OrderChange.at >= NOW).count() == 0
    for shop in made.shops.values():
        found = order_list.orders(shop, order_list.Filter(), 1000)
        assert [order.number for order in found] == list(range(len(found), 0, -1)) and len(found) > 3
