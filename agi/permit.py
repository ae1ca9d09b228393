"""AGI script `permit`: an operator picked up for a kept place; may his owner be dialled now?

Nothing is decided here: the leave is her attempt, which the facts of her ringing telephone reserved. It is waited for
a moment, because facts come a little later than the call; while they do not come nothing is dialled.
"""

from __future__ import annotations

from time import monotonic, sleep

from agi.session import Session
from calls import places
from models import utcnow
from pbx import names
from settings import Settings

LOOK_SECONDS = 0.05


def permit(session: Session, settings: Settings) -> None:
    """Set PERMITTED and MAX_MS as soon as there is leave; neither when there is none within place_permit_seconds."""
    attempt = session.get_variable(names.ATTEMPT)
    until = monotonic() + settings.place_permit_seconds
    while (seconds := places.permitted_seconds(attempt, utcnow(), settings)) is None and monotonic() < until:
        sleep(LOOK_SECONDS)
    if seconds:
        session.set_variable(names.MAX_MS, str(seconds * 1000))
        session.set_variable(names.PERMITTED, "1")
