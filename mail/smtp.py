"""The border to the SMTP server: one mail, one connection, and an honest word about how it ended.

`handing` is called at the last instant before the server may have the mail. What fails before it was certainly not
taken; what fails after it without the server's answer is unclear, and nobody may repeat that on his own.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from models import Outbox
from settings import Settings

ANSWER_MOST = 300  # characters of the server's words that are kept
TRAVEL = SMTP.clone(cte_type="7bit")  # every server takes that


class MailError(Exception):
    """A mail was not, or perhaps not, taken.

    result: later (may be tried again), refused (for ever), unclear (the server may have it). reason: a word of ours;
    answer: the server's own words. reaches_server: False when other mails would fare the same now.
    """

    def __init__(self, result: str, reason: str, answer: str = "", reaches_server: bool = True) -> None:
        super().__init__(result, reason, answer)
        self.result, self.reason, self.answer = result, reason, answer[:ANSWER_MOST]
        self.reaches_server = reaches_server


def deliver(mail: Outbox, settings: Settings, handing: Callable[[], None]) -> str:
    """Hand a mail to the server; its words of acceptance. Raises MailError, and whatever handing raises."""
    if not mail.recipient.isprintable():  # a line break would be a header of its own
        raise MailError("refused", "address")
    body = message(mail, settings.smtp_sender).as_bytes()
    server = _connected(settings)
    try:
        return _handed(server, mail.recipient, body, settings, handing)
    finally:
        server.close()  # no QUIT: the answer is there, and a silent goodbye must not cost another wait


def _connected(settings: Settings) -> smtplib.SMTP:
    """A connection, encrypted and logged in as the settings say."""
    context, server = ssl.create_default_context(), None
    try:
        if settings.smtp_security == "tls":
            server = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=settings.smtp_seconds, context=context
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=settings.smtp_seconds)
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        return server
    except (OSError, smtplib.SMTPException, UnicodeError) as fault:
        if server:
            server.close()
        raise MailError("later", _reason(fault), _words(fault), reaches_server=False)


def _handed(server: smtplib.SMTP, recipient: str, body: bytes, settings: Settings, handing: Callable[[], None]) -> str:
    try:
        server.ehlo_or_helo_if_needed()
        _demand(server.mail(parseaddr(settings.smtp_sender)[1]), "later")
        _demand(server.rcpt(recipient), "later")
    except UnicodeError:
        raise MailError("refused", "address")
    except (OSError, smtplib.SMTPException) as fault:
        raise MailError("later", _reason(fault), _words(fault))
    handing()
    try:
        return _demand(server.data(body), "unclear")
    except smtplib.SMTPDataError as fault:  # it did not even want to see it
        return _demand((fault.smtp_code, fault.smtp_error), "later")
    except (OSError, smtplib.SMTPException) as fault:
        raise MailError("unclear", "silent" if _is_silence(fault) else "dropped", _words(fault))


def _demand(answer: tuple[int, bytes], otherwise: str) -> str:
    """The words of a friendly answer; 4xx is later, 5xx for ever, and what is no answer at all is `otherwise`."""
    code, words = answer
    told = f"{code} {words.decode(errors='replace')}".strip()
    if 200 <= code < 300:
        return told[:ANSWER_MOST]
    raise MailError({4: "later", 5: "refused"}.get(code // 100, otherwise), "answer", told)


def _reason(fault: Exception) -> str:
    if _is_silence(fault):
        return "silent"
    if isinstance(fault, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return "tls"
    if isinstance(fault, smtplib.SMTPAuthenticationError | UnicodeError):
        return "log_in"
    return "answer" if isinstance(fault, smtplib.SMTPResponseException) else "connect"


def _is_silence(fault: Exception) -> bool:
    """smtplib tells a time-out as a closed connection, but the time-out is behind it."""
    return isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError)


def _words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        words = fault.smtp_error
        return f"{fault.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    return str(fault)


def message(mail: Outbox, sender: str) -> EmailMessage:
    """The mail as it travels; the same each time, so that a second copy can be told by its Message-ID."""
    made = EmailMessage(policy=TRAVEL)
    made["From"], made["To"], made["Subject"] = sender, mail.recipient, mail.subject
    made["Date"], made["Message-ID"] = format_datetime(mail.queued_at), mail.message_id
    made["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:  # RFC 8058: the mail program posts there by itself
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    if mail.html:
        made.add_alternative(mail.html, subtype="html")
    if mail.picture:
        shown = made.get_payload()[1]
        shown.add_related(mail.picture, "image", "png", cid="<picture>", disposition="inline", filename="picture.png")
    return made
