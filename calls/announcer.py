"""The announcer: the scheduler's voice to those who wait.

Each hears his place in the line and an honest wait, `announce_first_seconds` after he entered it and then whenever
there is news of them, but not within `announce_again_seconds` of what he was told last. Without news for
`announce_quiet_seconds` his shop's own announcements take their turn. Nothing begins for one who is about to be
answered; dialplan [announce] looks again just before it speaks, and [hush] ends it when an operator picks up.
Placeholders of callbacks have their place in the line and are never spoken to.

Places are Asterisk's at that moment, once the facts know of nobody before him who is missing there. Everything else is read from rows, so that a restart repeats nothing. A row is
written when the whisper was asked for: one that an operator's ringing forestalled counts as said.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from calls import handling, line, phrasing, places, prompts, waiting_prompts
from calls.announced import Announcement, next_announcement
from calls.line import Handling, InLine, LineNow, Wait, Waiting
from calls.served import CALLBACK_KEY
from models import Announced, Call, Queue, WaitingPlayed, utcnow
from pbx.ami import Ami, AmiError, QueueEntry
from pbx.whisper import whisper
from settings import ROOT, Settings

log = logging.getLogger(__name__)
PIECES_DIR = ROOT / "static" / "prompts" / "waiting"
READ_AGAIN_SECONDS = 300  # what is known of handling times changes slowly


@dataclass(frozen=True)
class Heard:
    """What a caller was told last of his wait, and when whatever he heard last had ended; None: nothing yet."""

    announced: Announced | None = None
    until: dt.datetime | None = None


class Announcer:
    """Every method raises AmiError. monotonic is the clock of waits; tests give their own."""

    def __init__(self, ami: Ami, settings: Settings, monotonic: Callable[[], float] = time.monotonic):
        self.ami, self.settings, self.monotonic = ami, settings, monotonic
        self.known: Handling | None = None
        self.known_until = 0.0

    def step(self) -> None:
        """Tell everybody whose turn it is."""
        now = utcnow()
        callers = {call.key: call for call in line.waiting()}
        heard = what_they_heard(callers)
        due = {key for key, call in callers.items() if is_due(call, heard[key], now, self.settings)}
        if not due:
            return
        least = least_places(now, self.settings)
        standing = {one.uniqueid: one for one in line.line_order()}
        due &= standing.keys()
        found = lines(self.ami.queue_entries(), standing)
        now = utcnow()  # the places are true at this moment
        for queue_id, entries in found.items():
            if theirs := settled(entries, least, due):
                self.tell(queue_id, theirs, entries, standing, heard, now)

    def tell(
        self,
        queue_id: int,
        due: set[str],
        entries: Sequence[QueueEntry],
        standing: dict[str, InLine],
        heard: dict[str, Heard],
        now: dt.datetime,
    ) -> None:
        """Tell those of one line whose turn it is."""
        state = line.line_now(queue_id, waiting(entries, standing, now), now, self.settings)
        waits = line.waits(state, self.handling(now))
        for entry, wait in zip(entries, waits or (), strict=bool(waits)):
            if entry.uniqueid in due and wait:
                call = standing[entry.uniqueid].call
                theirs = state.serving(call.shop_id)
                self.tell_one(call, entry.position, heard[entry.uniqueid], theirs, wait, now)

    def tell_one(self, call: Call, place: int, heard: Heard, state: LineNow, wait: Wait, now: dt.datetime) -> None:
        """News of his place and wait, or else his shop's next announcement, or nothing."""
        said = next_announcement(heard.announced, place, state, wait)
        if said:
            if self.say(call, piece_files(said, language_of(call), is_first=heard.announced is None)):
                Announced.create(call_key=call.key, shop=call.shop, at=now, **vars(said))
        elif state.ready < place and not wait.at_once and has_been_quiet(heard, now, self.settings):
            self.play_next(call, now)

    def play_next(self, call: Call, now: dt.datetime) -> None:
        sound = waiting_prompts.next_sound(call.key, call.shop, language_of(call), self.settings)
        if sound and self.say(call, [prompts.file_of(sound, self.settings.prompts_dir)]):
            waiting_prompts.played(call.key, sound, now)

    def say(self, call: Call, files: Iterable[Path]) -> bool:
        """Whether Asterisk took it."""
        try:
            whisper(self.ami, call.key, [str(file.with_suffix("")) for file in files])
        except AmiError as fault:
            if not fault.permanent:
                raise
            log.warning("nothing is said to %s: %s", call.key, fault)
            return False
        return True

    def handling(self, now: dt.datetime) -> Handling:
        """What is known of how long things last, read now and then."""
        if self.known is None or self.monotonic() >= self.known_until:
            self.known = handling.read(now, self.settings)
            self.known_until = self.monotonic() + READ_AGAIN_SECONDS
        return self.known


