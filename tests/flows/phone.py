"""A SIP telephone in a process of its own: pjsua2 behind lines of JSON.

Run as a script with one JSON argument (address, port, number or account). It reads commands from standard
input and writes events to standard output, each a JSON object with `at` (epoch seconds). pjsua2 takes four calls
a process and wants one thread: hence a process for each telephone. See `phones.py` for the other end.
"""

from __future__ import annotations

import ctypes
import json
import select
import sys
import time

import pjsua2 as pj


def say(event: str, **facts) -> None:
    print(json.dumps({"event": event, "at": time.time(), **facts}), flush=True)


JB_DISCARD_NONE = 0  # pjmedia/jbuf.h


def keep_every_packet(media: pj.MediaConfig) -> None:
    """A jitter buffer that never throws away what came in a burst: on a busy machine it would cut words to pieces.

    What comes late makes it deeper, so that the next burst finds room."""
    media.jbInit = media.jbMinPre = 100
    media.jbMax = 3000  # milliseconds
    way = media.jbDiscardAlgo  # a pointer to the enumeration: pjsua2 for Python knows no other way
    ctypes.c_int.from_address(int(way)).value = JB_DISCARD_NONE
    media.jbDiscardAlgo = way


class Call(pj.Call):
    def __init__(self, phone: Phone, call_id: int = pj.PJSUA_INVALID_ID):
        super().__init__(phone.account, call_id)
        self.phone = phone
        self.recorder = self.player = None

    def onCallState(self, prm):
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.recorder = self.player = None  # closes the recording, which whoever hears of the end may open
            self.phone.calls.pop(info.id, None)
        say("state", call=info.id, state=info.stateText, code=info.lastStatusCode, reason=info.lastReason)

    def onCallMediaState(self, prm):
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.connect(self.getAudioMedia(index))

    def connect(self, audio: pj.AudioMedia):
        record, play = self.phone.options.get("record"), self.phone.options.get("play")
        if record and self.recorder is None:
            self.recorder = pj.AudioMediaRecorder()
            self.recorder.createRecorder(record.format(call=self.getId()))
            say("recording", call=self.getId())
            audio.startTransmit(self.recorder)
        if play and self.player is None:
            self.player = pj.AudioMediaPlayer()
            self.player.createPlayer(play)
            self.player.startTransmit(audio)


class Account(pj.Account):
    def __init__(self, phone: Phone):
        super().__init__()
        self.phone = phone

    def onRegState(self, prm):
        say("registered" if prm.code == 200 and prm.expiration else "unregistered", code=prm.code)

    def onIncomingCall(self, prm):
        call = Call(self.phone, prm.callId)
        self.phone.calls[prm.callId] = call
        say("incoming", call=prm.callId, invite=prm.rdata.wholeMsg)
        answer = self.phone.options.get("answer")
        if answer is not None:
            self.phone.reply(call, answer)
        else:
            self.phone.reply(call, 180)


class Phone:
    def __init__(self, options: dict):
        self.options = options
        self.calls: dict[int, Call] = {}
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = 4
        config.logConfig.level = config.logConfig.consoleLevel = options.get("log", 0)
        config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
        config.medConfig.ecTailLen = 0
        config.medConfig.noVad = True
        config.medConfig.sndAutoCloseTime = -1
        keep_every_packet(config.medConfig)
        self.endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.boundAddress = transport.publicAddress = options["address"]
        transport.port = options.get("port", 0)
        self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, 200 if codec.codecId.startswith("PCMA") else 0)
        self.account = Account(self)
        self.account.create(self.account_config())
        say("ready")

    def account_config(self) -> pj.AccountConfig:
        options, config = self.options, pj.AccountConfig()
        name = options.get("name")
        config.idUri = (
            f'"{name}" ' if name else ""
        ) + f"<sip:{options['user']}@{options.get('domain', options['address'])}>"
        config.mediaConfig.transportConfig.boundAddress = options["address"]
        config.mediaConfig.transportConfig.publicAddress = options["address"]
        config.mediaConfig.transportConfig.port = options.get("rtp", 0)
        config.natConfig.contactRewriteUse = 0
        if "secret" in options:
            config.regConfig.registrarUri = f"sip:{options['registrar']}"
            config.regConfig.timeoutSec = 60
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", options["user"], 0, options["secret"]))
        return config

    def reply(self, call: Call, code: int):
        param = pj.CallOpParam()
        param.statusCode = code
        call.answer(param)

    def run(self):
        buffer = ""
        while True:
            self.endpoint.libHandleEvents(5)
            while select.select([sys.stdin], [], [], 0)[0]:
                chunk = sys.stdin.buffer.raw.read(65536)
                if not chunk:
                    return self.stop()
                buffer += chunk.decode()
                *lines, buffer = buffer.split("\n")
                for line in lines:
                    if self.obey(json.loads(line)) == "stop":
                        return self.stop()

    def obey(self, command: dict):
        try:
            return getattr(self, "do_" + command.pop("do"))(**command)
        except pj.Error as error:
            say("error", text=error.info())

    def do_call(self, uri: str, headers: dict | None = None, user: str = ""):
        call, param = Call(self), pj.CallOpParam(True)
        if user:
            param.txOption.localUri = f"<sip:{user}@{self.options['address']}>"
        for name, value in (headers or {}).items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            param.txOption.headers.append(header)
        call.makeCall(uri, param)
        self.calls[call.getId()] = call

    def do_answer(self, call: int, code: int = 200):
        self.reply(self.calls[call], code)

    def do_hangup(self, call: int | None = None):
        for chosen in [self.calls[call]] if call is not None else list(self.calls.values()):
            chosen.hangup(pj.CallOpParam())

    def do_digits(self, digits: str):
        for call in self.calls.values():
            call.dialDtmf(digits)

    def do_set(self, **options):
        self.options.update(options)

    def do_unregister(self):
        self.account.setRegistration(False)

    def do_stop(self):
        return "stop"

    def stop(self):
        for call in list(self.calls.values()):
            call.hangup(pj.CallOpParam())
        for _ in range(20):
            self.endpoint.libHandleEvents(5)
        self.account.shutdown()
        for call in self.calls.values():
            call.this.disown()
        self.endpoint.libDestroy()


if __name__ == "__main__":
    Phone(json.loads(sys.argv[1])).run()
