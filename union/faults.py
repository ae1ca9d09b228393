"""Why a change was refused: fields and codes, never sentences; web/faults.py puts them into the person's language."""

from __future__ import annotations


class Refused(ValueError):
    """A change breaks a rule; faults maps each field to the code of its fault."""

    def __init__(self, **faults: str) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in faults.items()))
        self.faults = faults


def refuse_if(**faults: str | None) -> None:
    """Raise Refused with the faults that are not empty; do nothing when none is."""
    if found := {field: code for field, code in faults.items() if code}:
        raise Refused(**found)
