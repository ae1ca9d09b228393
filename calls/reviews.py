"""How well a call was answered, judged by its shop's owner: script, words and politeness, 1 to 5, and a note.

A review is never changed: another one is added, and the last one counts.
"""

from __future__ import annotations

from models import Call, Review, Shop, User, database
from union import audit
from union.audit import Actor
from union.faults import refuse_if

MARKS = ("script", "words", "politeness")
LEAST, MOST = 1, 5
NOTE_MOST = 2000


def add(call: Call, shop: Shop, marks: dict[str, int | None], note: str, by: Actor) -> Review:
    """Judge a call that was answered. Raises Refused: a mark out of range, a note too long, nothing to judge."""
    faults = {name: None if _is_mark(marks.get(name)) else "mark_missing" for name in MARKS}
    refuse_if(
        **faults,
        note="note_long" if len(note) > NOTE_MOST else None,
        review="unanswered" if call.answered_at is None else None,
    )
    with database.atomic():
        audit.note(by, "review.create", f"call:{call.key}", shop=shop)
        return Review.create(call_key=call.key, shop=shop, user=by.user, note=note, **marks)


def _is_mark(mark: int | None) -> bool:
    return mark is not None and LEAST <= mark <= MOST


def of(call: Call) -> list[Review]:
    """The reviews of a call with who wrote them, the last one first."""
    written = Review.select(Review, User).join(User).where(Review.call_key == call.key)
    return list(written.order_by(Review.id.desc()))
