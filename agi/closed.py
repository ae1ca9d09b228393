"""What a caller meets when the shop is closed: its message, "press 1 and we will call you", when, and the voicemail.

The message is the shop's own, which should say so itself, or the fixed phrase. Who shows a number is called back
whatever he does, so he is told when; a caller without one is told to leave it.
"""

from __future__ import annotations

from agi import voicemail
from agi.asking import ask_for_callback, has_number
from agi.visit import Visit
from pbx import names

ASK_KEY = "1"
_, HANGUP, _, _ = names.MENU_RESULTS


def meet(met: Visit) -> str:
    """Say that the shop is closed until key 1, a message, silence, or too many wrong keys; one of names.MENU_RESULTS."""
    key = ""
    for _ in range(met.tree.repeats + 1):
        key = key or tell(met) or met.wait()
        if key == ASK_KEY:
            met.step("key", key)
            return met.ended("callback" if ask_for_callback(met) else "closed", HANGUP)
        if key == voicemail.KEY and voicemail.is_offered(met):
            met.step("key", key)
            return met.ended("voicemail", voicemail.take(met))
        met.step("wrong" if key else "silence", key)
        if not key:
            break
        key = met.say("wrong-key")
    return met.ended("closed", HANGUP)


def tell(met: Visit) -> str:
    """Play the closed message and all that follows it; the key that cut it short, or ""."""
    own = met.sounds.prompt(met.tree.closed_message)
    met.step("closed", met.tree.closed_message if own else "")
    phrase = "closed" if has_number(met.session) else "closed-withheld"
    message = met.session.play(own or met.sounds.phrase(phrase))
    return message or voicemail.tell_when(met) or voicemail.offer(met)
