"""The manager connection against a peer that misbehaves; the real Asterisk is in tests/flows/test_ami.py."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time

import pytest

from pbx.ami import Ami, AmiError

HELLO = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = b"Event: FullyBooted\r\nUptime: 7\r\n\r\n"


class Peer:
    """A server that logs anybody in and answers each later action with what `answer(headers)` returns (bytes)."""

    def __init__(self, answer, greeting: bytes = HELLO, booted: bytes = BOOTED):
        self.answer, self.greeting, self.booted = answer, greeting, booted
        self.actions: list[dict[str, str]] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(ConnectionError):
                self._talk(connection)

    def _talk(self, connection: socket.socket):
        connection.sendall(self.greeting)
        buffer = b""
        while data := connection.recv(4096):
            buffer += data
            while b"\r\n\r\n" in buffer:
                packet, _, buffer = buffer.partition(b"\r\n\r\n")
                action = dict(line.split(": ", 1) for line in packet.decode().split("\r\n"))
                self.actions.append(action)
                reply = success(action) + self.booted if action["Action"] == "Login" else self.answer(action)
                if reply is None:
                    return
                connection.sendall(reply)


def success(action: dict, extra: bytes = b"") -> bytes:
    return b"Response: Success\r\nActionID: %s\r\n%s\r\n" % (action["ActionID"].encode(), extra)


@pytest.fixture
def talk():
    """talk(answer, timeout=…): an Ami whose peer answers so."""
    made = []

    def make(answer, timeout: float = 0.5, **peer) -> Ami:
        server = Peer(answer, **peer)
        ami = Ami(server.address, "s" * 20, timeout)
        made.append((server, ami))
        ami.peer = server
        return ami

    yield make
    for server, ami in made:
        ami.close()
        server.server.close()


def test_a_reply_is_matched_by_its_id_whatever_comes_between(talk):
    noise = b"Event: Newchannel\r\nChannel: x\r\n\r\n" + b"Response: Success\r\nActionID: another\r\nPing: No\r\n\r\n"
    ami = talk(lambda action: noise + success(action, b"Ping: Pong\r\n"))
    assert ami.ping()["Ping"] == "Pong"
    assert [event["Event"] for event in ami.events()] == ["Newchannel"]


def test_a_reply_that_comes_in_single_bytes_is_read(talk):
    ami = talk(lambda action: success(action))
    ami.connect()
    slow = ami._socket = Slow(ami._socket)
    assert ami.ping()["Response"] == "Success"
    assert slow.reads > 20


class Slow:
    """A socket that gives one byte at a time."""

    def __init__(self, real):
        self.real, self.reads = real, 0

    def recv(self, size):
        self.reads += 1
        return self.real.recv(1)

    def __getattr__(self, name):
        return getattr(self.real, name)


def test_repeated_channel_variables_do_not_kill_the_reader(talk):
    ami = talk(lambda action: b"Event: X\r\nChanVariable: a=1\r\nChanVariable: broken\r\n\r\n" + success(action))
    assert ami.ping()["Response"] == "Success"


def test_bytes_that_are_no_text_do_no_harm(talk):
    ami = talk(lambda action: b"Event: \xff\xfe\r\nno colon here\r\n\r\n" + success(action))
    assert ami.ping()["Response"] == "Success"


def test_a_refusal_is_permanent_and_keeps_the_connection(talk):
    ami = talk(lambda a: b"Response: Error\r\nActionID: %s\r\nMessage: No such queue\r\n\r\n" % a["ActionID"].encode())
    with pytest.raises(AmiError, match="No such queue") as refused:
        ami.queue_remove("line-1", "PJSIP/op-1")
    assert refused.value.permanent
    assert ami.connections == 1 and ami.connected()


@pytest.mark.parametrize("answer", [lambda action: b"", lambda action: b"Response: Succ", lambda action: None])
def test_silence_half_an_answer_and_a_hang_up_end_in_time_and_the_next_action_connects_again(talk, answer):
    ami = talk(answer)
    began = time.monotonic()
    with pytest.raises(AmiError) as failed:
        ami.ping()
    assert not failed.value.permanent
    assert time.monotonic() - began < 2
    ami.peer.answer = success
    assert ami.ping()["Response"] == "Success"
    assert ami.connections == 2


def test_a_peer_that_never_ends_its_list_is_given_up(talk):
    def half_a_list(action):
        return success(action) + b"Event: QueueMember\r\nActionID: %s\r\n\r\n" % action["ActionID"].encode()

    with pytest.raises(AmiError, match="in time"):
        talk(half_a_list).queue_members()


def test_a_peer_that_floods_without_an_end_is_dropped(talk):
    with pytest.raises(AmiError, match="without an end"):
        talk(lambda action: b"x" * (3 << 20), timeout=5).ping()


def test_nobody_there_is_not_permanent():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(AmiError, match="does not answer") as failed:
        Ami(address, "s" * 20).ping()
    assert not failed.value.permanent


@pytest.mark.parametrize("value", ["a\r\nAction: Shutdown", "a\nb", "a\rb", "a\0b"])
def test_a_line_break_in_a_value_is_refused_before_anything_is_sent(talk, value):
    ami = talk(success)
    with pytest.raises(AmiError, match="more than one header") as refused:
        ami.queue_pause("line-1", value, True)
    assert refused.value.permanent
    assert ami.peer.actions == []


@pytest.mark.parametrize("value", ["1,ADMIN=1", "${SHELL(id)}", '"', "a;b"])
def test_a_variable_that_would_be_more_than_a_value_is_refused(talk, value):
    ami = talk(success)
    with pytest.raises(ValueError, match=re.escape("must not be written")):
        ami.originate("PJSIP/op-1", 5, {"CUSTOMER": value})
    assert ami.peer.actions == []


def test_events_wait_for_nothing_and_notice_a_lost_connection(talk):
    ami = talk(success)
    began = time.monotonic()
    assert ami.events() == []
    assert time.monotonic() - began < 0.3
    ami.peer.answer = lambda action: None
    with pytest.raises(AmiError):
        ami.ping()
    assert ami.events() == []  # connected anew
    assert ami.connections == 2


def test_a_wrong_password_is_told_as_a_refusal(talk):
    ami = talk(success)
    ami.peer.booted = b""
    login = b"Response: Error\r\nMessage: Authentication failed\r\n"
    ami.peer._talk = lambda connection: refuse(connection, login)
    with pytest.raises(AmiError, match="Authentication failed") as refused:
        ami.ping()
    assert refused.value.permanent and not ami.connected()


def refuse(connection, text: bytes):
    connection.sendall(HELLO)
    packet = connection.recv(4096).decode()
    action_id = re.search(r"ActionID: (\S+)", packet)[1]
    connection.sendall(text + f"ActionID: {action_id}\r\n\r\n".encode())
    connection.recv(1)
