"""INVITE to the first sound of a prompt: Spilka's FastAGI menu beside the same greeting in native dialplan.

    SPILKA_ASTERISK_ROOT=… python -m tests.benchmarks.bench_call [calls]

Both ways run in one Asterisk in turn, so that the machine's noise falls on both. The aim: within 5 ms.
"""

from __future__ import annotations

import re
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.flows import cast as people
from tests.flows.box import Box
from tests.flows.cast import TEA

NATIVE = "9001"
ALAW_SILENCE = {0xD5, 0x55}


def main(calls: int = 200):
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Path(folder))
        try:
            cast = people.make(box)
            box.start_asterisk()
            box.start_agi()
            greeting = str(cast.sounds["tea greeting"].with_suffix(""))
            for priority, step in enumerate(("Answer,,i", f"Playback,{greeting}"), 1):
                box.rx(f"dialplan add extension {NATIVE},{priority},{step} into trunk-1")
            times = {"native": [], "spilka": []}
            for _ in range(calls):
                times["native"].append(first_sound(box, NATIVE))
                times["spilka"].append(first_sound(box, TEA))
        finally:
            box.stop()
    report(times)


def report(times: dict[str, list[float]]):
    middle = {way: statistics.median(seconds) * 1000 for way, seconds in times.items()}
    for way, seconds in times.items():
        p95 = statistics.quantiles(seconds, n=20)[18] * 1000
        print(f"{way:>8}: median {middle[way]:.1f} ms, p95 {p95:.1f} ms over {len(seconds)} calls")
    print(f"   spilka - native = {middle['spilka'] - middle['native']:.1f} ms at the median (aim: at most 5)")


def first_sound(box: Box, called: str) -> float:
    """Seconds from sending an INVITE to the first RTP packet that is not silence; hangs up afterwards."""
    host = f"{box.net}.10"
    server = tuple(box.settings.sip_bind.split(":"))
    server = (server[0], int(server[1]))
    with udp(host) as sip, udp(host) as rtp:
        began = time.perf_counter()
        sip.sendto(request("INVITE", called, server, sip, rtp), server)
        while set(rtp.recv(2048)[12:]) <= ALAW_SILENCE:
            pass
        took = time.perf_counter() - began
        tag = ""
        while not tag:
            message = sip.recv(4096).decode()
            if message.startswith("SIP/2.0 200"):
                tag = re.search(r"^To:.*?;tag=([^\s;]+)", message, re.M)[1]
        sip.sendto(request("ACK", called, server, sip, rtp, tag), server)
        sip.sendto(request("BYE", called, server, sip, rtp, tag), server)
        sip.recv(4096)
    return took


def udp(host: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    made.settimeout(5)
    return made


def request(method: str, called: str, server: tuple, sip: socket.socket, rtp: socket.socket, tag: str = "") -> bytes:
    host, port = sip.getsockname()
    body = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {rtp.getsockname()[1]} RTP/AVP 8\r\n"
    body = body if method == "INVITE" else ""
    head = [
        f"{method} sip:{called}@{server[0]}:{server[1]} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{method}{port}",
        "Max-Forwards: 70",
        f"From: <sip:+380501112233@{host}>;tag=bench",
        f"To: <sip:{called}@{server[0]}>" + (f";tag={tag}" if tag else ""),
        f"Call-ID: {port}@{host}",
        f"CSeq: {2 if method == 'BYE' else 1} {method}",
        f"Contact: <sip:bench@{host}:{port}>",
        *(["Content-Type: application/sdp"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
