"""A trunk whose provider answers nothing is an outage; once he answers, it is over. On a real Asterisk."""

from __future__ import annotations

import socket
import threading

import pytest

from calls.trunk_watch import TrunkWatch
from models import Trunk, TrunkOutage
from pbx.ami import Ami
from tests.flows import cast as people
from tests.flows.box import until

pytestmark = pytest.mark.flow


@pytest.fixture
def box(make_box):
    box = make_box()
    people.make(box)
    box.start_asterisk()
    return box


class Provider(threading.Thread):
    """A provider who answers every request with 200: OPTIONS is all that comes."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))

    def run(self) -> None:
        while True:
            try:
                request, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            kept = ("via:", "from:", "to:", "call-id:", "cseq:")
            lines = [line for line in request.decode().split("\r\n") if line.lower().startswith(kept)]
            answer = "\r\n".join(["SIP/2.0 200 OK", *lines, "Content-Length: 0", "", ""])
            self.socket.sendto(answer.encode(), sender)


def test_an_outage_lasts_until_the_provider_answers(box):
    ami = Ami(box.settings.ami_bind, box.settings.ami_secret)
    watch, trunk = TrunkWatch(ami), Trunk.get()

    def outages() -> list[bool]:
        watch.look()
        return [outage.ends_at is not None for outage in TrunkOutage.select()]

    until(lambda: outages() == [False], 20, "nobody answers at the trunk's address")
    assert outages() == [False], "one outage, however often it is looked at"
    provider = Provider(trunk.host, trunk.port)
    provider.start()

    def is_over() -> bool:
        box.rx(f"pjsip qualify {trunk.pbx_name}")
        return outages() == [True]

    until(is_over, 30, "the provider answers again")
    provider.socket.close()
    ami.close()
