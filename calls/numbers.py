"""Telephone numbers: as they arrive, as we keep them (E.164), as a trunk wants them, as an operator may see them.

Reading is lenient, because a caller is somebody even when his number is odd; dialling is strict, because every
wrong number costs money: only valid numbers of an allowed kind, never premium, short or emergency ones.
Pure; nothing here asks the database or the network.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

REMEMBERED = 10_000  # numbers whose written forms are remembered: lists write the same ones again and again
HOME = "UA"
HOME_CODE = 380
KINDS = (
    "ua-mobile", "ua-fixed", "ua-toll-free", "ua-premium", "ua-other",
    "foreign", "foreign-premium", "emergency", "short", "invalid",
)  # fmt: skip
ALLOWABLE = ("ua-mobile", "ua-fixed", "ua-toll-free", "foreign")  # a shop may permit these and no other kind
DEFAULT_ALLOWED = ("ua-mobile", "ua-fixed")

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
WRITTEN = re.compile(r"\+?[0-9][0-9 \u00a0()./-]{0,39}", re.ASCII)  # digits and what people put between them
OLD_TRUNK_PREFIX = re.compile(r"80([0-9]{9})", re.ASCII)  # 8 0XX…: dialled so until 2009, and still printed
PREMIUM_CODES = ("900",)  # phonenumbers calls most of 0 900 merely invalid
EMERGENCY = {"101", "102", "103", "104", "112", "911", "999"}
SHORTEST = 7  # fewer digits than this are a provider's service, not a subscriber

_CHARGED = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
}
_HOME_KINDS = {
    PhoneNumberType.MOBILE: "ua-mobile",
    PhoneNumberType.FIXED_LINE: "ua-fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "ua-mobile",
    PhoneNumberType.TOLL_FREE: "ua-toll-free",
    PhoneNumberType.PREMIUM_RATE: "ua-premium",
}


def normalise(text: str | None, region: str = HOME) -> str | None:
    """The E.164 form of a number as a person, a provider or a caller's keys wrote it; None when it is none.

    Takes +380…, 00380…, 380…, 0…, the old 80… and foreign numbers with +, 00 or without. The right length is
    enough: whether the number exists, and may be dialled, is asked by kind() and not_callable().
    """
    text = (text or "").strip()
    if not WRITTEN.fullmatch(text):
        return None
    plus, digits = text.startswith("+"), re.sub(r"[^0-9]", "", text)
    if not plus and digits.startswith("00"):
        plus, digits = True, digits[2:]
    if not plus and (old := OLD_TRUNK_PREFIX.fullmatch(digits)) and region == HOME:
        plus, digits = True, f"{HOME_CODE}{old[1]}"
    if plus:
        return _e164(f"+{digits}", None)
    return _e164(digits, region) or (_e164(f"+{digits}", None) if len(digits) > 9 else None)


def kind(number: str) -> str:
    """What sort of destination an E.164 number, or a service code such as 102, is: one of KINDS."""
    digits = number.removeprefix("+")
    if digits in EMERGENCY:
        return "emergency"
    if digits.isdecimal() and digits.isascii() and len(digits) < SHORTEST:
        return "short"
    parsed = _parse(number, None) if E164.fullmatch(number) else None
    if parsed is None:
        return "invalid"
    if parsed.country_code == HOME_CODE:
        return _home_kind(parsed)
    if phonenumbers.number_type(parsed) in _CHARGED or _has_no_country(parsed):
        return "foreign-premium"
    return "foreign" if phonenumbers.is_valid_number(parsed) else "invalid"


def not_callable(number: str, allowed: Iterable[str] = DEFAULT_ALLOWED, own: Collection[str] = ()) -> str:
    """Why an E.164 number must not be dialled: its kind, or "own" for a number of the union; "" when it may be."""
    if number in own:
        return "own"
    which = kind(number)
    return "" if which in ALLOWABLE and which in set(allowed) else which


def is_dialable(number: str, allowed: Iterable[str] = DEFAULT_ALLOWED, own: Collection[str] = ()) -> bool:
    """Whether an E.164 number may be dialled."""
    return not not_callable(number, allowed, own)


@lru_cache(REMEMBERED)
def masked(number: str | None) -> str:
    """What somebody who must not know the number sees: +380 44 ••• •• 67; "" for None."""
    if not number:
        return ""
    parsed = _parse(number, None) if E164.fullmatch(number) else None
    if parsed is None:
        return "•••"
    if parsed.country_code == HOME_CODE:
        return f"+380 {number[4:6]} ••• •• {number[-2:]}"
    return f"+{parsed.country_code} ••• ••• {number[-2:]}"


@lru_cache(REMEMBERED)
def national(number: str) -> str:
    """An E.164 number as people here write it: 044 123 4567; a foreign one with its country: +48 22 123 45 67."""
    parsed = _parse(number, None)
    if parsed is None:
        return number
    form = PhoneNumberFormat.NATIONAL if parsed.country_code == HOME_CODE else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _home_kind(parsed: PhoneNumber) -> str:
    if str(parsed.national_number).startswith(PREMIUM_CODES):
        return "ua-premium"
    if not phonenumbers.is_valid_number(parsed):
        return "invalid"
    return _HOME_KINDS.get(phonenumbers.number_type(parsed), "ua-other")


def _has_no_country(parsed: PhoneNumber) -> bool:
    """Satellites, world-wide networks and services: none is a shop's customer and all are dear."""
    return phonenumbers.region_code_for_country_code(parsed.country_code) == "001"


def _e164(text: str, region: str | None) -> str | None:
    parsed = _parse(text, region)
    if parsed is None or phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if number.startswith(f"+{HOME_CODE}0"):  # a digit short: its zero was taken for a part of the number
        return None
    return number if E164.fullmatch(number) else None


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
