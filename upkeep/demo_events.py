"""Call events as Asterisk writes them, for calls that never were: one function per thing that happens in a call.

What a real call writes stands in tests/cel; only what is folded into facts is imitated here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count

from models import Attempt, Did, User
from pbx import names

_serial = count(1)


@dataclass
class Tape:
    """Events of many calls, each (epoch seconds, line); written in order of time."""

    events: list[tuple[float, str]] = field(default_factory=list)

    def text(self) -> str:
        return "".join(line for _, line in sorted(self.events, key=lambda event: event[0]))


class Channel:
    """One channel of a call; every event it writes carries its identity."""

    def __init__(self, tape: Tape, at: float, endpoint: str, context: str, number: str, linkedid: str = "", **own):
        serial = next(_serial)
        self.tape, self.context, self.number = tape, context, number
        self.uniqueid = own.get("uniqueid") or f"{int(at)}.9{serial:05d}"
        self.linkedid = linkedid or self.uniqueid
        self.name = own.get("name") or f"PJSIP/{endpoint}-{serial:08x}"
        self.account = own.get("account", "")
        self.write(at, "CHAN_START", exten=own.get("exten", "s"))

    def write(self, at: float, event: str, name: str = "", app: str = "", data: str = "", **more: str) -> None:
        values = {
            "eventenum": event, "userdeftype": name, "eventtime": f"{at:.6f}", "num": self.number, "name": "",
            "exten": more.get("exten", "s"), "context": self.context, "channame": self.name, "appname": app,
            "appdata": data, "accountcode": self.account, "uniqueid": self.uniqueid, "linkedid": self.linkedid,
            "peer": more.get("peer", ""), "eventextra": more.get("extra", ""),
        }  # fmt: skip
        quoted = ('"' + values[field].replace('"', '""') + '"' for field in names.CEL_FIELDS)
        self.tape.events.append((at, ",".join(quoted) + "\n"))

    def tell(self, at: float, name: str, *words: object) -> None:
        """A user event of ours."""
        text = "|".join(str(word) for word in words)
        self.write(at, "USER_DEFINED", name, "CELGenUserEvent", f"{name},{text}", extra=json.dumps({"extra": text}))

    def hang_up(self, at: float, source: str, cause: int = 16) -> None:
        self.write(at, "HANGUP", extra=json.dumps({"hangupcause": cause, "hangupsource": source, "dialstatus": ""}))
        self.write(at, "CHAN_END")

    def end(self, at: float, source: str) -> None:
        """The last channel of the call hangs up."""
        self.hang_up(at, source)
        self.write(at, "LINKEDID_END")


def comes_in(tape: Tape, at: float, did: Did, number: str, is_open: bool) -> Channel:
    """A customer's call, answered and routed."""
    caller = Channel(tape, at, did.trunk.pbx_name, did.trunk.pbx_name, number, exten=did.number, account=str(did.id))
    caller.context = names.CALL_IN
    caller.tell(at + 0.001, names.EVENT_CALL_IN, did.id, did.shop_id, "allowed_not_screened", number)
    caller.write(at + 0.002, "ANSWER", app="Answer", data=",i")
    caller.tell(at + 0.010, names.EVENT_ROUTE, "open" if is_open else "closed", "")
    return caller


def enters_line(caller: Channel, at: float, queue: str) -> None:
    caller.context = names.LINE
    caller.tell(at, names.EVENT_LINE, queue)
    caller.write(at + 0.001, "APP_START", app="Queue", data=queue)


def rings(caller: Channel, at: float, operator: User) -> Channel:
    """Her telephone begins to ring."""
    return Channel(caller.tape, at, f"op-{operator.id}", names.OPERATORS, "", caller.linkedid)


def talk(caller: Channel, hers: Channel, begins: float, ends: float, by_caller: bool) -> None:
    """She picks up, they speak, one of them hangs up."""
    hers.write(begins - 1, "ANSWER", app="AppQueue", data="(Outgoing Line)")
    hers.tell(begins - 0.01, names.EVENT_CONNECTED, caller.uniqueid)
    bridge = json.dumps({"bridge_id": f"demo-{caller.uniqueid}", "bridge_technology": "simple_bridge"})
    hers.write(begins, "BRIDGE_ENTER", extra=bridge)
    caller.write(begins + 0.001, "BRIDGE_ENTER", app="Queue", peer=hers.name, extra=bridge)
    caller.write(ends, "BRIDGE_EXIT", app="Queue", peer=hers.name, extra=bridge)
    hers.write(ends + 0.001, "BRIDGE_EXIT", extra=bridge)
    source = caller.name if by_caller else hers.name
    hers.hang_up(ends + 0.002, source)
    caller.end(ends + 0.003, source)


def callback(tape: Tape, at: float, attempt: Attempt, did: Did, seconds: float, by_customer: bool) -> float:
    """Her telephone, then the customer's; seconds of speech, 0 when he does not answer. The instant it was over."""
    hers = Channel(tape, at, f"op-{attempt.user_id}", names.OPERATORS, "", uniqueid=attempt.channel_id)
    hers.write(at + 3, "ANSWER", app="AppDial2", data="(Outgoing Line)")
    hers.context, hers.account, hers.number = names.CALLBACK, str(did.id), did.number
    hers.tell(at + 3.1, names.EVENT_CALLBACK, attempt.public_id, did.id, did.shop_id)
    dial = f"PJSIP/{attempt.customer}@{did.trunk.pbx_name},45,gL(1800000)"
    hers.write(at + 3.2, "APP_START", app="Dial", data=dial)
    his = Channel(tape, at + 3.3, did.trunk.pbx_name, did.trunk.pbx_name, "", attempt.channel_id, account=str(did.id))
    over = at + 12 + seconds if seconds else at + 48
    if seconds:
        his.write(at + 12, "ANSWER", app="AppDial", data="(Outgoing Line)")
        bridge = json.dumps({"bridge_id": f"demo-{attempt.public_id}", "bridge_technology": "simple_bridge"})
        his.write(at + 12, "BRIDGE_ENTER", extra=bridge)
        hers.write(at + 12.001, "BRIDGE_ENTER", app="Dial", data=dial, peer=his.name, extra=bridge)
        hers.write(over, "BRIDGE_EXIT", app="Dial", data=dial, peer=his.name, extra=bridge)
    hers.tell(over + 0.01, names.EVENT_DIALLED, attempt.public_id, *(("ANSWER", 16) if seconds else ("NOANSWER", 19)))
    source = his.name if by_customer else hers.name
    his.hang_up(over + 0.02, source, 16 if seconds else 19)
    hers.end(over + 0.03, source)
    return over + 1


def tick(tape: Tape, at: float) -> None:
    """The one-second call that proves facts arrive."""
    channel = Channel(tape, at, "", names.TICK, "", name=f"Local/s@{names.TICK}-00000000;2")
    channel.tell(at, names.EVENT_TICK, int(at))
