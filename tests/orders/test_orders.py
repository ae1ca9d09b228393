"""Orders by their rules: typed, placed once, moved by its shop, taken back in time, never altered silently."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest

import models
from calls import usage
from models import AuditEntry, Order, OrderChange, OrderCorrection, OrderLine, Outcome
from orders import orders
from orders.typed import Typed, TypedLine
from tests.orders.conftest import CUP, NOW, TEA, TYPED
from tests.web import seed
from union.audit import Actor
from union.faults import Refused

MINUTE = dt.timedelta(minutes=1)
OTHER = "+380931112233"


def refused(action, *arguments) -> dict[str, str]:
    with pytest.raises(Refused) as fault:
        action(*arguments)
    return fault.value.faults


# --- typing and placing ------------------------------------------------------------------------------------------


def test_a_draft_keeps_the_words_as_they_were_typed_wrong_ones_too(cast, origin):
    wrong = Typed("Ган", (TypedLine("чай", "дві", "4,5,0"),), " вул. ", "")
    orders.save_draft(origin, orders.new_token(), wrong, NOW)
    assert Typed.of(orders.draft("1.1", cast.operator)) == wrong


def test_placing_gives_the_shops_next_number_and_integer_sums(cast, place):
    first, second = place(), place()
    assert (first.number, second.number) == (1, 2)
    assert first.sum_minor == 2 * 45050 + 12000
    assert [(line.title, line.quantity, line.price_minor) for line in orders.lines(first)] == [
        (TEA.title, 2, 45050), (CUP.title, 1, 12000),
    ]  # fmt: skip
    assert (first.state, first.placed_at, first.operator, first.did) == ("new", NOW, cast.operator, cast.did)
    assert first.typed == "" and orders.draft("1.1", cast.operator) is None


def test_each_shop_counts_for_itself(cast, place):
    place()
    soap = place(of=orders.Origin(cast.soap, "2.1", None, cast.operator, seed.CUSTOMERS[3]))
    assert soap.number == 1


def test_a_form_sent_twice_is_one_order_and_late_typing_changes_nothing_of_it(cast, origin):
    token, by = orders.new_token(), Actor(cast.operator)
    assert orders.place(orders.save_draft(origin, token, TYPED, NOW), by, NOW)
    assert not orders.place(orders.save_draft(origin, token, Typed("Інша"), NOW), by, NOW)
    assert (Order.select().count(), OrderLine.select().count(), OrderChange.select().count()) == (1, 2, 1)
    assert Order.get().customer_name == TYPED.customer_name


def test_a_form_belongs_to_its_call_and_to_its_operator(cast, origin):
    token = orders.new_token()
    orders.save_draft(origin, token, TYPED, NOW)
    for stranger in (orders.Origin(cast.soap, "1.1", None, cast.operator), orders.Origin(cast.tea, "1.1", None, cast.trainee),
                     orders.Origin(cast.tea)):  # fmt: skip
        assert refused(orders.save_draft, stranger, token, Typed("я"), NOW) == {"token": "form_wrong"}
    assert refused(orders.save_draft, origin, "x", TYPED, NOW) == {"token": "form_wrong"}


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        (Typed(), {"customer_name": "missing", "title-0": "order_without_goods"}),
        (Typed("Ія", (TypedLine("", "3", ""),)), {"title-0": "order_without_goods"}),
        (Typed("Ія", (TypedLine("чай", "", ""),)), {"price-0": "missing"}),
        (Typed("Ія", (TEA, TypedLine("чай", "0", "1,005"))), {"quantity-1": "quantity_wrong", "price-1": "price_wrong"}),
        (Typed("Ія", (TypedLine("", "1", "-5"),)), {"title-0": "missing", "price-0": "price_wrong"}),
        (Typed("Ія", (TypedLine("чай", "9999", "99999999"),)), {"lines": "sum_large"}),
        (Typed("Ія", (TEA,) * 60), {"lines": "order_lines_many"}),
        (Typed("Ія", (TEA,), "я" * 1001), {"delivery": "too_long"}),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_nothing_is_placed(cast, origin, typed, faults):
    draft = orders.save_draft(origin, orders.new_token(), typed, NOW)
    assert refused(orders.place, draft, Actor(cast.operator), NOW) == faults
    assert Order.get().state == "draft" and Typed.of(Order.get()) == typed


def test_orders_placed_at_once_and_twice_bear_numbers_without_a_gap(cast, origin, times):
    count = times(50) * 5
    drafts = [orders.save_draft(origin, orders.new_token(), TYPED, NOW) for _ in range(count)]
    start = threading.Barrier(5)

    def place(mine):
        with models.database.connection_context():
            start.wait()
            for draft in mine:
                orders.place(draft, Actor(cast.operator), NOW)

    threads = [threading.Thread(target=place, args=(drafts[part::5] + drafts[:3],)) for part in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(order.number for order in Order.select()) == list(range(1, count + 1))


def test_a_conversation_with_an_order_came_to_an_order_unless_she_said_otherwise(cast, place):
    place()
    assert [(row.call_key, row.kind, row.user) for row in Outcome.select()] == [("1.1", "order", cast.operator)]
    place()
    assert Outcome.select().count() == 1
    Outcome.create(call_key="2.1", shop=cast.tea, user=cast.operator, kind="advice")
    place(of=orders.Origin(cast.tea, "2.1", cast.did, cast.operator, OTHER))
    assert [row.kind for row in Outcome.select().where(Outcome.call_key == "2.1")] == ["advice"]


# --- the telephone -----------------------------------------------------------------------------------------------


def test_the_telephone_is_the_callers_until_he_dictates_another(cast, origin):
    token = orders.new_token()
    order = orders.dictate(origin, token, "093 111-22-33", NOW)
    assert (order.customer, order.is_dictated) == (OTHER, True)
    order = orders.dictate(origin, token, "", NOW)
    assert (order.customer, order.is_dictated) == (seed.CUSTOMERS[0], False)
    assert not orders.dictate(origin, token, "067 123 09 87", NOW).is_dictated  # it is his own


@pytest.mark.parametrize(
    ("text", "code"),
    [("12", "number_wrong"), ("привіт", "number_wrong"), ("0900 123 456", "number_premium"), ("044 200 10 10", "number_premium")],
)  # fmt: skip
def test_only_a_usual_telephone_that_is_not_ours_is_taken(origin, text, code):
    assert refused(orders.dictate, origin, orders.new_token(), text, NOW) == {"telephone": code}


def test_a_customer_who_withholds_his_number_must_dictate_one(cast):
    withheld = orders.Origin(cast.tea, "w.1", cast.did, cast.operator, None)
    draft = orders.save_draft(withheld, orders.new_token(), TYPED, NOW)
    assert refused(orders.place, draft, Actor(cast.operator), NOW) == {"telephone": "missing"}
    assert orders.place(orders.dictate(withheld, draft.token, OTHER, NOW), Actor(cast.operator), NOW)


# --- its states --------------------------------------------------------------------------------------------------


def test_every_change_is_a_row_with_who_when_and_why(cast, place):
    order, owner = place(), Actor(cast.owner)
    for step, (state, reason) in enumerate((("confirmed", ""), ("sent", "ТТН 20450"), ("returned", " не забрали "))):
        orders.change(order, state, reason, owner, NOW + step * MINUTE)
    assert Order.get().state == "returned"
    told = [(row.state, row.reason, row.user.name, row.at) for row in orders.history(order)]
    assert told == [
        ("new", "", cast.operator.name, NOW), ("confirmed", "", cast.owner.name, NOW),
        ("sent", "ТТН 20450", cast.owner.name, NOW + MINUTE), ("returned", "не забрали", cast.owner.name, NOW + 2 * MINUTE),
    ]  # fmt: skip


@pytest.mark.parametrize("state", orders.NEXT)
def test_an_order_goes_only_where_its_state_leads(cast, place, state):
    order = place()
    for other in (*Order.STATES, "eaten"):
        Order.update(state=state).execute()
        order = Order.get()
        if other in orders.NEXT[state]:
            orders.change(order, other, "бо так", Actor(cast.owner), NOW)
        else:
            assert refused(orders.change, order, other, "бо так", Actor(cast.owner), NOW) == {"state": "order_state"}


def test_a_return_and_a_cancellation_need_a_reason(cast, place):
    order = place()
    assert refused(orders.change, order, "cancelled", "  ", Actor(cast.owner), NOW) == {"reason": "missing"}
    assert Order.get().state == "new"


def test_of_two_who_move_it_at_once_the_second_is_refused(cast, place):
    place()
    one, two = Order.get(), Order.get()
    orders.change(one, "confirmed", "", Actor(cast.owner), NOW)
    assert refused(orders.change, two, "cancelled", "x", Actor(cast.owner), NOW) == {"state": "order_state"}
    assert OrderChange.select().count() == 2


def test_the_last_change_can_be_taken_back_for_a_while_and_once(cast, place, settings):
    order, owner = place(), Actor(cast.owner)
    assert refused(orders.undo, order, owner, NOW, settings) == {"state": "undo_over"}  # not the placing
    orders.change(order, "confirmed", "", owner, NOW)
    assert orders.undoable(order, NOW, settings).state == "confirmed"
    orders.undo(order, owner, NOW + MINUTE, settings)
    assert Order.get().state == "new" and orders.undoable(order, NOW, settings) is None
    orders.change(order, "confirmed", "", owner, NOW + 2 * MINUTE)
    too_late = NOW + (settings.order_undo_minutes + 2) * MINUTE
    assert refused(orders.undo, order, owner, too_late, settings) == {"state": "undo_over"}
    assert [row.undoes_id is not None for row in orders.history(order)] == [False, False, True, False]


# --- corrections -------------------------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_and_says_who(cast, place):
    order = place()
    fixed = Typed("Ганна Петренко", (TypedLine("Піала", "3", "120"),), TYPED.delivery, TYPED.comment)
    assert orders.correct(order, fixed, "067 123 09 87", "95,5", Actor(cast.owner), NOW)
    order, row = Order.get(), OrderCorrection.get()
    assert (order.sum_minor, order.margin_minor) == (36000, 9550)
    before, after = json.loads(row.before), json.loads(row.after)
    assert before["lines"] == [[TEA.title, 2, 45050], ["Піала", 1, 12000]] and after["lines"] == [["Піала", 3, 12000]]
    assert row.user == cast.owner and AuditEntry.select().where(AuditEntry.action == "order.correct").count() == 1
    assert not orders.correct(order, fixed, "067 123 09 87", "95,50", Actor(cast.owner), NOW)


def test_a_wrong_correction_changes_nothing(cast, place):
    order = place()
    faults = refused(orders.correct, order, Typed("", (TEA,)), "12", "багато", Actor(cast.owner), NOW)
    assert faults == {"customer_name": "missing", "telephone": "number_wrong", "margin": "price_wrong"}
    assert orders.snapshot(Order.get()) == orders.snapshot(order) and not OrderCorrection.select().exists()


# --- questions ---------------------------------------------------------------------------------------------------


def test_open_orders_are_those_of_this_customer_with_this_shop_that_are_under_way(cast, origin, place):
    mine, done = place(), place()
    Order.update(state="delivered").where(Order.id == done.id).execute()
    token = orders.new_token()
    orders.save_draft(origin, token, TYPED, NOW)
    for_another = orders.dictate(origin, token, OTHER, NOW)
    orders.place(for_another, Actor(cast.operator), NOW)
    assert [order.id for order in orders.open_orders(cast.tea, seed.CUSTOMERS[0])] == [for_another.id, mine.id]
    assert [order.id for order in orders.open_orders(cast.tea, OTHER)] == [for_another.id]
    assert orders.open_orders(cast.soap, seed.CUSTOMERS[0]) == orders.open_orders(cast.tea, None) == []
    assert orders.name_of(cast.tea, seed.CUSTOMERS[0]) == TYPED.customer_name
    assert orders.name_of(cast.soap, seed.CUSTOMERS[0]) == orders.name_of(cast.tea, OTHER) == ""


def test_usage_counts_what_was_placed_and_what_was_delivered_and_stayed(cast, place, settings):
    day, owner = dt.timedelta(days=1), Actor(cast.owner)
    models.Membership.get_or_create(shop=cast.tea, defaults={"starts_on": NOW.date() - 30 * day})
    kept, back, taken_back, dropped = place(), place(), place(), place()
    place(NOW - day)
    for order in (kept, back, taken_back):
        for state in ("confirmed", "sent", "delivered"):
            orders.change(order, state, "", owner, NOW + MINUTE)
    orders.change(back, "returned", "не забрали", owner, NOW + 2 * MINUTE)
    orders.undo(taken_back, owner, NOW + 2 * MINUTE, settings)
    orders.change(dropped, "cancelled", "передумали", owner, NOW + MINUTE)
    Order.update(margin_minor=700).where(Order.id == kept.id).execute()
    today, before = usage.usage(NOW, NOW + day)[cast.tea.id], usage.usage(NOW - day, NOW)[cast.tea.id]
    assert (today.orders, today.delivered, before.orders, before.delivered) == (3, 1, 1, 0)
    told = {fact.kind: fact for fact in usage.facts(NOW, NOW + day) if fact.kind in ("delivery", "return")}
    assert (told["delivery"].key, told["delivery"].quantity) == (str(kept.id), 700)
    assert (told["return"].key, told["return"].quantity) == (str(back.id), -back.sum_minor)
