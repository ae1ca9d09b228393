"""Whether each trunk's provider can be reached, as Asterisk finds by asking him every half minute: outages as rows."""

from __future__ import annotations

from models import Trunk, TrunkOutage, utcnow
from pbx.ami import Ami
from union import trunks

REACHED = ("Not in use", "In use", "Busy", "Ringing", "Ring+Inuse", "On Hold")  # Asterisk's words for an endpoint


class TrunkWatch:
    """The look at every trunk in use. Raises AmiError: then nothing is known, and nothing is noted."""

    def __init__(self, ami: Ami) -> None:
        self.ami = ami

    def look(self) -> None:
        for trunk in list(trunks.every().order_by(Trunk.id)):
            is_down = trunk.is_active and self.ami.device_state(trunk.pbx_name) not in REACHED
            note(trunk, is_down)


def note(trunk: Trunk, is_down: bool) -> None:
    """An outage begins, goes on, or is over."""
    now, still = utcnow(), (TrunkOutage.trunk == trunk, TrunkOutage.ends_at.is_null())
    if not is_down:
        TrunkOutage.update(ends_at=now).where(*still).execute()
    elif not TrunkOutage.select().where(*still).exists():
        TrunkOutage.create(trunk=trunk, starts_at=now)
