"""Numbers: read leniently, dialled strictly, masked wherever an operator looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import numbers

OWN = {"+380445550001", "+380675550002"}

READ = {
    "+380441234567": "+380441234567",
    "380441234567": "+380441234567",
    "0441234567": "+380441234567",
    "441234567": "+380441234567",
    "80441234567": "+380441234567",
    "00380441234567": "+380441234567",
    " +380 (44) 123-45-67 ": "+380441234567",
    "067 123 45 67": "+380671234567",
    "067.123.45.67": "+380671234567",
    "+48221234567": "+48221234567",
    "48221234567": "+48221234567",
    "0048221234567": "+48221234567",
    "+12025550123": "+12025550123",
    "12025550123": "+12025550123",
}

NOT_A_NUMBER = (
    "", " ", None, "anonymous", "Anonymous", "unavailable", "+", "++380441234567", "102", "7070", "12345",
    "1-800-FLOWERS", "044123456", "044123456789", "+3804412345678901", "0441234567;ext=5", "0441234567x12",
    "044 123 45 67, 8", "sip:0441234567@host", "٠٤٤١٢٣٤٥٦٧", "＋380441234567", "044\n1234567",
    "${EXTEN}", "0441234567&PJSIP/x", "*0441234567", "0441234567#", "1" * 60, "+0441234567", "+999123456789",
)  # fmt: skip

# What must never be dialled under the default permission, and the reason the list shows.
FORBIDDEN = {
    # foreign
    "+48221234567": "foreign",
    "+12025550123": "foreign",
    "+74951234567": "foreign",
    "+79161234567": "foreign",
    "+442079460000": "foreign",
    "+491711234567": "foreign",
    "+33123456789": "foreign",
    "+37120123456": "foreign",
    "+37251234567": "foreign",
    "+18765230123": "foreign",  # Jamaica, the classic of fraud
    "+12425550123": "invalid",
    "+5355551234": "foreign",
    "+25261234567": "foreign",
    "+22320212345": "foreign",
    "+37378123456": "foreign",
    "+375291234567": "foreign",
    # foreign and charged, satellites, networks without a country
    "+19005550123": "foreign-premium",
    "+4490912345678": "invalid",
    "+449098790000": "foreign-premium",
    "+499001234567": "foreign-premium",
    "+33899123456": "foreign-premium",
    "+48701234567": "foreign-premium",
    "+881612345678": "foreign-premium",
    "+882161234567": "foreign-premium",
    "+8835100012345": "foreign-premium",
    "+97912345678": "foreign-premium",
    "+979123456789": "foreign-premium",
    "+87810123456789": "foreign-premium",
    "+80012345678": "foreign-premium",
    "+80812345678": "foreign-premium",
    # premium and service ranges at home
    "+380900123456": "ua-premium",
    "+380900212345": "ua-premium",
    "+380900312345": "ua-premium",
    "+380900999999": "ua-premium",
    "+380800123456": "ua-toll-free",
    "+380800500500": "ua-toll-free",
    "+380891234567": "ua-other",
    "+380201234567": "invalid",
    "+380701234567": "invalid",
    "+380791234567": "invalid",
    # short and emergency
    "101": "emergency",
    "102": "emergency",
    "103": "emergency",
    "104": "emergency",
    "112": "emergency",
    "911": "emergency",
    "+112": "emergency",
    "0": "short",
    "1": "short",
    "7070": "short",
    "1551": "short",
    "116123": "short",
    "+380": "short",
    "555": "short",
    # the union's own
    "+380445550001": "own",
    "+380675550002": "own",
    # malformed
    "": "invalid",
    "+": "invalid",
    "anonymous": "invalid",
    "0441234567": "invalid",
    "380441234567": "invalid",
    "+38044123456": "invalid",
    "+3804412345678": "invalid",
    "+380441234567 ": "invalid",
    "+380441234567&PJSIP/9001@trunk-1": "invalid",
    "+380441234567\r\nAction: Command": "invalid",
    "+380441234567,30,g": "invalid",
    "${CALLERID(num)}": "invalid",
    "+٣٨٠٤٤١٢٣٤٥٦٧": "invalid",
    "PJSIP/op-1": "invalid",
    "+000000000000": "invalid",
}


@pytest.mark.parametrize(("text", "number"), READ.items())
def test_every_way_of_writing_a_number_is_read(text, number):
    assert numbers.normalise(text) == number


@pytest.mark.parametrize("text", NOT_A_NUMBER)
def test_what_is_no_number_is_none(text):
    assert numbers.normalise(text) is None


@given(st.text(alphabet="0123456789+() -.xX;#*abc\n", max_size=24))
def test_what_was_read_once_is_read_the_same_again(text):
    number = numbers.normalise(text)
    assert number is None or (numbers.E164.fullmatch(number) and numbers.normalise(number) == number)


def test_the_table_of_forbidden_destinations_is_long_enough():
    assert len(FORBIDDEN) >= 60


@pytest.mark.parametrize(("number", "why"), FORBIDDEN.items())
def test_a_forbidden_destination_is_refused_and_says_why(number, why):
    assert numbers.not_callable(number, own=OWN) == why
    assert not numbers.is_dialable(number, own=OWN)


@pytest.mark.parametrize("number", [n for n, why in FORBIDDEN.items() if why not in numbers.ALLOWABLE])
def test_what_costs_or_is_no_number_is_refused_even_to_a_shop_that_permits_everything(number):
    assert not numbers.is_dialable(number, allowed=numbers.KINDS, own=OWN)


@pytest.mark.parametrize("number", ["+380441234567", "+380671234567", "+380931234567", "+380322123456"])
def test_mobile_and_fixed_numbers_at_home_are_dialled(number):
    assert numbers.is_dialable(number, own=OWN)


def test_a_shop_may_permit_only_mobiles_or_foreign_countries_too():
    assert numbers.not_callable("+380441234567", allowed=["ua-mobile"]) == "ua-fixed"
    assert numbers.is_dialable("+48221234567", allowed=["foreign"])


@given(st.text(max_size=30))
def test_nothing_that_is_no_number_is_ever_dialable(text):
    assert not numbers.is_dialable(text) or numbers.E164.fullmatch(text)


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("+380441234567", "+380 44 ••• •• 67"),
        ("+380671234599", "+380 67 ••• •• 99"),
        ("+48221234567", "+48 ••• ••• 67"),
        (None, ""),
        ("", ""),
        ("12345", "•••"),
    ],
)
def test_a_masked_number_shows_two_last_digits_and_no_more(number, seen):
    assert numbers.masked(number) == seen


def test_people_see_numbers_as_they_write_them():
    assert numbers.national("+380441234567").replace(" ", "") == "0441234567"
    assert numbers.national("+48221234567").startswith("+48 ")
