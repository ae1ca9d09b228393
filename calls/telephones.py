"""A browser telephone that has ended is cut off: the scheduler's hand on whoever still speaks over it.

Her secret and her contact go with the configuration, her place in the line with her presence; here goes the call she
is in. It ends as if her telephone had died, so that the caller is back at the head of the line, never in silence.
"""

from __future__ import annotations

import logging

from calls import presence, shift
from calls.call_legs import LOST_CAUSE
from models import Telephone, User, utcnow
from pbx.ami import Ami

log = logging.getLogger(__name__)


def cut_off_ended(ami: Ami) -> None:
    """Hang up every telephone that has ended since the last time. Raises AmiError, and then does it next time."""
    ended = Telephone.ends_at.is_null(False) & Telephone.severed_at.is_null()
    for telephone in Telephone.select(Telephone, User).join(User).where(ended).order_by(Telephone.id):
        _cut_off(telephone, ami)


def _cut_off(telephone: Telephone, ami: Ami) -> None:
    for channel in ami.channels():
        if channel.name.startswith(f"PJSIP/{telephone.pbx_name}-"):
            log.info("operator %s: her telephone has ended in a call", telephone.user_id)
            ami.hang_up(channel.name, LOST_CAUSE)
    if not presence.has_telephone(telephone.user):
        shift.end(telephone.user)
    Telephone.update(severed_at=utcnow()).where(Telephone.id == telephone.id).execute()
