"""Trunks: the connections to telephone providers. What is accepted here goes into Asterisk's configuration,
so every text has a narrow alphabet, and an address belongs to one trunk only: it is what a call is known by.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from peewee import IntegrityError, ModelSelect

from models import Did, Trunk, database
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if

HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63})*)", re.ASCII)
USERNAME = re.compile(r"[A-Za-z0-9._+@-]{1,80}", re.ASCII)
SECRET = re.compile(r"[!#-:<-Z^-~]{1,128}", re.ASCII)  # printable, without space " ; [ \ ]
WIDEST = {4: 16, 6: 48}  # shorter prefixes would let half the world in
FORMS = ("plus", "bare", "national")


def every() -> ModelSelect:
    """The union's own trunks; number 0 is a test call's, and there only while it lasts."""
    return Trunk.select().where(Trunk.id > 0)


def add(values: dict, by: Actor) -> Trunk:
    """A new trunk. Raises Refused."""
    values = checked(values)
    try:
        with database.atomic():
            _refuse_taken_addresses(values["addresses"])
            trunk = Trunk.create(**values)
            audit.note(by, "trunk.create", f"trunk:{trunk.id}", detail=trunk.name)
            return trunk
    except IntegrityError:
        raise Refused(name="name_taken")


def update(trunk: Trunk, values: dict, by: Actor) -> None:
    """Change a trunk; an empty secret keeps the one it has. Raises Refused."""
    if not values.get("secret"):
        values = {**values, "secret": trunk.secret}
    values = checked(values)
    try:
        with database.atomic():
            _refuse_taken_addresses(values["addresses"], trunk)
            refuse_if(called_number_in=_single_fault(trunk, values["called_number_in"]))
            if altered := audit.changes(trunk, values, hidden=frozenset({"secret"})):
                Trunk.update(**values).where(Trunk.id == trunk.id).execute()
                audit.note(by, "trunk.update", f"trunk:{trunk.id}", detail=altered)
    except IntegrityError:
        raise Refused(name="name_taken")


def checked(values: dict) -> dict:
    """values as they are kept, addresses in their plain form. Raises Refused."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    by_registration = values["kind"] == "registration"
    refuse_if(
        name=None if values["name"] else "missing",
        host=_host_fault(values["host"], needed=by_registration or "/" in values["addresses"]),
        port=None if values["port"] and 0 < values["port"] < 65536 else "port_wrong",
        username=_text_fault(
            values["username"], USERNAME, needed=by_registration or values["outgoing_caller_id"] == "username"
        ),
        secret=_text_fault(values["secret"], SECRET, needed=by_registration),
        addresses=_addresses_fault(values["addresses"], needed=not by_registration),
        number_forms=None if set(values["number_forms"].split()) & set(FORMS) else "choose_one",
    )
    networks = list(_networks(values["addresses"]))
    return {**values, "addresses": " ".join(map(_plain, networks)), "host": values["host"] or _plain(networks[0])}


def _host_fault(host: str, needed: bool) -> str | None:
    if not host:
        return "address_missing" if needed else None
    return None if _is_host(host) else "address_wrong"


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        # digits and dots alone would be an address, and this one is none
        return bool(HOST.fullmatch(text)) and not re.fullmatch(r"[0-9.]+", text)
    return True


def _text_fault(text: str, alphabet: re.Pattern, needed: bool) -> str | None:
    if not text:
        return "missing" if needed else None
    return None if alphabet.fullmatch(text) else "characters_wrong"


def _addresses_fault(text: str, needed: bool) -> str | None:
    if not text.strip():
        return "address_missing" if needed else None
    try:
        networks = list(_networks(text))
    except ValueError:
        return "address_wrong"
    return "address_wide" if any(net.prefixlen < WIDEST[net.version] for net in networks) else None


def _networks(text: str) -> Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return (ipaddress.ip_network(word, strict=False) for word in text.replace(",", " ").split())


def _plain(network) -> str:
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _refuse_taken_addresses(addresses: str, own: Trunk | None = None) -> None:
    wanted = list(_networks(addresses))
    for other in Trunk.select().where(Trunk.is_active, Trunk.id != (own.id if own else 0)):
        theirs = list(_networks(other.addresses))
        if any(a.version == b.version and a.overlaps(b) for a in wanted for b in theirs):
            raise Refused(addresses="address_taken")


def _single_fault(trunk: Trunk, called_number_in: str) -> str | None:
    numbers = Did.select().where(Did.trunk == trunk, Did.ends_at.is_null()).count()
    return "trunk_has_more" if called_number_in == "single" and numbers > 1 else None
