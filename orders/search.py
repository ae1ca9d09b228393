"""Finding cards by what a customer says, while she types, within one shop.

Each word typed must be the beginning of a word of the card or another form of one; if no card has them all, those
with any come. Words go to SQLite's full-text index quoted, so nothing typed is ever taken for its query language.
"""

from __future__ import annotations

from models import Card, CardWords, Shop
from orders.words import stems, words

MOST_WORDS = 12
FOUND = 30


def index(card: Card) -> None:
    """Let this card be found as it is now; a removed one is found no more. In the transaction of the change."""
    CardWords.delete().where(CardWords.rowid == card.id).execute()
    if card.removed_at is None:
        body = " ".join((card.spoken, card.differs, card.text))
        CardWords.insert(
            rowid=card.id,
            title=" ".join(words(card.title)),
            title_stems=" ".join(stems(card.title)),
            body=" ".join(words(body)),
            body_stems=" ".join(stems(body)),
        ).execute()


def cards(shop: Shop, typed: str, kind: str = "", most: int = FOUND) -> list[Card]:
    """The shop's cards for what is typed, the best first; for nothing typed all, goods last, by title."""
    listed = Card.select().where(Card.shop == shop, Card.removed_at.is_null())
    listed = listed.where(Card.kind == kind) if kind else listed
    listed = listed.join(CardWords, on=(CardWords.rowid == Card.id))
    terms = _terms(typed)
    if not terms:
        return list(listed.order_by(Card.kind == "goods", CardWords.title).limit(most))
    found = listed.order_by(CardWords.bm25(8.0, 6.0, 2.0, 1.0))
    for glue in (" AND ", " OR "):
        if best := list(found.where(CardWords.match(glue.join(terms))).limit(most)):
            return best
    return []


def _terms(typed: str) -> list[str]:
    """One condition per word: it begins a word of the card, or it is another form of one."""
    pairs = list(zip(words(typed), stems(typed), strict=True))[:MOST_WORDS]
    return [f'({{title body}} : "{word}"* OR {{title_stems body_stems}} : "{stem}")' for word, stem in pairs]
