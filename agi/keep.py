"""AGI script `keep`: a caller in the line pressed the key to be called back and keep his place.

The wish is a CEL event that says since when he has stood in the line. Who shows no number and types none stays.
"""

from __future__ import annotations

from agi import visit
from agi.asking import own_or_typed_number
from agi.session import Session
from pbx import names
from settings import Settings


def keep(session: Session, settings: Settings) -> None:
    """Emit the wish, set KEPT, and tell him; without a number to call do neither."""
    met = visit.read(session, settings)
    number = own_or_typed_number(met)
    if number is None:
        return
    session.emit(names.EVENT_KEPT, number, session.number(names.LINE_SINCE))
    session.set_variable(names.KEPT, "1")
    met.say("kept")
