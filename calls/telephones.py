"""A browser telephone that has ended is cut off: the scheduler's hand on whoever still speaks over it.

Her secret and her contact go with the configuration, her place in the line with her presence; here goes the call she
is in. It ends as if her telephone had died, so that the caller is back at the head of the line, never in silence. One who
has left (union/leaving.py) is cut off so whatever telephone she had.
"""

from __future__ import annotations

import logging

from calls import presence, shift
from calls.call_legs import LOST_CAUSE
from models import Leaving, Telephone, User, utcnow
from pbx.ami import Ami

log = logging.getLogger(__name__)


def cut_off_ended(ami: Ami) -> None:
    """Hang up every telephone that has ended since the last time, and everybody whose access was ended.

    Raises AmiError, and then does it next time."""
    ended = Telephone.select(Telephone, User).join(User).where(Telephone.ends_at.is_null(False))
    for row in ended.where(Telephone.severed_at.is_null()).order_by(Telephone.id):
        _cut_off(row.user, ami)
        Telephone.update(severed_at=utcnow()).where(Telephone.id == row.id).execute()
    for row in list(Leaving.select().where(Leaving.severed_at.is_null()).order_by(Leaving.id)):
        _cut_off(row.user, ami)
        Leaving.update(severed_at=utcnow()).where(Leaving.id == row.id).execute()


def _cut_off(user: User, ami: Ami) -> None:
    for channel in ami.channels():
        if channel.name.startswith(f"PJSIP/op-{user.id}-"):
            log.info("operator %s: her telephone has ended in a call", user.id)
            ami.hang_up(channel.name, LOST_CAUSE)
    if not presence.has_telephone(user):
        shift.end(user)
