"""Actions on Asterisk's manager interface: what the scheduler, and nobody else, asks Asterisk to do.

pyst2's Manager is kept for what is sound in it, the message parser and the log-in; its three threads, which give
a reply to whoever waits first and wait for ever, are replaced by one socket read by the thread that asks. Every
reply is matched by ActionID, a list is collected to its end, each action has a deadline, and a value that holds
a line break is refused before anything is sent. One Ami belongs to one thread. A lost connection raises
AmiError and the next action connects again.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from asterisk.manager import EOL, Manager, ManagerMsg

from pbx.config import word

LONGEST_MESSAGE = 1 << 20  # bytes; more without an end is no manager
KEPT_EVENTS = 1000
END = (EOL * 2).encode()


class AmiError(Exception):
    """Asterisk did not do it. permanent: it refused, so asking again is of no use; else it could not be asked."""

    def __init__(self, text: str, permanent: bool = False):
        super().__init__(text)
        self.permanent = permanent


@dataclass(frozen=True)
class QueueMember:
    """A member of a queue; status is Asterisk's device state (1 free, 2 in use, 5 unavailable, 6 ringing)."""

    queue: str
    interface: str
    penalty: int
    paused: bool
    reason: str
    paused_at: int  # epoch seconds of the last pause, 0 = never
    status: int
    spoke_until: int = 0  # epoch seconds of the end of her last conversation, 0 = never


@dataclass(frozen=True)
class QueueEntry:
    """Who waits in a queue, a caller or a placeholder, by his channel; position 1 is served next."""

    queue: str
    position: int
    uniqueid: str
    channel: str = ""


@dataclass(frozen=True)
class Channel:
    name: str
    uniqueid: str
    linkedid: str
    bridge: str = ""  # the bridge it is in, if any


class Message(ManagerMsg):
    """A message whose repeated headers are harmless: pyst2's own parser dies of a ChanVariable."""

    def parse(self, response: list[str]) -> None:
        pairs = (line.partition(":") for line in response)
        self.headers = {name.strip(): value.strip() for name, colon, value in pairs if colon}


