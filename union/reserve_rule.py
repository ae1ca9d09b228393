"""When the reserve and the owners' mobiles help: one rule of the union, set by the coordinator."""

from __future__ import annotations

from models import Union, database
from union import audit
from union.audit import Actor

FIELDS = ("reserve_after_seconds", "reserve_line_length", "mobile_after_seconds")


def set_rule(values: dict[str, int], by: Actor) -> None:
    """Change the rule; it counts from the next look at the line."""
    with database.atomic():
        Union.update({name: values[name] for name in FIELDS}).where(Union.id == 1).execute()
        audit.note(by, "union.update", "union:1", detail=" ".join(f"{name}={values[name]}" for name in FIELDS))
