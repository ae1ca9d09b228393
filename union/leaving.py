"""Leaving: one deed ends all an operator could do, at once.

Her roles on the line, her log-ins with their telephones, her SIP telephone, her places in the queues and open
invitations to the line end here, in one transaction with the row that says who ended them. What she held goes back
to the others by calls/shift.py, and the scheduler hangs up whatever she is still in (calls/telephones.py). One who
has another role (an owner who answered the line, too) may log in again to that; anybody else is locked out.
"""

from __future__ import annotations

from models import Invitation, Leaving, User, database
from union import audit, invitations, people
from union.audit import Actor
from union.faults import refuse_if

ANSWERING = ("operator", "trainee")


def leave(user: User, by: Actor) -> Leaving:
    """End user's access to the line everywhere. Raises Refused if he answers none."""
    with database.atomic():
        answering = [role for role in people.open_roles(user) if role.kind in ANSWERING]
        refuse_if(form=None if answering else "answers_no_line")
        for role in answering:
            people.end_role(role, by)
        people.end_sessions(user)
        if not people.open_roles(user).exists():
            people.set_active(user, False, by)
        _withdraw_invitations(user, by)
        audit.note(by, "person.leave", f"person:{user.id}", detail=user.name)
        return Leaving.create(user=user, ended_by=by.user)


def _withdraw_invitations(user: User, by: Actor) -> None:
    """No link that waits in a mail-box lets her back in."""
    hers = Invitation.email == user.email, Invitation.kind.in_(ANSWERING)
    open_ones = Invitation.select().where(*hers, Invitation.accepted_at.is_null(), Invitation.withdrawn_at.is_null())
    for invitation in open_ones:
        invitations.withdraw(invitation, by)


def last(user: User) -> Leaving | None:
    """The last time user's access was ended; None: never."""
    return Leaving.select().where(Leaving.user == user).order_by(Leaving.id.desc()).first()
