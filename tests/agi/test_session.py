"""Each fault of pyst2 0.5.1 that agi/session.py mends, over a real socket pair."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from asterisk.agi import AGIError, AGIInvalidCommand, AGIUnknownError, AGIUsageError

from agi import session as agi
from agi.session import Hangup, NotAgi, Session, Typed
from agi.sounds import Sound
from tests.agi.asterisk import header


@pytest.fixture
def wire():
    """(ours, Asterisk's): two ends of one connection."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def talk(wire):
    """talk(*replies): a session whose next commands get these replies, and Asterisk's end of it."""
    ours, theirs = wire

    def begin(*replies: str) -> tuple[Session, socket.socket]:
        theirs.sendall(header("menu"))
        session = Session(ours, 2.0)
        for reply in replies:
            theirs.sendall(reply.encode() + b"\n")
        return session, theirs

    return begin


def sent(theirs: socket.socket) -> str:
    return theirs.recv(65536).decode()


def test_a_session_begins_in_a_thread_and_prints_nothing(talk, capfd):
    failed = []

    def script():
        try:
            talk("200 result=1")[0].set_variable("A", "b")
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=script)
    thread.start()
    thread.join(5)
    assert failed == []
    assert capfd.readouterr() == ("", "")


def test_the_header_is_read_whole_in_any_pieces(wire):
    ours, theirs = wire

    def drip():
        for byte in header("route", agi_calleridname="Оля: «Чай» 🍵"):
            theirs.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    session = Session(ours, 2.0)
    thread.join()
    assert session.env["agi_network_script"] == "route"
    assert session.env["agi_calleridname"] == "Оля: «Чай» 🍵"


@pytest.mark.parametrize("rubbish", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00\n", b"agi_network\n", b"x" * 20000])
def test_what_is_no_agi_header_is_no_session(wire, rubbish):
    ours, theirs = wire
    theirs.sendall(rubbish)
    with pytest.raises(NotAgi):
        Session(ours, 2.0)


def test_an_endless_header_is_cut_off(wire):
    ours, theirs = wire
    theirs.sendall(b"".join(b"agi_arg_%d: %s\n" % (n, b"x" * 100) for n in range(300)))
    with pytest.raises(NotAgi):
        Session(ours, 2.0)


def test_a_header_that_drips_too_slowly_is_given_up_in_time(wire, monkeypatch):
    monkeypatch.setattr(agi, "HEADER_SECONDS", 0.3)
    ours, theirs = wire
    stop = threading.Event()

    def drip():
        while not stop.wait(0.05):
            theirs.sendall(b"agi_x: 1\n")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with pytest.raises(NotAgi):
        Session(ours, 2.0)
    assert 0.25 < time.monotonic() - began < 1
    stop.set()
    thread.join()


@pytest.mark.parametrize("hostile", ["a\nHANGUP", 'x" "y', "back\\slash", "tab\tand\x00nul\x7f", "${SECRET}", "Чай 🍵"])
def test_a_value_stays_one_value_and_one_line(talk, hostile):
    session, theirs = talk("200 result=1")
    session.set_variable("NAME", hostile)
    line = sent(theirs)
    assert line.count("\n") == 1 and line.endswith("\n")
    assert as_asterisk_reads(line) == ["SET", "VARIABLE", "NAME", clean(hostile)]


def clean(text: str) -> str:
    return "".join(" " if ord(c) < 32 or ord(c) == 127 else c for c in text)


def as_asterisk_reads(line: str) -> list[str]:
    """parse_args of res_agi.c: blanks part words unless quoted; a backslash keeps the next character."""
    words, word, quoted, escaped = [], None, False, False
    for character in line.rstrip("\n"):
        if escaped:
            word, escaped = (word or "") + character, False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted, word = not quoted, word or ""
        elif character == " " and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + character
    return words if word is None else [*words, word]


def test_an_unquoted_argument_of_pyst2_cannot_carry_a_second_command(talk):
    session, theirs = talk()
    with pytest.raises(AGIUsageError):
        session.stream_file("hello\nEXEC System reboot")
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


def test_a_command_longer_than_asterisk_reads_is_not_sent(talk):
    session, theirs = talk("200 result=1")
    most = 2047 - len('SET VARIABLE "A" ""\n')
    session.set_variable("A", "x" * most)
    assert len(sent(theirs)) == 2047
    for value in ("x" * (most + 1), "Ж" * (most // 2 + 1)):
        with pytest.raises(AGIUsageError):
            session.set_variable("A", value)


@pytest.mark.parametrize("reply", ["HANGUP", "200 result=-1", "200 result=-1 endpos=160", "511 Command Not Permitted"])
def test_a_hangup_is_a_hangup_however_asterisk_says_it(talk, reply):
    with pytest.raises(Hangup):
        talk(reply)[0].stream_file("hello")


def test_a_closed_connection_is_a_hangup(talk):
    session, theirs = talk()
    theirs.close()
    with pytest.raises(Hangup):
        for _ in range(3):  # the first may still be taken by the kernel
            session.set_variable("A", "b")


def test_a_connection_closed_within_a_reply_is_a_hangup(talk):
    session, theirs = talk()
    theirs.sendall(b"200 resu")
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(Hangup):
        session.set_variable("A", "b")


def test_an_asterisk_that_says_nothing_is_given_up(talk, monkeypatch):
    monkeypatch.setattr(agi, "REPLY_SECONDS", 0.2)
    with pytest.raises(Hangup):
        talk()[0].set_variable("A", "b")


def test_a_cut_usage_text_ends_as_a_hangup(talk):
    session, theirs = talk("520-Invalid command syntax.  Proper usage follows:", "Usage: SET VARIABLE")
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(Hangup):
        session.set_variable("A", "b")


def test_a_usage_text_is_an_error_and_the_next_reply_is_the_next_ones(talk):
    replies = ("520-Invalid command syntax.  Proper usage follows:", "Usage: …", "520 End of proper usage.")
    session, _ = talk(*replies, "200 result=1 (tea)")
    with pytest.raises(AGIUsageError):
        session.set_variable("A", "b")
    assert session.get_variable("SHOP") == "tea"


def test_a_usage_text_without_end_is_not_read_for_ever(talk):
    session, _ = talk("\n".join(["520-Invalid", *["Usage: on and on"] * 300]))
    with pytest.raises(AGIUsageError):
        session.set_variable("A", "b")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("510 Invalid or unknown command", AGIInvalidCommand),
        ("what?", AGIUnknownError),
        ("200 what?", AGIUnknownError),
        ("", AGIUnknownError),
    ],
)
def test_a_reply_that_is_none_is_an_error(talk, reply, error):  # fmt: skip
    with pytest.raises(error):
        talk(reply)[0].set_variable("A", "b")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("200 result=1 (hangup)", "hangup"),
        ("200 result=0", ""),
        ("200 result=1 ()", ""),
        ("200 result=1 (a=b (c) result=-1)", "a=b (c) result=-1"),
        ("200 result=1 (two\nlines)", "two\nlines"),
        ("200 result=1 (-1)", "-1"),
    ],
)
def test_a_variable_has_the_value_it_has(talk, reply, value):
    session, _ = talk(reply, "200 result=1 (next)")
    assert session.get_variable("NAME") == value
    assert session.get_variable("NEXT") == "next"


