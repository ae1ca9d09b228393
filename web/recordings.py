"""Listening to a recording: opening it is a deed, noted in the journal; then the sound has an address of its own.

That address is random, is the listener's alone and dies in two hours, so it says nothing of the call and leads nobody
else anywhere. A browser asks for it in ranges; only the opening counts as listening.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wsgi import FileWrapper

from calls import recordings as rules
from calls.alaw import Wav
from models import Call, Recording, Shop, utcnow
from web.access import allow, found, settings, shop_page

recordings = Blueprint("recordings", __name__)


@recordings.post("/shops/<int:shop_id>/calls/<key>/listenings")
@shop_page("coordinator")
def listen(shop: Shop, key: str):
    """A player for the row; without script, the sound itself."""
    if not current_user.hears(shop.id):
        abort(404)
    call = found(Call.get_or_none(Call.key == key, Call.shop == shop))
    recording = found(Recording.get_or_none(Recording.call_key == key))
    if rules.file_of(recording, settings()) is None:
        return missing(shop, call)
    listening = rules.listen(recording, current_user.actor, utcnow())
    address = url_for("recordings.sound", public_id=listening.public_id)
    if request.htmx:
        return render_template("calls/_player.html", call=call, shop=shop, address=address)
    return redirect(address, 303)


def missing(shop: Shop, call: Call):
    """The call's page says why there is nothing to hear."""
    if request.htmx:
        return render_template("calls/_missing.html", call=call, shop=shop)
    return redirect(url_for("calls.show", shop_id=shop.id, key=call.key), 303)


@recordings.get("/listenings/<public_id>.wav")
@allow()
def sound(public_id: str):
    listening = found(rules.heard(public_id, current_user.user, utcnow()))
    if not current_user.hears(listening.recording.shop_id):
        abort(404)
    return played(found(rules.file_of(listening.recording, settings())), public_id)


def played(file: Path, public_id: str) -> Response:
    """The sound of a file, whole or the range that is asked for."""
    wav = Wav(file)
    response = Response(FileWrapper(wav), mimetype="audio/wav", direct_passthrough=True)
    response.call_on_close(wav.close)
    response.content_length = wav.size
    response.set_etag(public_id)
    return response.make_conditional(request, accept_ranges=True, complete_length=wav.size)
