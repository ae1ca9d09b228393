"""The letter of an order, as a mail server receives it: enough alone, in the owner's language, once."""

from __future__ import annotations

import pytest

from mail import orders as letters
from mail import outbox
from models import Outbox, User, utcnow
from tests.web import seed
from union import audit, people


@pytest.fixture
def order(settings):
    cast = seed.union(settings.prompts_dir)
    seed.calls(cast)
    partner = User.create(name="Other", email="partner@tea.example", password_hash="x", language="en")
    people.give_role(partner, "owner", cast.tea, audit.BOX)
    seed.orders(cast)
    return cast.tea.orders.where(cast.tea.orders.model.number == 8).get()


def link(order) -> str:
    return f"https://spilka.example/shops/{order.shop_id}/orders/{order.number}"


def received(post, order, settings) -> dict:
    for _ in range(2):  # asked for twice, sent once
        letters.send(order, link, settings)
        outbox.send_due(utcnow(), settings)
    return {mail["To"]: mail for mail in post.mails}


def test_each_owner_receives_one_letter_which_is_enough_alone(post, order, settings):
    mails = received(post, order, settings)
    assert set(mails) == {"olena@tea.example", "partner@tea.example"} and len(post.mails) == 2
    text = mails["partner@tea.example"].get_body(("plain",)).get_content()
    for needed in (order.customer_name, "093 111 2233", "Да Хун Пао", "2 × 450.50", "Together: 2,021.00", "Нова пошта 12",
                   "після 18:00", "Ірина Мороз", "сайт", link(order)):  # fmt: skip
        assert needed in text
    html = mails["partner@tea.example"].get_body(("html",)).get_content()
    assert 'href="tel:+380931112233"' in html and "2,021.00" in html and link(order) in html
    assert "№ 8" in mails["partner@tea.example"]["Subject"]


def test_each_reads_it_in_his_own_language(post, order, settings):
    mails = received(post, order, settings)
    assert "Замовлення № 8" in mails["olena@tea.example"]["Subject"]
    assert "2 021,00" in mails["olena@tea.example"].get_body(("plain",)).get_content().replace("\xa0", " ")


def test_what_a_customer_is_called_cannot_become_markup(post, order, settings):
    order.customer_name = "<b>x</b>"
    order.save()
    html = received(post, order, settings)["olena@tea.example"].get_body(("html",)).get_content()
    assert "&lt;b&gt;x" in html and Outbox.select().count() == 2
