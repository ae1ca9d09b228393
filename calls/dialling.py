"""Callbacks are dialled: the scheduler's carrying out of attempts that pages want.

The line is told first that she is busy, then her telephone is looked at, then the attempt is taken by a conditional
UPDATE, then one Originate rings her; dialplan [callback] dials the customer once she answers. Being killed between
the last two leaves an attempt that ends as not dialled after attempt_unknown_seconds: nobody is rung twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from calls import attempts, caps, ingest, numbers
from calls.call_events import Dialled
from calls.members import Members
from calls.own_numbers import own_numbers
from models import Attempt, Callback, Placeholder, database, utcnow
from pbx import apply, names
from pbx.ami import Ami, AmiError
from pbx.config import in_form, label, number_values
from settings import Settings

log = logging.getLogger(__name__)
FREE, AWAY = "Not in use", ("Unavailable", "Invalid", "")
# her page finds the call by these headers; Originate's PreDialGoSub, which would do as in the line, does nothing in 22.10
CALL_HEADER, DID_HEADER = (rf"PJSIP_HEADER(add\,{name})" for name in (names.CALL_HEADER, names.DID_HEADER))
OPERATOR_BUSY = "operator_busy"  # an attempt's reason: her telephone was ringing or in use


class Dialling:
    """News from Asterisk come in, wishes go out. Every method raises AmiError."""

    def __init__(self, ami: Ami, members: Members, settings: Settings):
        self.ami, self.members, self.settings = ami, members, settings
        self.seen: tuple | None = None  # the database and the connection when all was done

    def step(self) -> None:
        """Hear what happened, make the queues right (who has a wish is paused), ring who wants to be rung."""
        news = self.ami.events()
        self.note_refusals(news)
        now = (database.version(), self.ami.connections)
        if not news and now == self.seen and not self.members.is_due():
            return
        self.members.keep(news)
        for attempt in attempts.sendable(utcnow(), self.settings):
            self.send(attempt)
        self.seen = now

    def note_refusals(self, news: Iterable[dict[str, str]]) -> None:
        """A telephone of hers that was not reached may leave no call event at all: it is noted as a fact by us."""
        for event in news:
            channel_id = event.get("Uniqueid", "")
            refused = event.get("Event") == "OriginateResponse" and event.get("Response") == "Failure"
            if refused and channel_id.startswith("cb-") and not is_placeholder(channel_id):
                ingest.originate_refused(self.settings, channel_id, event.get("Reason", ""), utcnow())

    def send(self, attempt: Attempt) -> None:
        """Ring the operator of a wish, once, if her telephone is free."""
        state = self.ami.device_state(f"op-{attempt.user_id}")
        if not attempts.mark_sent(attempt, utcnow()):
            return
        if why := numbers.not_callable(attempt.customer, allowed(attempt), own_numbers()):
            self.give_up(attempt, "refused", why)
        elif state in AWAY:
            self.give_up(attempt, "operator_unreachable", state)
        elif state != FREE:
            self.give_up(attempt, "refused", OPERATOR_BUSY)
        else:
            self.ring_or_give_up(attempt)

    def ring_or_give_up(self, attempt: Attempt) -> None:
        try:
            self.ring(attempt)
        except AmiError as fault:
            if not fault.permanent:
                raise  # it may have been done: its end comes with the facts, or with attempt_unknown_seconds
            self.give_up(attempt, "not_dialled", str(fault))

    def give_up(self, attempt: Attempt, result: str, why: str) -> None:
        log.warning("attempt %s: %s (%s)", attempt.public_id, result, why)
        Attempt.update(reason=why).where(Attempt.id == attempt.id).execute()
        attempts.end(Dialled(attempt.public_id, result, utcnow()), self.settings)

    def ring(self, attempt: Attempt) -> None:
        shop = attempt.callback.shop
        self.ami.originate(
            f"PJSIP/op-{attempt.user_id}",
            self.settings.callback_operator_ring_seconds,
            variables(attempt, self.settings) | {CALL_HEADER: attempt.channel_id, DID_HEADER: attempt.callback.did_id},
            ChannelId=attempt.channel_id,
            CallerID=f'"{label(shop.name)}" <{shop.id}>',
            Context=names.CALLBACK,
            Exten="s",
            Priority="1",
        )


def is_placeholder(channel_id: str) -> bool:
    """Whether this channel holds a place: that it was not answered is no news."""
    return Placeholder.select().where(Placeholder.public_id == channel_id.removeprefix("cb-")).exists()


def allowed(attempt: Attempt) -> list[str]:
    """The kinds of numbers its shop lets be dialled: asked again here, whoever wrote the wish."""
    return attempt.callback.shop.allowed_destinations.split()


def variables(attempt: Attempt, settings: Settings) -> dict[str, object]:
    """What dialplan [callback] must know: the number's own variables, and whom to dial through which trunk."""
    return dial_variables(attempt.callback, settings) | {
        names.ATTEMPT: attempt.public_id,
        names.MAX_MS: caps.max_seconds(attempt.minutes_reserved, settings) * 1000,
    }


def dial_variables(callback: Callback, settings: Settings) -> dict[str, object]:
    """The variables of the number that was rung, and whom to dial through which trunk."""
    did = callback.did
    return number_values(apply.number(did, settings), did.trunk) | {
        names.CUSTOMER: in_form(callback.customer, did.trunk.outgoing_form),
        names.TRUNK: did.trunk.pbx_name,
    }
