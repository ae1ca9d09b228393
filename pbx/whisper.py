"""A word to one who waits in a queue, without taking him out of it.

A Local channel plays the sounds and ChanSpy mixes them into what he hears; music goes on beneath. Its extension is his
uniqueid, so that dialplan [hush] finds his whisper and no other's. Whether he may still be spoken to is looked at by
dialplan [announce], just before it speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

from pbx import names
from pbx.ami import Ami

# W: he hears us, we don't hear him; u: found by uniqueid; E: ends with his call; q: no beep
CHANSPY_OPTIONS = "qWEu"
ANSWER_SECONDS = 5


def whisper(ami: Ami, uniqueid: str, sounds: Sequence[str]) -> None:
    """Say these sounds (paths without extension) to the channel with this uniqueid. Raises AmiError."""
    ami.originate(
        f"Local/{uniqueid}@{names.ANNOUNCE}/n",
        ANSWER_SECONDS,
        {names.SOUNDS: " ".join(sounds)},
        Application="ChanSpy",
        Data=f"{uniqueid},{CHANSPY_OPTIONS}",
    )
