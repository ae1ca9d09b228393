"""The outbox: every mail waits here until the server has it, and stays as the record of what left.

One mail per (kind, about, recipient), however often it is queued. Only the scheduler sends, one mail at a time,
never inside a transaction: it claims a mail by an UPDATE that must touch one row, notes the instant before the
server may have it, and how the sending ended. So a crash or a dropped line leaves either a mail that certainly was
not taken, which is sent again, or one that perhaps was, which is shown as unclear and repeated by a person only.
"""

from __future__ import annotations

import datetime as dt
import secrets
from email.utils import parseaddr

from mail.smtp import MailError, deliver
from models import Outbox, Sending, database, utcnow
from settings import Settings
from union import audit
from union.audit import Actor

BATCH = 20  # mails of one run, so that a slow server does not keep the job for ever
NO_SERVER = ("connect", "silent", "tls", "log_in")  # reasons that concern every mail alike
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 240, 480, 720, 1440))


class TakenOver(Exception):
    """This sending was given up as broken off meanwhile; it must not hand the mail over any more."""


def queue(
    kind: str, about: str, recipient: str, subject: str, text: str, settings: Settings, html: str = "",
    picture: bytes | None = None, unsubscribe: str = "",
) -> Outbox:  # fmt: skip
    """The mail of this kind about this thing to this recipient, which is made now if there is none yet.

    picture: a PNG that html shows as cid:picture; unsubscribe: the https address that ends such mails in one click.
    """
    mail, _ = Outbox.get_or_create(
        kind=kind,
        about=about,
        recipient=recipient,
        defaults={
            "subject": " ".join(subject.split()),
            "text": text,
            "html": html,
            "picture": picture,
            "unsubscribe": unsubscribe,
            "message_id": f"<{secrets.token_hex(16)}@{_domain(settings)}>",
        },
    )
    return mail


def _domain(settings: Settings) -> str:
    return parseaddr(settings.smtp_sender)[1].rpartition("@")[2] or settings.public_host or "spilka.invalid"


# --- sending, in the scheduler -------------------------------------------------------------------------------


def send_due(now: dt.datetime, settings: Settings) -> None:
    """Send what is due, oldest first; without a server everything waits."""
    settle_broken(now, settings)
    if not settings.smtp_host:
        return
    due = Outbox.select().where(Outbox.due_at <= now).order_by(Outbox.due_at, Outbox.id).limit(BATCH)
    for mail in list(due):
        sending = claim(mail, now)
        if sending and not attempt(sending, settings):
            return


def claim(mail: Outbox, now: dt.datetime) -> Sending | None:
    """The right to send this mail now; None when somebody else has it or it is no longer due."""
    with database.atomic():
        claimed = Outbox.update(due_at=None).where(Outbox.id == mail.id, Outbox.due_at <= now).execute()
        return Sending.create(mail=mail, starts_at=utcnow()) if claimed == 1 else None


def attempt(sending: Sending, settings: Settings) -> bool:
    """Send a claimed mail and note how it ended; False when the next would not get through either."""
    try:
        answer = deliver(sending.mail, settings, lambda: note_handing(sending))
    except TakenOver:
        return True
    except MailError as error:
        end(sending, error.result, error.reason, error.answer)
        return error.reaches_server
    end(sending, "accepted", answer=answer)
    return True


def note_handing(sending: Sending) -> None:
    """From now on the server may have the mail. Raises TakenOver."""
    still = Sending.id == sending.id, Sending.ends_at.is_null()
    if Sending.update(handed_at=utcnow()).where(*still).execute() != 1:
        raise TakenOver


def end(sending: Sending, result: str, reason: str = "", answer: str = "") -> None:
    """A sending ended so; one that may be repeated makes its mail due again, after a longer wait each time."""
    with database.atomic():
        values = {"ends_at": utcnow(), "result": result, "reason": reason, "answer": answer}
        ended = Sending.update(values).where(Sending.id == sending.id, Sending.ends_at.is_null()).execute()
        tries = Sending.select().where(Sending.mail == sending.mail_id).count()
        if ended and result == "later" and tries <= len(WAITS):
            Outbox.update(due_at=utcnow() + WAITS[tries - 1]).where(Outbox.id == sending.mail_id).execute()


def settle_broken(now: dt.datetime, settings: Settings) -> None:
    """Sendings whose process died: sent again when the server can't have the mail, unclear when it may."""
    since = now - dt.timedelta(seconds=settings.smtp_unknown_seconds)
    for sending in list(Sending.select().where(Sending.ends_at.is_null(), Sending.starts_at <= since)):
        end(sending, "unclear" if sending.handed_at else "later", "stopped")


def stopped_by() -> str:
    """Why no mail leaves at all, by the last sending that ended: one of NO_SERVER; "" while mail leaves."""
    last = Sending.select().where(Sending.ends_at.is_null(False)).order_by(Sending.id.desc()).first()
    return last.reason if last and last.result == "later" and last.reason in NO_SERVER else ""


# --- what people see and do --------------------------------------------------------------------------------


def state(mail: Outbox, last: Sending | None) -> str:
    """waiting, sending, sent, unclear or given_up, by its last sending."""
    if mail.due_at:
        return "waiting"
    if last is None or last.ends_at is None:
        return "sending"
    return {"accepted": "sent", "unclear": "unclear"}.get(last.result, "given_up")


def send_again(mail: Outbox, by: Actor) -> bool:
    """A person wants a mail that is unclear or given up to be sent once more, or one that waits at once."""
    with database.atomic():
        last = mail.sendings.order_by(Sending.id.desc()).first()
        if state(mail, last) in ("sending", "sent"):
            return False
        Outbox.update(due_at=utcnow()).where(Outbox.id == mail.id).execute()
        audit.note(by, "mail.again", f"mail:{mail.id}", detail=mail.recipient)
    return True
