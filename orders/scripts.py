"""What operators say for a shop: a script in four parts, greeting, questions, objections, closing.

A script is written as a whole and never edited: saving makes the next version, which desks show at once, and undoing
makes one more with the words of the version before.
"""

from __future__ import annotations

from dataclasses import dataclass

from models import Script, ScriptStep, Shop, User, database
from union import audit
from union.audit import Actor
from union.faults import refuse_if

PARTS = ScriptStep.PARTS
NAME = "{name}"
MOST_STEPS = 60
MOST_TEXT = 1000


@dataclass(frozen=True)
class Step:
    """Something to say, and what the customer says before it ("" when nothing of his leads to it)."""

    part: str
    says: str
    hears: str = ""

    def said_by(self, user: User) -> str:
        """The words in the mouth of this operator: {name} is hers."""
        return self.says.replace(NAME, user.name.split()[0])


def latest(shop: Shop) -> Script | None:
    """The version that desks show; None before the first."""
    return Script.select().where(Script.shop == shop).order_by(Script.version.desc()).first()


def version(shop: Shop) -> int:
    """The number of the latest version; 0 before the first."""
    script = latest(shop)
    return script.version if script else 0


def steps(script: Script | None) -> list[Step]:
    """The steps of a version, in the order they are said."""
    if script is None:
        return []
    rows = sorted(script.steps, key=lambda row: (PARTS.index(row.part), row.position))
    return [Step(row.part, row.says, row.hears) for row in rows]


def write(shop: Shop, written: list[Step], based_on: int, by: Actor) -> Script:
    """The script is this from now on; based_on is the version its writer had before him. Raises Refused."""
    with database.atomic():
        newest = version(shop)
        refuse_if(script="script_changed" if newest != based_on else None)
        script = Script.create(shop=shop, version=newest + 1, written_by=by.user)
        places = dict.fromkeys(PARTS, 0)
        for step in written:
            ScriptStep.create(script=script, position=places[step.part], **vars(step))
            places[step.part] += 1
        audit.note(by, "script.update", f"script:{script.id}", shop=shop, detail=f"{script.version}")
    return script


def undo(shop: Shop, by: Actor) -> Script | None:
    """The words of the version before are said again; None when there is none before."""
    with database.atomic():
        newest = version(shop)
        before = Script.get_or_none(Script.shop == shop, Script.version == newest - 1)
        return write(shop, steps(before), newest, by) if newest else None
