"""Words as a search compares them: Ukrainian and Russian spelling folded, endings taken off.

Light on purpose: no dictionary, a list of endings and four rules of sound. What it takes off is taken off every form
of a word alike, so forms meet; that now and then two words meet as well costs a line more in a short list.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = dict.fromkeys(map(ord, "'ʼ’‘`´ʹ\u0301ьъ"))  # apostrophes however typed, stress marks, soft and hard signs
_SPELT = _DROPPED | str.maketrans("ґєёэыї", "гееииі")
_FOLDED = str.maketrans("ій", "ии")
_WORD = re.compile(r"[^\W_]+")
_VOWEL = re.compile("[аеиіоуюя]")
_CYRILLIC = re.compile("[а-яі]")

# of nouns and adjectives, in the spelling of _SPELT, longest first; taken off again and again: "шарф-ик-ами" is not ours,
# "акці-ями" is
ENDINGS = tuple(
    sorted(
        [
            "а",
            "я",
            "о",
            "е",
            "у",
            "ю",
            "и",
            "і",
            "й",
            "ий",
            "ій",
            "ая",
            "яя",
            "ое",
            "ее",
            "ую",
            "юю",
            "ою",
            "ею",
            "ей",
            "ой",
            "ам",
            "ям",
            "ах",
            "ях",
            "ом",
            "ем",
            "ім",
            "им",
            "іх",
            "их",
            "ів",
            "ов",
            "ев",
            "ого",
            "его",
            "ому",
            "ему",
            "ими",
            "іми",
            "ами",
            "ями",
            "ові",
            "еві",
        ],
        key=len,
        reverse=True,
    )
)
_FLEETING = re.compile("(?<=[бвгджзклмнпрстфхцчшщ])[оеі](?=[бвгджзйклмнпрстфхцчшщ]$)")  # чашок, чашка; колір, кольору
_LAST = str.maketrans("цзс", "кгх")  # чашці, чашка; нозі, нога


def words(text: str) -> list[str]:
    """The words of a text, in its own order, folded: what is compared letter by letter as somebody types."""
    return [word.translate(_FOLDED) for word in _spelt(text)]


def stems(text: str) -> list[str]:
    """The words of a text without what changes in their forms."""
    return [stem(word) for word in _spelt(text)]


def _spelt(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold().translate(_SPELT))


def stem(word: str) -> str:
    """A spelt word without its endings and with the sounds that change in its forms made one."""
    if not _CYRILLIC.search(word):
        return word
    shorter = _shorter(word)
    while shorter != word:
        word, shorter = shorter, _shorter(shorter)
    word = re.sub(r"(\w)\1$", r"\1", word)  # варення, варень
    word = re.sub("іст$", "ост", word)  # якість, якості
    word = _FLEETING.sub("", word)
    return (word[:-1] + word[-1].translate(_LAST)).translate(_FOLDED)


def _shorter(word: str) -> str:
    """The word without its longest ending, or as it is. Two letters stay, and before a long ending a vowel."""
    for ending in ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 1 and (len(ending) == 1 or _VOWEL.search(rest)):
            return rest
    return word