def test_a_value_without_end_is_an_error(talk, monkeypatch):
    monkeypatch.setattr(agi, "REPLY_BYTES", 4000)
    with pytest.raises(AGIError):
        talk("200 result=1 (", *["x" * 500] * 20)[0].get_variable("NAME")


def test_a_line_without_end_is_an_error(talk, monkeypatch):
    monkeypatch.setattr(agi, "REPLY_BYTES", 100)
    with pytest.raises(AGIError):
        talk("200 result=1 (" + "x" * 500)[0].get_variable("NAME")


def test_bytes_that_are_no_utf8_are_read(talk):
    session, theirs = talk()
    theirs.sendall(b"200 result=1 (\xff\xfe)\n")
    assert session.get_variable("NAME") == "\ufffd\ufffd"


@pytest.mark.parametrize(
    ("reply", "typed"),
    [
        ("200 result=123", Typed("123", False)),
        ("200 result=12 (timeout)", Typed("12", True)),
        ("200 result= (timeout)", Typed("", True)),
        ("200 result=", Typed("", False)),
        ("200 result=*5", Typed("*5", False)),
    ],
)
def test_digits_come_with_whether_the_caller_ended_them(talk, reply, typed):
    session, theirs = talk("200 result=1", reply, "200 result=1")
    assert session.ask_digits(Sound("/p/type number", 3.0), 5, 10) == typed
    assert sent(theirs).splitlines()[1] == 'GET DATA "/p/type number" 5000 10'


def test_a_sound_is_played_under_the_switch_which_is_back_at_the_margin_when_cut_short(talk):
    session, theirs = talk("200 result=1", "200 result=49 endpos=8000", "200 result=1")
    assert session.play(Sound("/p/a", 10.25)) == "1"
    assert sent(theirs).splitlines() == [
        'SET VARIABLE "TIMEOUT(absolute)" "12.25"',
        'STREAM FILE "/p/a" "0123456789*#" 0',
        'SET VARIABLE "TIMEOUT(absolute)" "2.00"',
    ]


def test_a_sound_heard_to_its_end_needs_no_second_switch(talk):
    session, theirs = talk("200 result=1")
    threading.Timer(0.5, theirs.sendall, [b"200 result=0 endpos=4000\n"]).start()
    assert session.play(Sound("/p/a", 0.5)) == ""
    assert len(sent(theirs).splitlines()) == 2


def test_no_sound_says_nothing_to_asterisk(talk):
    session, theirs = talk()
    assert session.play(None) == ""
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("", None), ("-1", None), ("1 2", None), ("²", None), ("x", None)]
)
def test_an_id_in_a_variable_is_a_number_or_nothing(talk, text, number):
    session, _ = talk(f"200 result=1 ({text})" if text else "200 result=0")
    assert session.number("SHOP") == number
