"""Of what strangers may send without end, a web process works on a few at once; the rest are told to come again.

A process has few threads. So however many post at the same instant, threads are left for the other pages, and being
turned away costs neither a look into the database nor a form.
"""

from __future__ import annotations

import threading

from flask import Blueprint, Response, g, jsonify, make_response, request
from flask_babel import gettext

from web import errors, security

RETRY_SECONDS = 5


def init_blueprint(blueprint: Blueprint, at_once: int) -> None:
    """Let a process work on at most at_once posts to this blueprint's views; fewer than it has threads."""
    places = threading.BoundedSemaphore(at_once)

    @blueprint.before_request
    def take_a_place() -> Response | None:
        if request.method != "POST":
            return None
        g.has_place = places.acquire(blocking=False)
        return None if g.has_place else turn_away()

    @blueprint.teardown_request
    def give_it_back(_error: BaseException | None) -> None:
        if g.pop("has_place", False):
            places.release()


def turn_away() -> Response:
    """In words, for the script and for the page; both may stand on any site: there is nothing of anybody in it."""
    security.may_be_framed_by("*")
    if request.accept_mimetypes.best == "application/json":
        said = gettext("Very many are asking just now. Wait a few seconds, then send it again.")
        response = make_response(jsonify(field="", fault=said), 503)
    else:
        response = make_response(errors.page(503))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
