"""Voicemails: what somebody said into the box who met nobody.

A message is no contact: the call is missed as it would be without it, opens or adds to his callback and closes none.
The file is named by an event before a word is said, so one that was broken off by Asterisk's death is found as soon as
the call is known to be over. A message without a voice is deleted at once. Nobody gets a byte without a
VoicemailListening and its entry in the journal, written in one transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from calls.alaw import RATE
from calls.call_events import Call as Folded
from calls.recordings import FILE, LISTENING_LASTS, delete_older
from models import Call, Miss, Shop, User, Voicemail, VoicemailListening, database
from settings import Settings
from union import audit
from union.audit import Actor

log = logging.getLogger(__name__)
PLAYED = "voicemail.play"
FRAME = RATE // 50  # 20 ms
LOUD = 350  # of 32767: about -39 dB; line noise is below
VOICED_SHARE = 0.2  # of a frame's samples that are loud in speech
VOICED_FRAMES = 25  # half a second in all


def follow(call: Folded, settings: Settings) -> None:
    """Note what was said in an ended call, once; silence, and what is said in a test, is deleted."""
    if not FILE.fullmatch(call.voicemail) or Voicemail.get_or_none(Voicemail.call_key == call.key):
        return
    path = settings.recordings_dir / call.voicemail
    try:
        sound = path.read_bytes()
    except FileNotFoundError:
        return  # he hung up before the tone
    if Shop.get_by_id(call.shop_id).is_test or not has_voice(sound):
        path.unlink(missing_ok=True)
        return
    Voicemail.create(
        call_key=call.key, shop=call.shop_id, file=call.voicemail, recorded_at=call.ended_at,
        seconds=max(1, round(len(sound) / RATE)),
    )  # fmt: skip


def has_voice(sound: bytes) -> bool:
    """Whether anything was said in these A-law samples: half a second, all in all, that is no noise of the line."""
    loud = sound.translate(_IS_LOUD)
    frames = (loud[start : start + FRAME] for start in range(0, len(loud), FRAME))
    return sum(frame.count(1) >= VOICED_SHARE * FRAME for frame in frames) >= VOICED_FRAMES


def _amplitude(code: int) -> int:
    """How loud an A-law sample is, 0-32767 (ITU-T G.711)."""
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    return (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)


_IS_LOUD = bytes(_amplitude(code) > LOUD for code in range(256))


# --- which there are ----------------------------------------------------------------------------------------------


def of_callbacks(callbacks: Iterable[int]) -> dict[int, list[Voicemail]]:
    """The kept messages behind callbacks, oldest first, by Callback.id."""
    query = Voicemail.select(Voicemail, Miss).join(Miss, on=(Miss.call_key == Voicemail.call_key), attr="miss")
    kept = query.where(Miss.callback.in_(list(callbacks)), Voicemail.deleted_at.is_null())
    found: dict[int, list[Voicemail]] = {}
    for voicemail in kept.order_by(Voicemail.recorded_at):
        found.setdefault(voicemail.miss.callback_id, []).append(voicemail)
    return found


def of_call(key: str) -> Voicemail | None:
    """What was said in a call, while it is kept."""
    return Voicemail.get_or_none(Voicemail.call_key == key, Voicemail.deleted_at.is_null())


def of_shop(shop: Shop) -> list[tuple[Voicemail, Call]]:
    """A shop's kept messages, newest first, each with its call."""
    kept = Voicemail.select(Voicemail, Call).join(Call, on=(Call.key == Voicemail.call_key), attr="call")
    mine = kept.where(Voicemail.shop == shop, Voicemail.deleted_at.is_null())
    return [(voicemail, voicemail.call) for voicemail in mine.order_by(Voicemail.recorded_at.desc())]


def customer_of(voicemail: Voicemail) -> str | None:
    """Whose message it is; None when his number is not known."""
    return Call.get(Call.key == voicemail.call_key).customer


def file_of(voicemail: Voicemail, settings: Settings) -> Path | None:
    """Where its sound is; None when it is deleted or gone."""
    path = settings.recordings_dir / voicemail.file
    return path if voicemail.deleted_at is None and path.exists() else None


# --- listening ----------------------------------------------------------------------------------------------------


def is_hers(voicemail: Voicemail) -> bool:
    """Whether an operator may hear it: while the callback it belongs to is on her list."""
    miss = Miss.get_or_none(Miss.call_key == voicemail.call_key)
    return bool(miss and miss.callback.closed_at is None)


def listen(voicemail: Voicemail, by: Actor, now: dt.datetime) -> VoicemailListening:
    """Open a message for somebody who may hear it; owner and coordinator read in the journal that he did."""
    shop = voicemail.shop
    said = voicemail.recorded_at.astimezone(ZoneInfo(shop.timezone))
    with database.atomic():
        audit.note(by, PLAYED, f"call:{voicemail.call_key}", shop=shop, detail=said.strftime("%Y-%m-%d %H:%M"))
        return VoicemailListening.create(public_id=secrets.token_urlsafe(24), voicemail=voicemail, user=by.user, at=now)


def heard(public_id: str, user: User, now: dt.datetime) -> VoicemailListening | None:
    """The listening of this address, if it is this person's and not too long ago."""
    recent = VoicemailListening.at > now - LISTENING_LASTS
    return VoicemailListening.get_or_none(
        (VoicemailListening.public_id == public_id) & (VoicemailListening.user == user) & recent
    )


def first_listeners(voicemails: Iterable[Voicemail]) -> dict[int, VoicemailListening]:
    """Who heard each first, by Voicemail.id."""
    opened = VoicemailListening.select(VoicemailListening, User).join(User)
    of_these = opened.where(VoicemailListening.voicemail.in_(list(voicemails)))
    return {one.voicemail_id: one for one in of_these.order_by(VoicemailListening.id.desc())}


# --- how long they are kept ---------------------------------------------------------------------------------------


def delete_expired(now: dt.datetime, settings: Settings) -> int:
    """Delete every message older than its shop keeps recordings; how many."""
    deleted = delete_older(Voicemail, now, settings)
    log.info("voicemails deleted: %s", deleted)
    return deleted
