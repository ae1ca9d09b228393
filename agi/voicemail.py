"""A message for the shop: offered, with the key 2, to whoever meets nobody; and AGI script `voicemail`, which a caller
meets when no operator is signed on.

He is told when somebody will call him: the next minute at which the shop is open and operators work. The dialplan
records what he says, so that he can say it while all of ours is dead; here it is only led up to.
"""

from __future__ import annotations

from collections.abc import Iterable

from agi import visit
from agi.asking import has_number, own_or_typed_number
from agi.session import Session
from agi.sounds import Sound
from agi.visit import Visit
from calls import spoken_times
from calls.calling_hours import calling_hours
from models import utcnow
from pbx import names
from settings import Settings

KEY = "2"
_, HANGUP, _, RECORD = names.MENU_RESULTS


def voicemail(session: Session, settings: Settings) -> None:
    """Say that nobody can answer, and when somebody will call; tell the dialplan by MENU_RESULT what he wants."""
    met = visit.read(session, settings)
    key = apologise(met) or offer(met) or met.wait()
    session.set_variable(names.MENU_RESULT, take(met) if key == KEY and is_offered(met) else HANGUP)


def apologise(met: Visit) -> str:
    """Nobody can answer now; we will call, and when. The key that cut it short, or ""."""
    if not has_number(met.session):
        return met.say("nobody-now")
    pieces = when(met)
    return say(met, [met.sounds.phrase("nobody-now" if pieces else "no-operator"), *pieces])


def tell_when(met: Visit) -> str:
    """Say when a caller with a number will be called; the key that cut it short, or ""."""
    return say(met, when(met)) if has_number(met.session) else ""


def when(met: Visit) -> list[Sound | None]:
    """How it is said; nothing when it may be at any moment."""
    now = utcnow()
    hours = calling_hours(met.shop, now)
    return [met.sounds.time(name) for name in spoken_times.next_call(hours.next_opening(now), now, hours.shop.zone)]


def offer(met: Visit) -> str:
    """Say how to leave a message, if one can be left; the key that cut it short, or ""."""
    return met.say("voicemail-offer") if is_offered(met) else ""


def is_offered(met: Visit) -> bool:
    """Not on a nearly full disk: facts outlive recordings."""
    return met.session.get_variable(names.RECORDING) == "on"


def take(met: Visit) -> str:
    """What the dialplan is to do for a caller who wants to speak; one who shows no number is asked for it first."""
    if number := own_or_typed_number(met):
        met.session.emit(names.EVENT_ASKED, number)
    return RECORD


def say(met: Visit, sounds: Iterable[Sound | None]) -> str:
    """Play one after the other; the key that cut them short, or ""."""
    return next(filter(None, map(met.session.play, sounds)), "")
