"""Everything people see is said in Ukrainian and in Russian. The source is English, so English needs no catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import app as spilka_app
from web import faults

ROOT = Path(spilka_app.__file__).parent
MAPPING = [
    (".tests/**", "ignore"), ("app.py", "python"), ("web/**.py", "python"), ("union/job_titles.py", "python"),
    ("templates/**.html", "jinja2"), ("templates/mail/**.txt", "jinja2"),
]  # fmt: skip
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\(\w+\)[sd]")


def sources() -> set:
    """Every text of the code and the templates; a pair for one with a plural."""
    return {message for _, _, message, _, _ in extract_from_dir(ROOT, MAPPING, keywords=KEYWORDS)}


@pytest.fixture(params=("uk", "ru"))
def catalog(request):
    with (ROOT / "translations" / request.param / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=request.param)


def test_every_text_is_translated(catalog):
    said = {message.id for message in catalog if message.id and not message.fuzzy and all(words(message.string))}
    assert sources() - said == set()


def test_no_translation_is_left_over(catalog):
    assert {message.id for message in catalog if message.id} - sources() == set()


def test_a_translation_keeps_the_places_of_its_source(catalog):
    for message in catalog:
        for source in words(message.id):
            for said in words(message.string):
                assert set(PLACE.findall(said)) == set(PLACE.findall(source)), said


def words(text) -> tuple:
    return text if isinstance(text, tuple) else (text,)


def test_every_fault_has_its_sentence():
    codes = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', "".join(p.read_text() for p in (ROOT / "union").glob("*.py"))))
    faulty = codes & {code for code in codes if code.endswith(("_wrong", "_taken", "_missing", "_start", "_overlap"))}
    assert faulty - set(faults.TEXTS) == set()


@pytest.mark.parametrize(
    ("header", "chosen"), [("ru-RU,ru;q=0.9", "Войти"), ("en-GB", "Log in"), ("pl", "Увійти"), ("", "Увійти")]
)
def test_a_stranger_is_met_in_his_browsers_language(as_, header, chosen):
    assert f"<title>{chosen}" in as_(None).get("/login", headers={"Accept-Language": header}).text


def test_a_persons_own_language_wins_over_the_browsers(as_):
    browser = as_("owner")
    browser.post("/language", data={"language": "ru", "next": "/me"})
    assert "Выйти" in browser.get("/me", headers={"Accept-Language": "en"}).text
