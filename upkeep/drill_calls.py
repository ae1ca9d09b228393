"""What a caller gets while all of ours is out of reach: real calls into the test shop, through everybody's dialplan.

On the way in, the test number puts a dead end where our process is: for these calls it has died, and then it hangs,
and nobody else's calls know of it. No operator is in the test shop's queue and nobody waits there, so the scheduler
has no part in them either. What is listened to is the end of each call: the message, or the owner's mobile, which is
a telephone of ours, rings, takes the caller and hears him.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from models import Call, DeadEnd, DrillCall, Shop, Trunk
from settings import ROOT, Settings
from upkeep import dead_end, exchange, speech, stage
from upkeep.handset import Handset
from upkeep.sipp import Run, SipFailed, free_port, sipp
from upkeep.stage import CALLER_HERTZ, CALLERS_ADDRESS, GREETING_HERTZ, NUMBER, OPERATOR_HERTZ, STAGE, until
from upkeep.tones import seconds_of

OWNER = "+99900000003"  # +999 is nobody's country
PHRASES = ROOT / "static/prompts/uk"
MESSAGE, OFFER = PHRASES / "no-operator.wav", PHRASES / "transfer-offer.wav"
BEGUN, WHOLE = 0.1, 0.8  # shares of a phrase: no other one reaches the first, packets may be lost in the second
TALK_SECONDS = 3  # for the two of them to hear each other
TONE_SECONDS = 0.5
GREETED_SECONDS = 0.8  # of its one second; no phrase holds so much of its tone


class NotReady(Exception):
    """Asterisk does not take the test shop over; the text says what is missing."""


class Amiss(Exception):
    """The caller did not get what he should: one of DrillCall.FAULTS, and what was met instead."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(detail)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True)
class Got:
    """What became of one call; heard_ms is None when what he should hear never came."""

    way: str
    resort: str
    heard_ms: int | None
    fault: str = ""
    detail: str = ""


def play(settings: Settings) -> Iterator[Got]:
    """Each last resort, with our process dead and with it frozen. Raises NotReady, SipFailed, OSError."""
    for resort in DrillCall.RESORTS:
        with ExitStack() as running:
            scene = Scene(settings, resort, running)
            for way in DrillCall.WAYS:
                yield scene.call(way)


