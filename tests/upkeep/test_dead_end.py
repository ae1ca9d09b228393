"""A dead end refuses as a dead process does, and once frozen takes calls up and never answers."""

from __future__ import annotations

import socket

import pytest

from upkeep.dead_end import DeadEnd


def call(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), 1)


def test_it_refuses():
    with DeadEnd() as dead_end, pytest.raises(ConnectionRefusedError):
        call(dead_end.address)


def test_frozen_it_lets_itself_be_asked_and_never_answers():
    with DeadEnd() as dead_end:
        dead_end.freeze()
        with call(dead_end.address) as asking:
            asking.sendall(b"agi_network: yes\n\n")
            asking.settimeout(0.3)
            with pytest.raises(TimeoutError):
                asking.recv(1)
        assert (dead_end.asked(), dead_end.asked()) == (1, 0)


def test_afterwards_its_address_is_free_again():
    with DeadEnd() as dead_end:
        dead_end.freeze()
        address = dead_end.address
    with pytest.raises(ConnectionRefusedError):
        call(address)
