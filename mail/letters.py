"""What mails say: templates/mail/<name>.txt and .html, in the reader's own language.

The first line of the text is the subject. No letter holds a secret but the link it was written for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from settings import ROOT

STOCK = ROOT / "templates" / "mail"


@dataclass(frozen=True)
class Letter:
    """A mail's words."""

    subject: str
    text: str
    html: str


def write(letter: str, language: str, **values: object) -> Letter:
    """The letter of this name in this language."""
    text = _shelf(language, False).get_template(f"{letter}.txt").render(**values)
    subject, _, body = text.strip().partition("\n")
    html = _shelf(language, True).get_template(f"{letter}.html").render(**values, subject=subject, language=language)
    return Letter(subject, body.strip() + "\n", html)


@cache
def _shelf(language: str, is_html: bool) -> Environment:
    shelf = Environment(
        loader=FileSystemLoader(STOCK), extensions=["jinja2.ext.i18n"], autoescape=is_html, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    shelf.install_gettext_translations(Translations.load(ROOT / "translations", [language]), newstyle=True)
    return shelf
