"""The letter of an invitation."""

from __future__ import annotations

from mail import letters, outbox
from models import Invitation, Outbox, Union
from settings import Settings


def send(invitation: Invitation, link: str, settings: Settings) -> Outbox:
    """Queue the letter to the one who is invited, in his language."""
    union = Union.get_or_none()
    letter = letters.write(
        "invitation",
        invitation.language,
        name=invitation.name,
        kind=invitation.kind,
        shop=invitation.shop.name if invitation.shop else "",
        union=union.name if union else "",
        by=invitation.invited_by.name if invitation.invited_by else "",
        link=link,
    )
    about = f"invitation:{invitation.id}"
    return outbox.queue("invitation", about, invitation.email, letter.subject, letter.text, settings, letter.html)
