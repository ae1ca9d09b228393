"""Two calls through the whole box, as a customer makes them: real SIP and sound over UDP, on the test shop's stage.

The first hears the greeting, presses 1, speaks with the operator and hangs up; the second waits in the line
meanwhile and gives up. Then their facts are looked up. Each step says what it saw; the first that fails ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import models
from calls import presence
from models import Call, Callback
from settings import Settings
from upkeep.handset import Handset
from upkeep.sipp import Run, SipFailed, free_port, sipp
from upkeep.stage import (
    CALLER,
    CALLER_HERTZ,
    CALLERS_ADDRESS,
    GREETING_HERTZ,
    NUMBER,
    OPERATOR_HERTZ,
    OPERATORS_ADDRESS,
    QUEUE,
    STAGE,
    add_operator,
    box_address,
    member,
    set_stage,
    until,
)
from upkeep.tones import seconds_of

STAY_SECONDS = 5  # how long the first caller is on the telephone
WAIT_SECONDS = 2  # how long the second has patience in the line


class StepFailed(Exception):
    """What was expected did not happen; the text says what was."""


@dataclass(frozen=True)
class Step:
    """A line of the checklist."""

    name: str
    is_well: bool
    found: str


def play(settings: Settings) -> Iterator[Step]:
    """The steps as they happen; after one that is not well there is none. To be called alone on the stage."""
    with set_stage(settings, add_operator), ExitStack() as running:
        for name, act in Rehearsal(settings, running).acts():
            try:
                yield Step(name, True, act())
            except (StepFailed, SipFailed, OSError) as error:
                yield Step(name, False, str(error))
                return


class Rehearsal:
    """The state of one play: telephones and processes, ended by the stack it was given."""

    def __init__(self, settings: Settings, running: ExitStack) -> None:
        self.settings, self.running = settings, running
        self.box = box_address(settings)

    def acts(self) -> tuple[tuple[str, Callable[[], str]], ...]:
        return (
            ("The operator's telephone registers", self.register),
            ("The operator is signed on", self.sign_on),
            ("The number answers, the greeting is heard", self.greeting),
            ("Key 1 leads to the operator, both hear each other", self.conversation),
            ("Another caller waits in the line and gives up", self.impatient_caller),
            ("The first call is a fact: answered", self.answered_call),
            ("It was recorded, both voices", self.recording),
            ("The second call is a fact: abandoned in the line", self.abandoned_call),
        )

    def register(self) -> str:
        """From the port at which she is then rung, as Asterisk goes by where a telephone speaks from."""
        port = free_port(OPERATORS_ADDRESS)
        account = models.Phone.get_by_id(STAGE)
        once = ("-m", "1", "-au", account.pbx_name, "-ap", account.secret)
        with sipp(
            "operator-registers", self.box, OPERATORS_ADDRESS, *once, port=port, account=account.pbx_name
        ) as signing:
            signing.finish(10)
        self.operator = self._handset(OPERATORS_ADDRESS, OPERATOR_HERTZ)
        self.running.enter_context(sipp("operator", self.box, OPERATORS_ADDRESS, port=port, sound=self.operator.port))
        return account.pbx_name

    def sign_on(self) -> str:
        presence.sign_on(STAGE)
        if not until(lambda: "(Not in use)" in member(self.settings), 20):
            raise StepFailed(f"{member(self.settings) or 'not in the queue'}: does the scheduler run?")
        return QUEUE

    def greeting(self) -> str:
        self.caller = self._handset(CALLERS_ADDRESS, CALLER_HERTZ)
        self.first = self._call(self.caller, STAY_SECONDS)
        heard = until(lambda: (s := self._seconds(self.caller, GREETING_HERTZ)) > 0.5 and s, 4)
        if not heard:
            self.first.complain()
            raise StepFailed(f"{len(self.caller.heard()) / 8000:.1f} s of sound, and the greeting is not in it")
        return f"{heard:.1f} s of it"

    def conversation(self) -> str:
        self.caller.press("1")
        there = until(lambda: self._seconds(self.operator, CALLER_HERTZ) > 0.5, STAY_SECONDS)
        back = until(lambda: self._seconds(self.caller, OPERATOR_HERTZ) > 0.5, 1)
        if not (there and back):
            raise StepFailed(f"the operator {_hears(there)} the caller, the caller {_hears(back)} the operator")
        return "700 Hz, 1000 Hz, 1300 Hz where they belong"

    def impatient_caller(self) -> str:
        impatient = self._handset(CALLERS_ADDRESS, CALLER_HERTZ)
        second = self._call(impatient, WAIT_SECONDS)
        impatient.press("1")
        second.finish(WAIT_SECONDS + 10)
        self.first.finish(STAY_SECONDS + 10)
        return f"after {WAIT_SECONDS} s"

    def answered_call(self) -> str:
        call = self._fact("answered")
        if call.operator_id != STAGE or call.menu_path != "1" or call.talk_seconds < 1:
            raise StepFailed(f"menu path {call.menu_path!r}, {call.talk_seconds} s, operator {call.operator_id}")
        self.recorded = call.recording
        return f"key 1, waited {call.wait_seconds} s, talked {call.talk_seconds} s"

    def recording(self) -> str:
        path = self.settings.recordings_dir / self.recorded
        if not self.recorded or not path.is_file():
            raise StepFailed(f"no recording {self.recorded}")
        sound = path.read_bytes()
        both = seconds_of(sound, CALLER_HERTZ), seconds_of(sound, OPERATOR_HERTZ)
        if min(both) < 0.5:
            raise StepFailed(f"caller {both[0]:.1f} s, operator {both[1]:.1f} s")
        return f"{len(sound) / 8000:.1f} s"

    def abandoned_call(self) -> str:
        call = self._fact("abandoned_line")
        if Callback.select().where(Callback.shop == STAGE).exists():
            raise StepFailed("a test call must not be called back")
        return f"waited {call.wait_seconds} s, and nobody is to call back a test"

    def _fact(self, ending: str) -> Call:
        mine = Call.select().where(Call.shop == STAGE)
        ended = mine.where(Call.ending == ending, Call.ended_at.is_null(False))
        call = until(lambda: ended.clone().first(), 8)  # a query keeps its first answer, hence the clone
        if call is None:
            raise StepFailed(f"not found; there are: {', '.join(c.ending or 'unended' for c in mine) or 'none'}")
        return call

    def _handset(self, address: str, hertz: int) -> Handset:
        handset = Handset(address, hertz)
        self.running.callback(handset.close)
        return handset

    def _call(self, handset: Handset, seconds: float) -> Run:
        """A caller who hangs up so many seconds after the answer."""
        stay = ("-m", "1", "-d", str(int(seconds * 1000)))
        words = {"called": NUMBER, "caller": CALLER, "sound": handset.port}
        return self.running.enter_context(sipp("caller", self.box, CALLERS_ADDRESS, *stay, **words))

    @staticmethod
    def _seconds(handset: Handset, hertz: int) -> float:
        return seconds_of(handset.heard(), hertz)


def _hears(does: object) -> str:
    return "hears" if does else "does not hear"
