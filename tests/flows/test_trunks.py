"""Providers differ in where they put the called number and the caller: each shape reaches its shop."""

from __future__ import annotations

import re

import pytest

import models
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, SOAP, TEA
from tests.flows.sipp import answering, invite

pytestmark = pytest.mark.flow
RUNS = ()  # nobody is signed on and FastAGI is down: the number's shop must be known all the same


def call_in(cast) -> list[str]:
    """[did, shop, presentation, number] of the one call that came in."""
    (extra,) = until(
        lambda: re.findall(r'"USER_DEFINED","CALL_IN".*""extra"":""([^"]*)""', cast.box.cel()), 3, "a CALL_IN"
    )
    return extra.split("|")


def ring(cast, shape: str, called: str = TEA, caller: str = CUSTOMER, host: int = 10, **trunk):
    for name, value in trunk.items():
        setattr(cast.trunk, name, value)
    cast.trunk.save()
    cast.box.reconfigure()
    return invite(cast.box.folder, shape, cast.box.settings.sip_bind, f"{cast.box.net}.{host}", called, caller)


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ("number-in-request", "request"),
        ("number-in-to", "to"),
        ("number-in-p-called-party-id", "p-called-party-id"),
        ("number-in-diversion", "diversion"),
    ],
)
@pytest.mark.parametrize("form", [TEA, TEA[1:], "0" + TEA[4:]])
def test_the_called_number_is_found_where_the_trunk_puts_it(cast, shape, place, form):
    assert ring(cast, shape, called=form, called_number_in=place).code == 0
    assert call_in(cast)[:2] == [str(cast.dids["tea"].id), str(cast.shops["tea"].id)]


def test_a_number_elsewhere_than_the_trunk_says_is_unknown(cast):
    outcome = ring(cast, "number-in-to", called_number_in="p-called-party-id")
    assert outcome.code != 0
    assert "SIP/2.0 404" in outcome.messages
    assert "CALL_IN" not in cast.box.cel()


def test_a_trunk_that_names_no_number_serves_its_one_did(cast):
    for name in ("soap", "tools"):
        cast.dids[name].delete_instance()
    assert ring(cast, "no-number", called_number_in="single").code == 0
    assert call_in(cast)[0] == str(cast.dids["tea"].id)


@pytest.mark.parametrize(
    ("shape", "place"),
    [("anonymous-with-identity", "pai"), ("anonymous-with-identity", "from"), ("private-with-number", "from")],
)
def test_a_caller_who_asks_for_privacy_is_restricted_even_when_his_number_comes_along(cast, shape, place):
    assert ring(cast, shape, caller_in=place).code == 0
    assert "prohib" in call_in(cast)[2]


def test_the_caller_is_taken_from_the_asserted_identity_where_the_trunk_says_so(cast):
    assert ring(cast, "identity-beside-account", caller_in="pai").code == 0
    assert call_in(cast)[3] == CUSTOMER


def test_an_asserted_identity_is_not_believed_from_a_trunk_that_puts_the_caller_in_from(cast):
    assert ring(cast, "identity-beside-account", caller_in="from").code == 0
    assert call_in(cast)[3] == "380445550000"


def test_a_provider_calls_from_any_of_its_addresses(cast):
    net = cast.box.net
    assert ring(cast, "number-in-request", called=SOAP, host=12, addresses=f"{net}.10 {net}.12").code == 0
    assert call_in(cast)[0] == str(cast.dids["soap"].id)


def test_a_trunk_that_registers_is_called_at_the_contact_it_gave(cast):
    box, net = cast.box, cast.box.net
    cast.trunk.update(addresses="").execute()
    registered = models.Trunk.create(
        name="Реєстрація", kind="registration", host=f"{net}.30", username="account77",
        secret="pass;word\\77", called_number_in="to",
    )  # fmt: skip
    models.Did.update(trunk=registered).execute()
    with answering(box.folder, "registrar", f"{net}.30") as log:
        box.reconfigure()
        until(lambda: "Registered" in box.rx("pjsip show registrations"), 15, "registered")  # Asterisk waits up to 10 s
    contact = re.findall(r"Contact: <(sip:[^>]+)>", log.read_text())[-1]
    assert "line=" in contact
    outcome = invite(box.folder, "number-in-to", box.settings.sip_bind, f"{net}.30", TEA[1:], CUSTOMER, uri=contact)
    assert outcome.code == 0, outcome.messages
    assert call_in(cast)[0] == str(cast.dids["tea"].id)
