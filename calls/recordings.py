"""Recordings of conversations: which there are, who listened, why one is missing, and how long they are kept.

A Call says what was recorded; what became of the file since is told here, so that a Call can be made anew from its
events. Who may listen is the page's question (web/access.py). Nobody gets a byte without a Listening and its entry in
the journal, written in one transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from calls.call_events import Call as Folded
from calls.call_legs import words
from models import Call, CelRow, Listening, Menu, Recording, Shop, User, Voicemail, database
from pbx import names
from settings import Settings
from union import audit
from union.audit import Actor

log = logging.getLogger(__name__)
FILE = re.compile(r"[\w.-]+\.alaw", re.ASCII)
EMPTY_BYTES = 44  # nothing was bridged
STRAY_SECONDS = 24 * 3600
LISTENING_LASTS = dt.timedelta(hours=2)
PLAYED = "recording.play"


def follow(call: Folded) -> None:
    """Note the recording of an ended call, once."""
    if not FILE.fullmatch(call.recording) or Shop.get_by_id(call.shop_id).is_test:
        return
    Recording.insert(
        call_key=call.key, shop=call.shop_id, file=call.recording, recorded_at=call.ended_at
    ).on_conflict_ignore().execute()


def of(keys: Iterable[str]) -> dict[str, Recording]:
    """The recordings of calls that are still kept, by Call.key."""
    kept = Recording.select().where(Recording.call_key.in_(list(keys)), Recording.deleted_at.is_null())
    return {recording.call_key: recording for recording in kept}


def file_of(recording: Recording, settings: Settings) -> Path | None:
    """Where its sound is; None when it is deleted, gone, or nothing was said in it."""
    path = settings.recordings_dir / recording.file
    try:
        has_sound = recording.deleted_at is None and path.stat().st_size > EMPTY_BYTES
    except OSError:
        return None
    return path if has_sound else None


def deletion_day(recording: Recording, shop: Shop) -> dt.date:
    """The shop's date on which it will be deleted."""
    return (recording.recorded_at + dt.timedelta(days=shop.recording_days)).astimezone(ZoneInfo(shop.timezone)).date()


# --- listening --------------------------------------------------------------------------------------------------


def listen(recording: Recording, by: Actor, now: dt.datetime) -> Listening:
    """Open a recording for somebody who may hear it; owner and coordinator read in the journal that he did."""
    shop = recording.shop
    call = Call.get(Call.key == recording.call_key)
    arrived = call.arrived_at.astimezone(ZoneInfo(shop.timezone))
    with database.atomic():
        audit.note(by, PLAYED, f"call:{call.key}", shop=shop, detail=arrived.strftime("%Y-%m-%d %H:%M"))
        return Listening.create(public_id=secrets.token_urlsafe(24), recording=recording, user=by.user, at=now)


def heard(public_id: str, user: User, now: dt.datetime) -> Listening | None:
    """The listening of this address, if it is this person's and not too long ago."""
    return Listening.get_or_none(
        (Listening.public_id == public_id) & (Listening.user == user) & (Listening.at > now - LISTENING_LASTS)
    )


def listeners(call: Call) -> list[Listening]:
    """Who listened to a call, newest first, with their names."""
    opened = Listening.select(Listening, User).join(User).switch(Listening).join(Recording)
    return list(opened.where(Recording.call_key == call.key).order_by(Listening.id.desc()))


# --- why there is none ------------------------------------------------------------------------------------------


def absence(call: Call, shop: Shop, recording: Recording | None, settings: Settings) -> str:
    """Why there is nothing to hear; "" when there is.

    going, unanswered (nobody spoke), deleted, gone (the file is not where it should be), disk (it was nearly full),
    notice (the greeting did not say that calls are recorded), unwanted (the shop did not wish it).
    """
    if recording:
        return "deleted" if recording.deleted_at else "" if file_of(recording, settings) else "gone"
    if call.ended_at is None:
        return "going"
    if call.answered_at is None:
        return "unanswered"
    if call.recording:
        return "gone"
    if _disk_was_full(call):
        return "disk"
    return "unwanted" if _notice_was_given(call, shop) else "notice"


def _disk_was_full(call: Call) -> bool:
    said = CelRow.select().where(
        CelRow.linkedid == call.key, CelRow.event == "USER_DEFINED", CelRow.name == names.EVENT_NOT_RECORDED
    )
    return any(words(row)[0] == "disk" for row in said)


def _notice_was_given(call: Call, shop: Shop) -> bool:
    """Whether the menu published when the call came says so; what is published is never edited."""
    published = Menu.select().where(Menu.shop == shop, Menu.published_at <= call.arrived_at)
    menu = published.order_by(Menu.published_at.desc()).first()
    return bool(menu and menu.recording_notice)


# --- how long they are kept -------------------------------------------------------------------------------------


def delete_expired(now: dt.datetime, settings: Settings) -> int:
    """Delete every recording older than its shop keeps them, and files nobody ever spoke in; how many recordings."""
    deleted = delete_older(Recording, now, settings)
    log.info("recordings deleted: %s, strays: %s", deleted, _delete_strays(settings))
    return deleted


def delete_older(kept: type[Recording | Voicemail], now: dt.datetime, settings: Settings) -> int:
    """Delete what is older than its shop keeps recordings; how many.

    The file goes first: a crash between leaves a row that the next night finds again, never a file without one.
    """
    deleted = 0
    for shop in list(Shop.select()):
        until = now - dt.timedelta(days=shop.recording_days)
        expired = kept.select().where(kept.shop == shop, kept.recorded_at <= until, kept.deleted_at.is_null())
        for row in list(expired):
            (settings.recordings_dir / row.file).unlink(missing_ok=True)
            kept.update(deleted_at=now).where(kept.id == row.id).execute()
            deleted += 1
    return deleted


def _delete_strays(settings: Settings) -> int:
    """Files of calls that nobody answered; a file with sound but without a row is left for a person to look at."""
    strays = 0
    for path in settings.recordings_dir.glob("*.alaw"):
        there = path.stat()
        if there.st_size <= EMPTY_BYTES and time.time() - there.st_mtime > STRAY_SECONDS:
            path.unlink(missing_ok=True)
            strays += 1
    return strays
