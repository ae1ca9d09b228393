"""The FastAGI server: what is no call costs nothing, and no call hurts another."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from agi import server as server_module
from agi import session as session_module
from agi.session import Session
from tests.agi.asterisk import Asterisk, header

HOUSE = Path(__file__).parents[2]


def gone(server, timeout: float = 3) -> bool:
    """Whether every connection is let go in time."""
    deadline = time.monotonic() + timeout
    while server.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    return server.calls == 0


def threads() -> int:
    """How many threads serve or wait to."""
    return sum(thread.name.startswith("call") for thread in threading.enumerate())


def greet(session: Session) -> None:
    session.set_variable("GREETED", "yes")


def ring(server, script: str = "menu") -> dict[str, str]:
    return Asterisk().run(server.address, script, {}).variables


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"agi_network: yes\nagi_ne", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", os.urandom(4000), b"x" * 100_000],
)
def test_a_stranger_costs_neither_a_word_nor_a_thread(serve, caplog, capfd, rubbish):
    server = serve(greet)
    for _ in range(20):
        # an error: the server hangs up on what is left unread
        with socket.create_connection(server.address) as stranger, suppress(OSError):
            stranger.sendall(rubbish)
            stranger.shutdown(socket.SHUT_WR)
            assert stranger.recv(1) == b""
        assert gone(server)
    assert threads() < 10  # two may overlap while one is let go, no more are kept
    assert ring(server) == {"GREETED": "yes"}
    assert caplog.records == [] and capfd.readouterr() == ("", "")


def test_a_stranger_who_resets_the_connection_costs_nothing(serve, caplog):
    server = serve(greet)
    for _ in range(20):
        stranger = socket.create_connection(server.address)
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        stranger.close()
    assert gone(server) and caplog.records == []
    assert ring(server) == {"GREETED": "yes"}


def test_a_stranger_who_says_nothing_is_dropped(serve, monkeypatch, caplog):
    monkeypatch.setattr(session_module, "HEADER_SECONDS", 0.2)
    server = serve(greet)
    silent = [socket.create_connection(server.address) for _ in range(10)]
    assert ring(server) == {"GREETED": "yes"}
    for stranger in silent:
        stranger.settimeout(2)
        assert stranger.recv(1) == b""
        stranger.close()
    assert gone(server) and caplog.records == []


def test_a_script_that_fails_is_logged_and_hurts_no_other_call(serve, caplog):
    def script(session: Session) -> None:
        if session.env["agi_network_script"] == "broken":
            raise ZeroDivisionError("in the script")
        greet(session)

    server = serve(script)
    assert ring(server, "broken") == {}
    assert ring(server) == {"GREETED": "yes"}
    assert "in the script" in caplog.text and "broken" in caplog.text


def test_a_hangup_is_no_fault(serve, caplog):
    server = serve(greet)
    Asterisk(hangup_at=0).run(server.address, "menu", {})
    assert gone(server) and caplog.records == []


def test_an_unknown_script_ends_at_once(call, caplog):
    story = call("voicemail-from-mars")
    assert story.commands == []
    assert "voicemail-from-mars" in caplog.text


def test_calls_beyond_the_limit_go_to_the_line_at_once(serve, caplog):
    hold = threading.Event()
    server = serve(lambda session: hold.wait(10), most=2)
    held = [socket.create_connection(server.address) for _ in range(2)]
    for connection in held:
        connection.sendall(header("menu"))
    with socket.create_connection(server.address) as third:
        third.settimeout(2)
        assert third.recv(1) == b""
    hold.set()
    for connection in held:
        connection.close()
    assert gone(server)
    assert "goes to the line" in caplog.text
    assert ring(server) == {}  # a place is free again


def test_eight_callers_at_once_each_hear_their_own(serve):
    def script(session: Session) -> None:
        for n in range(50):
            session.set_variable(f"V{n}", session.get_variable("MINE"))

    server = serve(script)
    stories = {}

    def one(name: str) -> None:
        stories[name] = Asterisk().run(server.address, "menu", {"MINE": name}).variables

    threads = [threading.Thread(target=one, args=(f"caller {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert all(set(variables.values()) == {name} for name, variables in stories.items()) and len(stories) == 8


def test_stopping_lets_the_calls_in_progress_go_to_the_line(serve, monkeypatch):
    monkeypatch.setattr(server_module, "STOP_SECONDS", 0.2)
    server = serve(lambda session: session.wait_for_key(60))
    with socket.create_connection(server.address) as caller:
        caller.settimeout(5)
        caller.sendall(header("menu"))
        assert b"TIMEOUT(absolute)" in caller.recv(4096)
        server.stop()
        assert caller.recv(4096) == b""
    assert gone(server)


def environ(tmp_path, port: int) -> dict[str, str]:
    given = {"DATA_DIR": tmp_path, "SECRET_KEY": "k" * 40, "AMI_SECRET": "a" * 20, "AGI_BIND": f"127.0.0.1:{port}"}
    return {**os.environ, "PYTHONPATH": str(HOUSE), **{f"SPILKA_{name}": str(value) for name, value in given.items()}}


def test_the_process_serves_and_stops_cleanly_on_sigterm(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "agi"], cwd=tmp_path, env=environ(tmp_path, port), stderr=subprocess.PIPE, text=True
    )
    try:
        assert "listening" in process.stderr.readline()
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(header("no-such-script"))
            assert caller.recv(1) == b""
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.stderr.close()


def test_the_process_says_in_words_which_setting_is_wrong(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "agi"], cwd=tmp_path, env={**environ(tmp_path, 1), "SPILKA_AGI_BIND": "nowhere"},
        capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    assert done.returncode == 1
    assert "SPILKA_AGI_BIND" in done.stderr and "Traceback" not in done.stderr