class Ami(Manager):
    """A connection to Asterisk's manager, made when first needed. Every action raises AmiError."""

    def __init__(self, address: str, secret: str, timeout: float = 5, wants_events: bool = True):
        # pyst2's own __init__ prepares three threads, which must not exist here
        self.address, self.secret, self.timeout = address, secret, timeout
        self.wants_events = wants_events  # else Asterisk tells nothing unasked, which nobody would read
        self.connections = 0  # how often it connected: who sees another number must look at everything anew
        self.started_seconds_ago: int | None = None  # Asterisk's age when the connection was made
        self.hostname = secrets.token_hex(4)  # makes our ActionIDs nobody else's
        self.title = None
        self._connected = threading.Event()
        self._seqlock, self._seq = threading.Lock(), 0
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._events: deque[dict[str, str]] = deque(maxlen=KEPT_EVENTS)

    # --- the connection ---------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Connect and log in, unless that is done."""
        if self._connected.is_set():
            return
        host, _, port = self.address.rpartition(":")
        try:
            self._socket = socket.create_connection((host, int(port)), self.timeout)
        except OSError as fault:
            raise AmiError(f"Asterisk does not answer at {self.address}: {fault}") from fault
        self._buffer = b""
        self._events.clear()
        self._connected.set()
        deadline = time.monotonic() + self.timeout
        self._greeting(deadline)
        try:
            self.login("spilka", self.secret)
        except AmiError:
            self.close()
            raise
        self._wait_until_booted(deadline)
        if not self.wants_events:
            self.send_action(Action="Events", EventMask="off")
        self.connections += 1

    def connected(self) -> bool:
        """Whether there is a connection, as far as is known without asking."""
        return self._connected.is_set()

    def close(self) -> None:
        """Drop the connection; the next action makes another."""
        self._connected.clear()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _greeting(self, deadline: float) -> None:
        while b"\n" not in self._buffer:
            self._receive(deadline)
        self.title, _, self._buffer = self._buffer.partition(b"\n")

    def _wait_until_booted(self, deadline: float) -> None:
        """Asterisk takes log-ins before its queues exist; FullyBooted says that it is ready, and how old it is."""
        while not (booted := [event for event in self._events if event["Event"] == "FullyBooted"]):
            self._keep(self._message(deadline))
        self._events.remove(booted[0])
        self.started_seconds_ago = _number(booted[0].get("Uptime"))

    def _message(self, deadline: float) -> Message:
        while (end := self._buffer.find(END)) < 0:
            self._receive(deadline)
        text, self._buffer = self._buffer[:end], self._buffer[end + len(END) :]
        return Message([line + EOL for line in text.decode("utf-8", "replace").split(EOL)])

    def _receive(self, deadline: float) -> None:
        """Add to the buffer what has arrived. Raises AmiError and closes when nothing does in time."""
        if len(self._buffer) > LONGEST_MESSAGE:
            self._lost("a message without an end")
        self._socket.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            self._lost("no answer in time")
        except OSError as fault:
            self._lost(str(fault))
        if not data:
            self._lost("connection closed")
        if time.monotonic() > deadline:
            self._lost("no whole answer in time")
        self._buffer += data

    def _lost(self, why: str) -> None:
        self.close()
        raise AmiError(f"the connection to Asterisk is lost: {why}")

    def _keep(self, message: Message) -> None:
        if message.has_header("Event"):
            self._events.append(message.headers)

    # --- asking -----------------------------------------------------------------------------------------------

    def send_action(self, cdict: dict | None = None, **kwargs) -> Message:
        """Send one action and return its own reply; pyst2's ready-made actions come through here too."""
        return self._ask({**(cdict or {}), **kwargs})[0]

    def ask_list(self, action: str, **headers) -> list[dict[str, str]]:
        """The events of an action that answers with a list, its last (…Complete) excluded."""
        reply, action_id, deadline = self._ask({"Action": action, **headers})
        events = []
        while True:
            message = self._message(deadline)
            if message.get_header("ActionID") != action_id:
                self._keep(message)
            elif message.get_header("EventList") == "Complete":
                return events
            else:
                events.append(message.headers)

    def events(self) -> list[dict[str, str]]:
        """What Asterisk told unasked since the last time (OriginateResponse); never waits."""
        self.connect()
        self._take_waiting()
        while END in self._buffer:
            self._keep(self._message(0))
        events = list(self._events)
        self._events.clear()
        return events

    def _take_waiting(self) -> None:
        self._socket.setblocking(False)
        try:
            while data := self._socket.recv(65536):
                self._buffer += data
                if len(self._buffer) > LONGEST_MESSAGE:
                    self._lost("a message without an end")
            self._lost("connection closed")
        except BlockingIOError:
            return
        except OSError as fault:
            self._lost(str(fault))

    def _ask(self, headers: dict) -> tuple[Message, str, float]:
        action_id = f"{self.hostname}-{self.next_seq()}"
        packet = _packet({**headers, "ActionID": action_id})
        self.connect()
        deadline = time.monotonic() + self.timeout
        try:
            self._socket.settimeout(self.timeout)
            self._socket.sendall(packet)
        except OSError as fault:
            self._lost(str(fault))
        while True:
            message = self._message(deadline)
            if message.has_header("Event") or message.get_header("ActionID") != action_id:
                self._keep(message)
                continue
            if message.get_header("Response") == "Error":
                raise AmiError(f"{headers['Action']}: {message.get_header('Message')}", permanent=True)
            return message, action_id, deadline

    # --- queues -----------------------------------------------------------------------------------------------

    def queue_add(self, queue: str, interface: str, penalty: int, paused: bool = False, reason: str = "") -> None:
        self.send_action(
            Action="QueueAdd", Queue=queue, Interface=interface, Penalty=penalty, Paused=_yes(paused), Reason=reason
        )

    def queue_remove(self, queue: str, interface: str) -> None:
        self.send_action(Action="QueueRemove", Queue=queue, Interface=interface)

    def queue_pause(self, queue: str, interface: str, paused: bool, reason: str = "") -> None:
        """Pause or unpause a member in one queue; in every queue when queue is ""."""
        one = {"Queue": queue} if queue else {}
        self.send_action(Action="QueuePause", Interface=interface, Paused=_yes(paused), Reason=reason, **one)

    def queue_penalty(self, queue: str, interface: str, penalty: int) -> None:
        self.send_action(Action="QueuePenalty", Queue=queue, Interface=interface, Penalty=penalty)

    def queue_members(self) -> list[QueueMember]:
        """The members of every queue, at this moment."""
        return self.queues()[0]

    def queue_entries(self) -> list[QueueEntry]:
        """Who waits in every queue, at this moment; in each the first comes first."""
        return self.queues()[1]

    def queues(self) -> tuple[list[QueueMember], list[QueueEntry]]:
        """Members and who waits, of every queue, at one moment."""
        events = self.ask_list("QueueStatus")
        members = [_member(event) for event in events if event.get("Event") == "QueueMember"]
        entries = [_entry(event) for event in events if event.get("Event") == "QueueEntry"]
        return members, sorted(entries, key=lambda entry: (entry.queue, entry.position))

    # --- calls ------------------------------------------------------------------------------------------------

    def originate(self, channel: str, seconds: float, variables: dict[str, object], **headers: str) -> None:
        """Ring a channel and go on where headers say; what became of it comes as an OriginateResponse event.

        Variables may hold only what may stand in the configuration (a comma would begin another one).
        """
        self.send_action(
            Action="Originate",
            Channel=channel,
            Timeout=int(seconds * 1000),
            Async="true",
            Variable=[f"{name}={word(value)}" for name, value in variables.items()],
            **headers,
        )

    def hang_up(self, channel: str, cause: int = 16) -> bool:
        """End a channel; False when it is no more."""
        try:
            self.send_action(Action="Hangup", Channel=channel, Cause=cause)
        except AmiError as fault:
            if fault.permanent:
                return False
            raise
        return True

    def press(self, channel: str, key: str) -> None:
        """A key, as if whoever is at the other end of the channel had pressed it."""
        self.send_action(Action="PlayDTMF", Channel=channel, Digit=key, Receive="true")

    def set_variable(self, name: str, value: object, channel: str = "") -> None:
        """Set a channel's variable, or a global one."""
        where = {"Channel": channel} if channel else {}
        self.send_action(Action="Setvar", Variable=name, Value=word(value), **where)

    def channels(self) -> list[Channel]:
        return [
            Channel(*(event.get(name, "") for name in ("Channel", "Uniqueid", "Linkedid", "BridgeId")))
            for event in self.ask_list("CoreShowChannels")
        ]

    def device_state(self, endpoint: str) -> str:
        """A telephone's state in Asterisk's words (Not in use, In use, Ringing, Unavailable); "" = no such endpoint."""
        try:
            details = self.ask_list("PJSIPShowEndpoint", Endpoint=endpoint)
        except AmiError as fault:
            if fault.permanent:
                return ""
            raise
        return next((e.get("DeviceState", "") for e in details if e.get("Event") == "EndpointDetail"), "")

    def reload_module(self, module: str) -> None:
        """Make a module read its files again."""
        self.send_action(Action="Reload", Module=module)


def _packet(headers: dict) -> bytes:
    lines = [f"{name}: {value}" for name, values in headers.items() for value in _values(values)]
    for line in lines:
        if any(character in line for character in "\r\n\0"):
            raise AmiError(f"{line!r} would be more than one header", permanent=True)
    return (EOL.join(lines) + EOL + EOL).encode()


def _values(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else (value,)


def _yes(flag: bool) -> str:
    return "true" if flag else "false"


def _member(event: dict[str, str]) -> QueueMember:
    return QueueMember(
        queue=event.get("Queue", ""),
        interface=event.get("StateInterface") or event.get("Location", ""),
        penalty=_number(event.get("Penalty")),
        paused=event.get("Paused") == "1",
        reason=event.get("PausedReason", ""),
        paused_at=_number(event.get("LastPause")),
        status=_number(event.get("Status")),
        spoke_until=_number(event.get("LastCall")),
    )


def _entry(event: dict[str, str]) -> QueueEntry:
    return QueueEntry(event["Queue"], _number(event["Position"]), event["Uniqueid"], event["Channel"])


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
