"""The house that call facts need: two shops behind a trunk, an operator and a trainee, and settings of a test's own.

Ids are those of the recorded rows: shop and DID 1 (tea), 2 (soap), 3 (tools), operator 1, trainee 2.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import models
import settings as settings_module
from calls import callbacks
from models import Callback
from tests.calls.owed import NOON, a_call, at, ended

TEA, SOAP, TOOLS = "+380442000001", "+380442000002", "+380442000003"


@pytest.fixture
def settings(tmp_path):
    return settings_module.load(
        {
            "SPILKA_SECRET_KEY": "k" * 32,
            "SPILKA_AMI_SECRET": "a" * 16,
            "SPILKA_DATA_DIR": str(tmp_path / "data"),
            "SPILKA_PBX_DIR": str(tmp_path / "pbx"),
        }
    )


@pytest.fixture
def house(db, settings):
    """The small cast's rows, in the database."""
    settings.cel_dir.mkdir(parents=True)
    return furnish()


def furnish() -> SimpleNamespace:
    """Create the cast in the open database."""
    queue = models.Queue.create(name="line")
    trunk = models.Trunk.create(name="provider", addresses="127.0.0.10", host="127.0.0.10")
    shops = [models.Shop.create(name=name, queue=queue) for name in ("Чай", "Мило", "Інструменти")]
    dids = [
        models.Did.create(number=number, shop=shop, trunk=trunk)
        for number, shop in zip((TEA, SOAP, TOOLS), shops, strict=True)
    ]
    operator, trainee = (
        models.User.create(email=f"{name}@example.com", name=name, password_hash="x") for name in ("Оля", "Таня")
    )
    return SimpleNamespace(
        tea=shops[0], soap=shops[1], tools=shops[2], dids=dids, trunk=trunk, operator=operator, trainee=trainee
    )


@pytest.fixture
def missed(house, settings):
    """An open callback of the tea shop, claimed by the operator at noon, while facts arrive."""
    models.IngestMark.create(id=1, ticked_at=at(1))
    ended(house, settings, a_call(house))
    callback = Callback.get()
    callbacks.claim(callback, house.operator, NOON, settings)
    return callback


@pytest.fixture
def hours(house):
    """The tea shop, alone here, is open on working days from 8 to 20; operators work from 9 to 18."""
    for others in (
        models.Did.delete().where(models.Did.shop != house.tea),
        models.Shop.delete().where(models.Shop.id != house.tea),
    ):
        others.execute()
    models.Union.create(id=1, name="Спілка")
    for weekday in range(5):
        models.WeekHours.create(shop=house.tea, weekday=weekday, opens_minute=480, closes_minute=1200)
        models.WeekHours.create(shop=None, weekday=weekday, opens_minute=540, closes_minute=1080)
    return house
