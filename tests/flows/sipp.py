"""SIPp as a provider: INVITEs of `providers/*.sip`, and answers to the calls we send out."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.flows.box import until

PROVIDERS = Path(__file__).with_name("providers")

CALL = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="call">
<send retrans="500" start_txn="invite"><![CDATA[
{invite}
]]></send>
<recv response="100" optional="true" response_txn="invite"/>
<recv response="180" optional="true" response_txn="invite"/>
<recv response="183" optional="true" response_txn="invite"/>
<recv response="200" rrs="true" response_txn="invite"/>
<send ack_txn="invite"><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
{dialog}
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause milliseconds="{milliseconds}"/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
{dialog}
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""


@dataclass(frozen=True)
class Outcome:
    """How SIPp ended: code 0 when the scenario went through; the messages it saw."""

    code: int
    messages: str


def invite(
    folder: Path, shape: str, box: str, host: str, called: str, caller: str, seconds: float = 0.3, uri: str = "",
    name: str = "",
) -> Outcome:  # fmt: skip
    """Call as a provider whose INVITE has the given shape, from the address host; hang up after seconds.

    uri replaces the request's own: the contact a registration gave. name is what the caller calls himself."""
    text = (PROVIDERS / f"{shape}.sip").read_text().replace("[box]", box)
    text = re.sub("^INVITE .*", f"INVITE {uri} SIP/2.0", text) if uri else text
    text = text.replace("[called]", called).replace("[caller]", caller)
    quoted = name.replace("\\", r"\\").replace('"', r"\"")
    text = text.replace("From: <", f'From: "{quoted}" <') if name else text
    lines = {line.partition(":")[0]: line for line in text.splitlines()}
    dialog = "\n".join((lines["From"], lines["To"] + "[peer_tag_param]", lines["Call-ID"]))
    scenario = folder / f"{shape}.xml"
    scenario.write_text(CALL.format(invite=text.strip(), dialog=dialog, milliseconds=int(seconds * 1000)))
    return run(folder, scenario, box, host)


def run(folder: Path, scenario: Path, box: str, host: str, *options: str, timeout: float = 20) -> Outcome:
    """One pass of a scenario towards box (address:port), from host."""
    log = folder / f"{scenario.stem}.messages"
    command = [
        "sipp", box, "-sf", str(scenario), "-i", host, "-m", "1", "-nostdin", "-trace_msg", "-message_file", str(log),
        "-timeout", str(int(timeout)), *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout + 10)
    return Outcome(done.returncode, log.read_text(errors="replace") if log.exists() else done.stderr)


@contextmanager
def answering(folder: Path, scenario: str, host: str, port: int = 5060) -> Iterator[Path]:
    """SIPp answers at host as providers/<scenario>.xml says, meanwhile; gives the file its messages are in afterwards."""
    log = folder / f"{scenario}.messages"
    command = ["sipp", "-sf", str(PROVIDERS / f"{scenario}.xml"), "-i", host, "-p", str(port), "-nostdin"]
    command += ["-trace_msg", "-message_file", str(log)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _is_taken(host, port), 10, "SIPp listens")
        yield log
        process.send_signal(signal.SIGUSR1)  # ends in good order and writes its log
        process.wait(10)
    finally:
        process.kill()
        process.wait()


def _is_taken(host: str, port: int) -> bool:
    """Whether somebody is bound there; asked of the kernel, since trying to bind could be in SIPp's way."""
    address = "".join(f"{byte:02X}" for byte in reversed(socket.inet_aton(host)))
    return f" {address}:{port:04X} " in Path("/proc/net/udp").read_text()
