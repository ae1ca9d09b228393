"""Two shops that must never see each other, and who may speak for them."""

from __future__ import annotations

import pytest

from models import Queue, Shop, User
from union.audit import Actor


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