def least_places(now: dt.datetime, settings: Settings) -> dict[str, int]:
    """For each caller the place that facts leave him: behind everybody who came in an earlier second and is not gone.

    It is behind Asterisk's for a moment when somebody leaves to keep his place and nothing waits there for him yet.
    """
    order = [one for one in line.line_order() if one.call]
    came = [(one.shop.queue_id, int(one.since.timestamp())) for one in order]
    kept = [(wish.callback.shop.queue_id, int(wish.since.timestamp())) for wish in places.holdable(now, settings)]
    return {
        one.call.key: 1 + sum(other == queue and before < since for other, before in came + kept)
        for one, (queue, since) in zip(order, came, strict=True)
    }


def settled(entries: Iterable[QueueEntry], least: dict[str, int], keys: set[str]) -> set[str]:
    """Those of the keys whose place in the queue is the true one; the others are told when the line has come to rest."""
    return {one.uniqueid for one in entries if one.uniqueid in keys and one.position >= least.get(one.uniqueid, 1)}


def what_they_heard(keys: Iterable[str]) -> dict[str, Heard]:
    """For each caller what his rows tell."""
    keys = list(keys)
    announced = Announced.select().where(Announced.call_key.in_(keys)).order_by(Announced.at, Announced.id)
    last = {row.call_key: row for row in announced}
    played = WaitingPlayed.select().where(WaitingPlayed.call_key.in_(keys)).order_by(WaitingPlayed.ends_at)
    ends = {row.call_key: row.ends_at for row in played}
    return {key: _heard(last.get(key), ends.get(key)) for key in keys}


def _heard(announced: Announced | None, played_until: dt.datetime | None) -> Heard:
    instants = [instant for instant in (announced and announced.at, played_until) if instant]
    return Heard(announced, max(instants, default=None))


def is_due(call: Call, heard: Heard, now: dt.datetime, settings: Settings) -> bool:
    """Whether he has waited long enough to be told something."""
    if heard.until is None:
        return now - call.line_at >= dt.timedelta(seconds=settings.announce_first_seconds)
    return now - heard.until >= dt.timedelta(seconds=settings.announce_again_seconds)


def has_been_quiet(heard: Heard, now: dt.datetime, settings: Settings) -> bool:
    """Whether it is time for his shop's announcement; never before he was told his place."""
    return heard.until is not None and now - heard.until >= dt.timedelta(seconds=settings.announce_quiet_seconds)


def lines(entries: Iterable[QueueEntry], standing: dict[str, InLine]) -> dict[int, list[QueueEntry]]:
    """Each line (Queue.id) as it stands, first to last: whom one of the reserve is being rung for has his place still."""
    names = {queue.pbx_name: queue.id for queue in Queue.select()}
    entries = list(entries)
    found = {names[entry.queue]: [] for entry in entries if entry.queue in names}
    for entry in entries:
        if entry.queue in names:
            found[names[entry.queue]].append(entry)
    for entry in entries:
        one = standing.get(entry.uniqueid)
        if entry.queue not in names and one:
            theirs = found.setdefault(one.shop.queue_id, [])
            theirs.insert(_place(theirs, one, standing), entry)
    return {queue: [replace(e, position=place) for place, e in enumerate(theirs, 1)] for queue, theirs in found.items()}


def _place(entries: Iterable[QueueEntry], one: InLine, standing: dict[str, InLine]) -> int:
    """Behind how many of these he came; who is not known yet has just come."""
    came = (standing.get(entry.uniqueid) for entry in entries)
    return sum(other is not None and other.turn < one.turn for other in came)


def waiting(entries: Iterable[QueueEntry], standing: dict[str, InLine], now: dt.datetime) -> tuple[Waiting, ...]:
    """The line as the estimate sees it."""
    return tuple(_waiting(entry, standing.get(entry.uniqueid), now) for entry in entries)


def _waiting(entry: QueueEntry, one: InLine | None, now: dt.datetime) -> Waiting:
    """One who is not known yet has just come."""
    if one is None:
        return Waiting(0, 0.0, kept=entry.uniqueid.startswith(CALLBACK_KEY))
    return Waiting(one.shop.id, max(0.0, (now - one.since).total_seconds()), kept=one.call is None)


def piece_files(said: Announcement, language: str, is_first: bool) -> list[Path]:
    return [PIECES_DIR / language / f"{piece}.wav" for piece in phrasing.pieces(said, is_first)]


def language_of(call: Call) -> str:
    """What this caller is spoken to in."""
    return (call.did and call.did.language) or call.shop.language
