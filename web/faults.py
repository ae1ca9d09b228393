"""What each fault of a form says to a person. Rules give codes (union.faults.Refused); sentences live here."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

TEXTS = {
    "missing": _l("Please fill this in."),
    "unknown": _l("Please choose one of the list."),
    "choose_one": _l("Please choose at least one."),
    "out_of_range": _l("This number is outside the permitted range."),
    "email_wrong": _l("This is not an e-mail address."),
    "email_taken": _l("Somebody with this address is already here."),
    "name_taken": _l("This name is already taken."),
    "password_short": _l("A password needs at least 10 characters."),
    "password_long": _l("This password is too long."),
    "password_wrong": _l("This is not your present password."),
    "wrong": _l("The address or the password is wrong."),
    "paused": _l("Too many wrong tries. Wait a quarter of an hour, then try again."),
    "code_wrong": _l("This is not the set-up code. The installer printed it; running it again prints a new one."),
    "first_run_done": _l("The union has a coordinator already. Log in instead."),
    "role_held": _l("This person has this role already."),
    "shop_missing": _l("Whose owner? Choose the shop."),
    "last_coordinator": _l("The union needs a coordinator: make somebody else one first."),
    "phone_without_role": _l("Only an operator or a trainee gets a telephone."),
    "number_wrong": _l("This is not a telephone number. Write it like +380 44 123 45 67 or 044 123 45 67."),
    "number_taken": _l("This number is already in use by a shop of the union."),
    "number_premium": _l("This number can't be called from here: choose a usual mobile or fixed number."),
    "mobile_missing": _l("Which mobile? Write its number."),
    "trunk_single_taken": _l("This trunk names no number, so it serves exactly one, and it has it already."),
    "trunk_has_more": _l("More than one number comes through this trunk, so it must name the number called."),
    "address_missing": _l("Without an address no call arrives. Your provider tells it."),
    "address_wrong": _l("This is not an address. Write it like 203.0.113.7, 203.0.113.0/24 or sip.provider.ua."),
    "address_wide": _l("This network is too wide: strangers would be let in. Ask your provider for narrower ones."),
    "address_taken": _l("This address belongs to another trunk: calls from it could not be told apart."),
    "port_wrong": _l("A port is a number from 1 to 65535; usually 5060."),
    "characters_wrong": _l("Only Latin letters, digits and usual signs, without spaces, quotes and semicolons."),
    "ends_before_start": _l("The end must be after the start."),
    "not_member": _l("This shop has left the union already."),
    "still_member": _l("This shop is a member already."),
    "hours_wrong": _l("Write times like 09:00 or 9:30, at most 24:00."),
    "hours_overlap": _l("These hours overlap with others of the same day."),
    "date_taken": _l("This date has its own hours already: remove them first."),
    "hours_one": _l("Here one interval only, like 9–14."),
    "date_past": _l("This date is over."),
    "menu_without_operator": _l("A caller must always find the operator: give one key of this menu to the operator."),
    "key_taken": _l("This key already leads somewhere in this menu."),
    "key_wrong": _l("A key is one of 0–9, * or #."),
    "prompt_missing": _l("Choose what the caller hears."),
    "prompt_without_sound": _l("This prompt has no sound yet."),
    "prompt_in_use": _l("A menu still plays this prompt: take it out there first."),
    "menu_without_keys": _l("A key that gives more keys needs some: add the first."),
    "menu_keys_lost": _l("This key has keys of its own: take them out first, or let it give more keys."),
    "date_wrong": _l("This is not a date."),
    "not_audio": _l("This file isn't a recording that we can read. WAV, MP3, OGG and M4A will do."),
    "not_audio_but_video": _l("This is a video. Choose a recording of sound alone."),
    "audio_too_long": _l("This recording is too long: callers listen to three minutes at most."),
    "audio_too_large": _l("This file is too large: at most 20 MB."),
    "audio_empty": _l("There is nothing to hear in this recording."),
    "file_missing": _l("Choose a file, or type what shall be spoken."),
    "file_and_text": _l("Either a file or a text, please, not both."),
    "text_too_long": _l("This text is too long to listen to."),
    "no_voice": _l("There is no voice for this language on the server: upload a recording."),
}


def text(code: str) -> str:
    """The sentence for a code, in the language of the request."""
    return str(TEXTS[code])
