"""A menu in words: what keys do, what is wrong with a draft or doubtful in it, what publishing it changes."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from calls.menu_changes import Change
from calls.menu_edit import Place
from calls.menu_lint import Remark
from calls.menus import Fault, Option
from web import faults
from web.languages import VOICES, day_long

KINDS = {
    "operator": _l("to the operator"),
    "information": _l("tells something"),
    "menu": _l("more keys"),
    "callback": _l("asks for a call back"),
    "mobile": _l("to the owner's mobile"),
    "goodbye": _l("says goodbye"),
}
FIELDS = {
    "greeting": _l("Greeting"),
    "announcement": _l("Announcement"),
    "announcement_until": _l("The announcement's last day"),
    "keys": _l("What says the keys"),
    "closed_message": _l("When closed"),
    "shop_name": _l("The operator hears"),
    "recording_notice": _l("The greeting says that calls are recorded"),
    "repeats": _l("How often the keys are repeated"),
}
FAULTS = {
    "no-greeting": "prompt_missing",
    "no-sound": "prompt_without_sound",
    "no-operator": "menu_without_operator",
    "past": "date_past",
    "range": "out_of_range",
    "no-prompt": "prompt_missing",
    "no-keys": "menu_without_keys",
    "not-a-menu": "menu_keys_lost",
    "bad-key": "key_wrong",
    "bad-kind": "unknown",
    "same-key": "key_taken",
    "bad-date": "date_wrong",
}

Beside = dict[tuple[Place, str], list[str]]  # sentences by the place and the field they stand beside


def beside(found: list[Fault]) -> Beside:
    """The faults, one sentence for each field."""
    return {(fault.path, fault.field): [faults.text(FAULTS[fault.code])] for fault in reversed(found)}


def doubts(found: list[Remark]) -> Beside:
    """The remarks, as many sentences for a field as there are."""
    told: Beside = {}
    for remark in found:
        told.setdefault((remark.path, remark.field), []).append(doubt(remark))
    return told


def doubt(remark: Remark) -> str:
    """A remark as a sentence."""
    match remark.code:
        case "long":
            return gettext("%(num)s seconds: callers hang up in a speech over 20.", num=remark.about)
        case "not-in-language":
            names = ", ".join(str(VOICES[language]) for language in remark.about)
            return gettext("Not recorded for callers in: %(names)s. They hear another language.", names=names)
        case "many-options":
            return gettext("%(num)s keys: nobody remembers more than five.", num=remark.about)
        case "operator-out-of-reach":
            return gettext("From here no key leads to the operator.")
        case "dead-end":
            return gettext("From here callers only hear more: give them a key that leads on.")
        case "no-mobile":
            return gettext("The settings name no mobile: the caller goes to the line for the operator.")
        case "no-notice":
            return gettext("Calls shall be recorded, but nothing is recorded before the greeting says so.")
    raise KeyError(remark.code)


def changed(change: Change, labels: dict[int, str]) -> str:
    """A change as a sentence; labels are the prompts' by id."""
    if change.what in FIELDS:
        return (
            f"{FIELDS[change.what]}: {_value(change, change.before, labels)} → {_value(change, change.after, labels)}"
        )
    key = " ".join(change.keys)
    match change.what:
        case "added":
            return gettext("New: key %(key)s, %(what)s", key=key, what=_option(change.after))
        case "removed":
            return gettext("Gone: key %(key)s, %(what)s", key=key, what=_option(change.before))
        case "order":
            return gettext("The keys stand in another order")
    pair = (_value(change, value, labels) for value in (change.before, change.after))
    return gettext("Key %(key)s: %(before)s → %(after)s", key=key, **dict(zip(("before", "after"), pair, strict=True)))


def _option(option: Option) -> str:
    kind = str(KINDS[option.kind])
    return f"{quoted(option.label)} ({kind})" if option.label else kind


def quoted(text: str) -> str:
    return gettext("“%(text)s”", text=text)


def _value(change: Change, value: object, labels: dict[int, str]) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dt.date):
        return day_long(value)
    if value in (None, ""):
        return gettext("nothing")
    if change.what == "repeats":
        return str(value)
    return str(KINDS.get(value, value)) if isinstance(value, str) else labels.get(value, "")


def deed(do: str, option: Option | None) -> str:
    """What was just done to the draft, said beside “Undo”."""
    key, label = (option.key, option.label) if option else ("", "")
    named = f"{key} {quoted(label)}" if label else key
    match do:
        case "add":
            return gettext("One more key: %(key)s.", key=named)
        case "remove":
            return gettext("Key %(key)s is out.", key=named)
        case "undo":
            return gettext("As it was before.")
        case "up" | "down" | "in" | "out":
            return gettext("Key %(key)s is moved.", key=named)
    return ""


def to_mend(found: list[Fault]) -> str:
    return ngettext("%(num)d thing to mend", "%(num)d things to mend", len(found)) if found else ""
