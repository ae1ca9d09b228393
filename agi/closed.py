"""What a caller meets when the shop is closed: its message, and "press 1 and we will call you".

The message is the shop's own, which should say so itself, or the fixed phrase. He is told who can call him back:
a caller without a number is told to leave one.
"""

from __future__ import annotations

from agi.asking import ask_for_callback, has_number
from agi.visit import Visit
from pbx import names

ASK_KEY = "1"
_, HANGUP, _ = names.MENU_RESULTS


def meet(met: Visit) -> str:
    """Say that the shop is closed until key 1, silence, or too many wrong keys; one of names.MENU_RESULTS."""
    key = ""
    for _ in range(met.tree.repeats + 1):
        key = key or tell(met) or met.wait()
        if key == ASK_KEY:
            met.step("key", key)
            return met.ended("callback" if ask_for_callback(met) else "closed", HANGUP)
        met.step("wrong" if key else "silence", key)
        if not key:
            break
        key = met.say("wrong-key")
    return met.ended("closed", HANGUP)


def tell(met: Visit) -> str:
    """Play the closed message; the key that cut it short, or ""."""
    own = met.sounds.prompt(met.tree.closed_message)
    met.step("closed", met.tree.closed_message if own else "")
    phrase = "closed" if has_number(met.session) else "closed-withheld"
    return met.session.play(own or met.sounds.phrase(phrase))
