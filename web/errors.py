"""When something is wrong with a request: one page that says what, in the person's language, and where to go on."""

from __future__ import annotations

import logging

from flask import Flask, Response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

TEXTS = {
    400: (_l("This request can't be understood"), _l("Go back, reload the page and try again.")),
    403: (_l("This page is not for you"), _l("If you need it, ask your coordinator for the right.")),
    404: (_l("There is no such page"), _l("The address is wrong, or what it showed belongs to somebody else.")),
    405: (_l("This can't be done here"), _l("Go back and use the button on the page.")),
    413: (_l("The file is too large"), _l("Choose a shorter recording.")),
    422: (_l("This form is out of date"), _l("Go back, reload the page and send it again.")),
    429: (_l("Too many tries"), _l("Wait a quarter of an hour, then try again.")),
    503: (_l("Very many are asking just now"), _l("Wait a few seconds, then send it again.")),
    500: (_l("Something broke on our side"), _l("It has been written down. Calls go on; try the page again.")),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, lambda _error: show(422))
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failure)


def http_error(error: HTTPException):
    if error.code is None or error.code < 400:  # a redirect is raised, too
        return error
    return show(error.code)


def failure(error: Exception):
    """The request loop's last net: log what was being done, show a page, go on."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return show(500)


def show(code: int):
    """The page for a code; plain words where the page itself needs what broke, the database most likely."""
    try:
        return page(code)
    except Exception:
        log.exception("the page for %s failed", code)
        return Response("Щось зламалося. Что-то сломалось. Something broke.\n", 500, mimetype="text/plain")


def page(code: int):
    title, advice = TEXTS.get(code, TEXTS[500 if code >= 500 else 400])
    template = "errors/_notice.html" if request.htmx else "errors/page.html"
    return render_template(template, code=code, title=title, advice=advice), code
