"""A caller asks to be called back: on the number he calls from, or on one he types when that is withheld.

Nothing is written here: the wish is a CEL user event, so it survives whatever of ours dies next. It is emitted
before the thanks, so that it counts for a caller who hangs up in the middle of them.
"""

from __future__ import annotations

from agi.session import Session
from agi.visit import Visit
from calls import numbers
from calls.own_numbers import own_numbers
from pbx import names

TRIES = 3
MOST_DIGITS = 17  # 00 and the longest number there is


def ask_for_callback(met: Visit) -> bool:
    """Emit the wish and thank the caller; False when he has no number and typed none."""
    number = own_or_typed_number(met)
    if number is None:
        return False
    met.session.emit(names.EVENT_ASKED, number)
    met.say("will-call")
    return True


def own_or_typed_number(met: Visit) -> str | None:
    """ "" for the number he shows, else the one he types; None when he types none."""
    return "" if has_number(met.session) else typed_number(met)


def has_number(session: Session) -> bool:
    """Whether the caller shows a number that a person can be called on: not withheld, and not one of the union's."""
    if not session.get_variable("CALLERID(num-pres)").startswith("allowed"):
        return False
    number = numbers.normalise(session.get_variable("CALLERID(num)"))
    return number is not None and number not in own_numbers()


def typed_number(met: Visit) -> str | None:
    """The E.164 number the caller types, after TRIES at most; None when he types none."""
    for _ in range(TRIES):
        sound = met.sounds.phrase("type-number")
        typed = met.session.ask_digits(sound, met.settings.key_wait_seconds, MOST_DIGITS) if sound else None
        if typed is None or not typed.digits:
            return None
        number = numbers.normalise(typed.digits)
        if number and number not in own_numbers():
            return number
        met.say("number-wrong")
    return None
