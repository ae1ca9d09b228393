"""What one handset says the other hears, and keys arrive as RFC 4733 has them."""

from __future__ import annotations

import socket
import time

import pytest

from upkeep.handset import Handset
from upkeep.tones import seconds_of


@pytest.fixture
def handsets():
    pair = Handset("127.0.0.1", 1000), Handset("127.0.0.1", 1300)
    yield pair
    for handset in pair:
        handset.close()


def wait_for(question, seconds=3):
    deadline = time.monotonic() + seconds
    while not question() and time.monotonic() < deadline:
        time.sleep(0.02)
    return question()


def test_two_handsets_hear_each_other_once_one_has_spoken(handsets):
    left, right = handsets
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        nobody.sendto(b"\x80\x08" + bytes(10) + b"\xd5" * 160, ("127.0.0.1", left.port))
        first = nobody.recvfrom(2048)[0]
        assert first[1] & 0x7F == 8 and len(first) == 172
    left._socket.sendto(b"\x80\x08" + bytes(10) + b"\xd5" * 160, ("127.0.0.1", right.port))
    assert wait_for(lambda: seconds_of(right.heard(), 1000) > 0.2)
    assert wait_for(lambda: seconds_of(left.heard(), 1300) > 0.2)


def test_a_key_is_told_with_its_end_three_times_and_speech_goes_on_in_sequence():
    handset = Handset("127.0.0.1", 1000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(2)
        other.sendto(b"\x80\x08" + bytes(10) + b"\xd5" * 160, ("127.0.0.1", handset.port))
        other.recv(2048)
        handset.press("#")
        packets = []
        while not packets or packets[-1][1] & 0x7F == 101 or not any(p[1] & 0x7F == 101 for p in packets):
            packets.append(other.recv(2048))
    handset.close()
    keys = [packet for packet in packets if packet[1] & 0x7F == 101]
    assert {packet[12] for packet in keys} == {11}
    assert [packet[13] >> 7 for packet in keys] == [0] * 7 + [1] * 3
    assert len({packet[4:8] for packet in keys}) == 1
    numbers = [int.from_bytes(packet[2:4], "big") for packet in packets]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
