"""Two shops that must never see each other, and the small union with a call on the operator's desk."""

from __future__ import annotations

import datetime as dt

import pytest

import settings as spilka
from models import Call, Leg, Queue, Shop, User
from orders import orders
from orders.typed import Typed, TypedLine
from tests.web import seed
from union.audit import Actor

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
TEA = TypedLine("Да Хун Пао, 100 г", "2", "450,50")
CUP = TypedLine("Піала", "", "120")
TYPED = Typed("Ганна Петренко", (TEA, CUP, TypedLine()), "Нова пошта 12, Львів", "дзвонити після 18")


@pytest.fixture
def settings(tmp_path):
    return spilka.Settings(data_dir=tmp_path, secret_key="s" * 32, ami_secret="a" * 16)


@pytest.fixture
def cast(db, tmp_path):
    return seed.union(tmp_path)


@pytest.fixture
def origin(cast):
    """A customer talks with the operator of the tea shop."""
    call = Call.create(key="1.1", direction="in", shop=cast.tea, did=cast.did, customer=seed.CUSTOMERS[0],
                       arrived_at=NOW, answered_at=NOW, operator=cast.operator, ending="answered",
                       ended_at=NOW + dt.timedelta(minutes=2))  # fmt: skip
    Leg.create(call=call, uniqueid="1.2", party="operator", user=cast.operator, rang_at=NOW)
    return orders.Origin(cast.tea, "1.1", cast.did, cast.operator, seed.CUSTOMERS[0])


@pytest.fixture
def place(cast, origin):
    """place(at): one more order of the tea shop, placed then."""

    def placed(at: dt.datetime = NOW, of: orders.Origin = origin, typed: Typed = TYPED):
        draft = orders.save_draft(of, orders.new_token(), typed, at)
        assert orders.place(draft, Actor(of.operator), at)
        return type(draft).get_by_id(draft.id)

    return placed


# --- what is said and known ------------------------------------------------------------------------------------


@pytest.fixture
def shops(db):
    """The tea shop and the soap shop."""
    queue = Queue.create(name="line")
    return Shop.create(name="Чай", queue=queue), Shop.create(name="Мило", queue=queue)


@pytest.fixture
def tea(shops):
    return shops[0]


@pytest.fixture
def owner(db):
    return Actor(User.create(email="olena@tea.example", name="Олена", password_hash="x"))
