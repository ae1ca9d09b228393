"""DIDs: the numbers shops answer. Dated, never edited: a change ends one row and starts the next at the same instant,
so that a call of last month still belongs to the shop and the label it was made to.
"""

from __future__ import annotations

from peewee import IntegrityError

from models import Did, Shop, Trunk, database, utcnow
from settings import LANGUAGES
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if


def open_dids():
    """The numbers answered now."""
    return Did.select().where(Did.ends_at.is_null())


def start(
    shop: Shop,
    number: str | None,
    trunk: Trunk | None,
    label: str,
    language: str,
    by: Actor,
    replaces: Did | None = None,
) -> Did:
    """Answer number (E.164; None if it was none) for shop from now; `replaces` ends at this instant. Raises Refused."""
    refuse_if(
        number=None if number else "number_wrong",
        trunk=None if trunk else "missing",
        language=None if language in ("", *LANGUAGES) else "unknown",
    )
    now = utcnow()
    try:
        with database.atomic():
            if replaces:
                _end(replaces, now)
            refuse_if(trunk=_trunk_fault(trunk))
            did = Did.create(
                shop=shop, number=number, trunk=trunk, label=label.strip(), language=language, starts_at=now
            )
            action = "did.change" if replaces else "did.create"
            audit.note(by, action, f"did:{did.id}", shop=shop, detail=f"{number} {did.label}".strip())
            return did
    except IntegrityError:
        raise Refused(number="number_taken")


def end(did: Did, by: Actor) -> None:
    """Stop answering a number from now; calling it then gets 404."""
    with database.atomic():
        if _end(did, utcnow()):
            audit.note(by, "did.end", f"did:{did.id}", shop=did.shop, detail=did.number)


def _end(did: Did, at) -> int:
    return Did.update(ends_at=at).where(Did.id == did.id, Did.ends_at.is_null()).execute()


def _trunk_fault(trunk: Trunk) -> str | None:
    """A trunk that names no number serves exactly one DID."""
    taken = trunk.called_number_in == "single" and open_dids().where(Did.trunk == trunk).exists()
    return "trunk_single_taken" if taken else None
