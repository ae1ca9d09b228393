"""A shop's prompts: what its callers hear, by upload or spoken from a text; to be listened to at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from calls import prompts as rules
from models import Prompt, PromptSound, Shop
from pbx.prompts import MOST_BYTES, MOST_SECONDS
from union.faults import Refused
from web import waiting_prompts
from web.access import allow, find_shop, found, settings, shop_page
from web.forms import Form, choices, strip
from web.languages import VOICES

prompts = Blueprint("prompts", __name__)


VOICE_HINTS = {
    "rhvoice": _l("RHVoice will speak it: clearly, if a little flatly."),
    "espeak-ng": _l("espeak-ng will speak it, like a robot and with wrong stresses: a recording is better."),
    "": _l("This server has no voice: record it or upload it."),
}


class SoundForm(Form):
    language = SelectField(_l("Language"), choices=choices(VOICES))
    file = FileField(_l("A recording"))
    text = TextAreaField(_l("Or a text to be spoken"), [Length(max=1500)], filters=[strip])

    def refuse(self, refused: Refused) -> None:
        """A fault of the sound stands beside what it was made of."""
        faults = dict(refused.faults)
        if "sound" in faults:
            faults["file" if self.file.data else "text"] = faults.pop("sound")
        super().refuse(Refused(**faults))


class PromptForm(SoundForm):
    label = StringField(_l("What it says"), [DataRequired(), Length(max=80)], filters=[strip])


@prompts.get("/shops/<int:shop_id>/prompts")
@shop_page("coordinator")
def index(shop: Shop):
    sounds = PromptSound.select().order_by(PromptSound.language)
    own = shop.prompts.order_by(Prompt.label).prefetch(sounds)
    return render_template("prompts/index.html", shop=shop, prompts=list(own), **waiting_prompts.told(shop))


@prompts.route("/shops/<int:shop_id>/prompts/new", methods=["GET", "POST"])
@shop_page("coordinator")
def new(shop: Shop):
    form = PromptForm(data={"language": shop.language})
    if form.carries_out(lambda: made(form, lambda *sound: rules.add(shop, form.label.data, *sound))):
        flash(gettext("The prompt is here. Listen to it, then give it a place in the menu."))
        return redirect(url_for("prompts.index", shop_id=shop.id))
    return page(shop, form)


@prompts.route("/prompts/<int:prompt_id>", methods=["GET", "POST"])
@allow()
def edit(prompt_id: int):
    """Another sound: in one more language, or instead of the present one."""
    prompt, shop = own_prompt(prompt_id)
    form = SoundForm(data={"language": shop.language})
    if form.carries_out(lambda: made(form, lambda *sound: rules.give_sound(prompt, *sound))):
        flash(gettext("Callers hear the new sound from now on."))
        return redirect(url_for("prompts.index", shop_id=shop.id))
    return page(shop, form, prompt)


def page(shop: Shop, form: SoundForm, prompt: Prompt | None = None):
    body = render_template(
        "prompts/form.html",
        shop=shop,
        form=form,
        prompt=prompt,
        voice_hint=VOICE_HINTS[rules.speaks(settings().asterisk_root)],
        most_seconds=MOST_SECONDS,
        most_bytes=MOST_BYTES,
    )
    return body, form.status


def own_prompt(prompt_id: int) -> tuple[Prompt, Shop]:
    prompt = found(Prompt.get_or_none(Prompt.id == prompt_id))
    return prompt, find_shop(prompt.shop_id, "coordinator")


def made(form: SoundForm, keep):
    """Hand what was uploaded or typed to keep(language, maker, text, folder, actor)."""
    upload, text, language = form.file.data, form.text.data, form.language.data
    if upload and text:
        raise Refused(text="file_and_text")
    if not upload and not text:
        raise Refused(file="file_missing")
    folder, actor = settings().prompts_dir, current_user.actor
    if text:
        return keep(language, rules.spoken(text, language, settings().asterisk_root, folder), text, folder, actor)
    with tempfile.TemporaryDirectory(prefix="upload-") as aside:
        file = Path(aside) / "upload"
        upload.save(file)
        return keep(language, rules.uploaded(file), "", folder, actor)


@prompts.post("/prompts/<int:prompt_id>/remove")
@allow()
def remove(prompt_id: int):
    prompt, shop = own_prompt(prompt_id)
    form = SoundForm(formdata=None, data={"language": shop.language})
    try:
        rules.remove(prompt, settings().prompts_dir, current_user.actor)
    except Refused as refused:
        form.refuse(refused)
        return page(shop, form, prompt)
    return redirect(url_for("prompts.index", shop_id=shop.id))


@prompts.get("/prompts/sounds/<int:sound_id>.wav")
@allow()
def sound(sound_id: int):
    row = found(PromptSound.get_or_none(PromptSound.id == sound_id))
    find_shop(row.prompt.shop_id, "coordinator")
    file = rules.file_of(row, settings().prompts_dir)
    return send_file(found(file if file.is_file() else None), mimetype="audio/wav")
