"""Sixty numbers that must never be dialled: no INVITE reaches the trunk, whoever wrote the wish."""

from __future__ import annotations

import pytest

import models
from calls import attempts, callbacks
from models import Attempt, Callback, utcnow
from tests.flows import cast as people
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, SOAP, TEA, TOOLS

pytestmark = pytest.mark.flow

FOREIGN = [
    "+79161234567", "+48221234567", "+442079460123", "+12125550123", "+4930123456", "+33123456789", "+390612345678",
    "+34911234567", "+40211234567", "+37122123456", "+37061234567", "+3725123456", "+862112345678", "+919812345678",
    "+905321234567", "+995599123456", "+77011234567", "+375291234567", "+37322123456", "+420221234567",
]  # fmt: skip
PREMIUM = [
    "+380900123456", "+380900999999", "+380900500500", "+19005550123", "+18765551234", "+18095551234", "+447012345678",
    "+449098790123", "+979123456789", "+881612345678", "+882161234567", "+883510012345", "+870773123456",
    "+88213123456", "+23222123456",
]  # fmt: skip
SHORT = ["101", "102", "103", "104", "112", "911", "+101", "+112", "1", "0", "380", "+380", "15", "+38044"]
MALFORMED = [
    "", "+", "abc", "+3805011122", "+38050111223344556677", "0501112233", "380501112233", "+380501112233@evil",
    "+380501112233,1", "${SHELL(id)}", "+380 50 111 22 33",
]  # fmt: skip
OWN = [TEA, SOAP, TOOLS, "+380509998877"]
FORBIDDEN = FOREIGN + PREMIUM + SHORT + MALFORMED + OWN


@pytest.fixture
def cast(make_box):
    box = make_box()
    made = people.make(box)
    models.Shop.update(cap_concurrent=1000, last_resort_number=OWN[-1]).execute()
    box.start_asterisk()
    box.start_scheduler()
    made.facts_arrive()
    return made


def callback_to(cast, number: str) -> Callback:
    shop, did, now = cast.shops["tea"], cast.dids["tea"], utcnow()
    return Callback.create(shop=shop, did=did, customer=number, opened_at=now, due_at=now)


def test_no_forbidden_number_is_ever_dialled(cast):
    assert len(FORBIDDEN) == len(set(FORBIDDEN)) >= 60
    trunk, operator = cast.customer(), cast.on_duty(cast.operator, 20, answer=200)
    for number in FORBIDDEN:
        callback = callback_to(cast, number)
        callbacks.claim(callback, cast.operator, utcnow(), cast.box.settings)
        with pytest.raises(callbacks.Refused, match="not_callable"):
            attempts.want(callback, cast.operator, utcnow(), cast.box.settings)
        # as if some page had forgotten to ask
        Attempt.create(public_id=f"{callback.id:016x}", callback=callback, user=cast.operator, customer=number)
    until(lambda: not Attempt.select().where(Attempt.ended_at.is_null()).exists(), 10)
    assert {attempt.result for attempt in Attempt.select()} == {"refused"}
    assert not trunk.happened("incoming") and not operator.happened("incoming")

    callback = callback_to(cast, CUSTOMER)
    callbacks.claim(callback, cast.operator, utcnow(), cast.box.settings)
    attempts.want(callback, cast.operator, utcnow(), cast.box.settings)
    assert trunk.wait("incoming", 6), "the trunk does ring for a number that may be dialled"