class Scene:
    """The test shop with one last resort, its owner's mobile, and a dead end in place of our process."""

    def __init__(self, settings: Settings, resort: str, running: ExitStack) -> None:
        self.settings, self.resort = settings, resort
        self.box, self.trunk = stage.box_address(settings), Trunk(id=STAGE).pbx_name
        self.ended = 0
        self.dead_end = running.enter_context(dead_end.DeadEnd())
        self.owner = Handset(CALLERS_ADDRESS, OPERATOR_HERTZ)
        running.callback(self.owner.close)
        self.port = free_port(CALLERS_ADDRESS)
        running.enter_context(sipp("operator", self.box, CALLERS_ADDRESS, port=self.port, sound=self.owner.port))
        running.enter_context(stage.set_stage(settings, self._add_cast))
        running.callback(self._await_facts)
        self._await_asterisk()

    def call(self, way: str) -> Got:
        """Call, listen, hang up."""
        if way == "frozen":
            self.dead_end.freeze()
        self.caller = Handset(CALLERS_ADDRESS, CALLER_HERTZ)
        self.heard_at: float | None = None
        began, fault, detail = time.monotonic(), "", ""
        try:
            self._call(began, way)
        except Amiss as amiss:
            fault, detail = amiss.fault, amiss.detail
        finally:
            self.caller.close()
        return Got(way, self.resort, self.heard_at and round((self.heard_at - began) * 1000), fault, detail)

    def _call(self, began: float, way: str) -> None:
        words = {"called": NUMBER, "caller": stage.CALLER, "sound": self.caller.port}
        with sipp("patient-caller", self.box, CALLERS_ADDRESS, "-m", "1", **words) as calling:
            try:
                self._listen(began + self.settings.drill_heard_seconds)
                self._was_out_of_reach(way)
            except Amiss as amiss:
                self._why(calling, amiss)
            finally:
                self._hang_up()

    def _listen(self, deadline: float) -> None:
        if self.resort == "message":
            self._hear_message(deadline)
        else:
            self._speak_with_owner(deadline)

    def _hear_message(self, deadline: float) -> None:
        if not until(lambda: self._heard(MESSAGE) > BEGUN, deadline - time.monotonic()):
            raise Amiss("silence")
        self.heard_at = time.monotonic()
        if not until(lambda: self._heard(MESSAGE) > WHOLE, speech.seconds(MESSAGE) + 3):
            raise Amiss("cut", f"{self._heard(MESSAGE):.0%}")

    def _speak_with_owner(self, deadline: float) -> None:
        """His mobile rings; he hears what it is about, takes the caller with 1, and they hear each other."""
        silent_until = len(self.owner.heard())
        if not until(
            lambda: speech.said(self.owner.heard()[silent_until:], OFFER) > BEGUN, deadline - time.monotonic()
        ):
            raise Amiss("no_offer" if len(self.owner.heard()) > silent_until else "no_ring")
        self.owner.press("1")
        if not until(lambda: self._tone(self.caller, OPERATOR_HERTZ) > TONE_SECONDS, deadline - time.monotonic()):
            raise Amiss("one_way", "the caller does not hear the owner")
        self.heard_at = time.monotonic()
        if not until(lambda: self._tone(self.owner, CALLER_HERTZ, silent_until) > TONE_SECONDS, TALK_SECONDS):
            raise Amiss("one_way", "the owner does not hear the caller")

    def _was_out_of_reach(self, way: str) -> None:
        """A drill in which our process did its part has proved nothing."""
        self._was_not_greeted()
        if way == "frozen" and not self.dead_end.asked():
            raise Amiss("reached", "nobody came to the dead end")

    def _was_not_greeted(self) -> None:
        if self._tone(self.caller, GREETING_HERTZ) > GREETED_SECONDS:
            raise Amiss("reached", "the greeting was heard")

    def _why(self, calling: Run, amiss: Amiss) -> None:
        """Raise what is behind a silence: a call that was never answered, or one that our process answered."""
        try:
            calling.complain()
        except SipFailed as refused:
            raise Amiss("unanswered", str(refused)) from None
        if amiss.fault in ("silence", "no_ring"):
            self._was_not_greeted()
            if not exchange.channels(self.settings, self.trunk):
                raise Amiss("unanswered")
        raise amiss

    def _heard(self, phrase: Path) -> float:
        return speech.said(self.caller.heard(), phrase)

    @staticmethod
    def _tone(handset: Handset, hertz: int, since: int = 0) -> float:
        return seconds_of(handset.heard()[since:], hertz)

    # --- the scene ------------------------------------------------------------------------------------------------

    def _add_cast(self) -> None:
        """Nothing is recorded; the provider of the outgoing call is the mobile itself."""
        number = OWNER if self.resort == "mobile" else None
        shop = {"recording_wanted": False, "last_resort": self.resort, "last_resort_number": number}
        Shop.update(shop).where(Shop.id == STAGE).execute()
        Trunk.update(port=self.port).where(Trunk.id == STAGE).execute()
        DeadEnd.create(did=STAGE, address=self.dead_end.address)

    def _await_asterisk(self) -> None:
        """The scheduler may have written the files first, and then lets them be read a moment later."""
        step = f"Set(AGI_URL=agi://{self.dead_end.address})"
        if not until(lambda: step in exchange.dialplan(self.settings, f"numbers-{STAGE}").get(NUMBER, ()), 10):
            raise NotReady("the dialplan does not know the test number")
        exchange.console(self.settings, f"pjsip qualify {self.trunk}")
        if not until(self._is_mobile_reachable, 10):
            raise NotReady("the test trunk cannot be reached")

    def _is_mobile_reachable(self) -> bool:
        shown = exchange.console(self.settings, "pjsip show contacts") or ""
        return re.search(rf" {self.trunk}/\S+ .* Avail ", shown) is not None

    def _hang_up(self) -> None:
        up = exchange.channels(self.settings, self.trunk)
        for name in up:
            exchange.console(self.settings, f"channel request hangup {name}")
        until(lambda: not exchange.channels(self.settings, self.trunk), 5)
        for key in up.values():  # a message he would have left, had he stayed
            (self.settings.recordings_dir / f"vm-{key}.alaw").unlink(missing_ok=True)
        self.ended += bool(up)

    def _await_facts(self) -> None:
        """They are struck with the stage. Without the scheduler they come later, to a shop that is no more."""
        ended = Call.select().where(Call.shop == STAGE, Call.ended_at.is_null(False))
        until(lambda: ended.count() >= self.ended, 3)
