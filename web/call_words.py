"""What a page calls the facts of a call: one plain phrase for each word that rules and rows use."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ENDINGS = {
    "": _l("still going on"),
    "answered": _l("answered"),
    "abandoned_greeting": _l("hung up in the greeting"),
    "abandoned_menu": _l("hung up in the menu"),
    "abandoned_line": _l("hung up waiting"),
    "closed": _l("came out of hours"),
    "no_operator": _l("nobody was there"),
    "informed": _l("heard what he wanted"),
    "asked_callback": _l("asked for a call back"),
    "cut_off": _l("the connection broke"),
    "refused": _l("was not taken"),
    "not_reached": _l("not reached"),
}
FIGURES = {  # the four of the headline, in its order
    "lost": _l("lost"),
    "waiting": _l("waiting"),
    "called_back": _l("called back"),
    "answered": _l("answered"),
}
MEANINGS = {
    "lost": _l("Missed, and nobody has spoken with the customer since: we gave up, or his number can't be called."),
    "waiting": _l("Missed, and the customer is still on the list of those we owe a call."),
    "called_back": _l("Missed, but spoken to since: we called back, or he got through later."),
    "answered": _l("Spoke with an operator, or with the owner on his mobile."),
    "by_operator": _l("Spoke with an operator of the union."),
    "by_mobile": _l(
        "Whom the owner spoke with on his mobile: out of the line, by a key of the menu, or with no operator there. "
        "No operator's work, so on no bill."
    ),
    "missed": _l("Lost, waiting and called back together."),
    "apart": _l("Nobody was missed: he heard what he wanted, or hung up at once."),
    "out": _l("Calls that operators made to customers we owed one."),
    "spoken": _l("Everybody who was spoken with, whoever rang."),
}
GROUPS = {
    "": _l("All calls"),
    "lost": _l("Lost"),
    "waiting": _l("Waiting"),
    "called_back": _l("Called back"),
    "missed": _l("Missed"),
    "answered": _l("Answered"),
    "by_operator": _l("Answered by operators"),
    "by_mobile": _l("Taken by the owner's mobile"),
    "apart": _l("Counted apart"),
    "out": _l("Our calls"),
    "spoken": _l("Conversations"),
}
STANDINGS = {
    "by_operator": _l("answered"),
    "by_mobile": _l("taken by the owner's mobile"),
    "called_back": _l("called back"),
    "waiting": _l("waits for a call"),
    "lost": _l("lost"),
    "apart": _l("counted apart"),
    "going": _l("still going on"),
    "out": _l("our call"),
}
OUTCOMES = {  # in the order of their keys
    "order": _l("Order"),
    "advice": _l("Advice"),
    "delivery": _l("Delivery"),
    "complaint": _l("Complaint"),
    "return": _l("Return"),
    "wrong_number": _l("Wrong number"),
    "call_again": _l("Call again"),
    "other": _l("Something else"),
}
BECAME = {
    "talked": _l("called back"),
    "got_through": _l("got through later"),
    "owner_called": _l("called by the owner"),
    "wrong_number": _l("wrong number"),
    "given_up": _l("given up"),
}
ENDED_BY = {
    "customer": _l("The customer hung up"),
    "operator": _l("The operator hung up"),
    "system": _l("The call ended"),
    "": _l("The call ended"),
}
TRIED = {  # what became of an operator's attempt, as the shop's owner reads it
    "": _l("is under way"),
    "answered": _l("somebody answered"),
    "talked": _l("talked with the customer"),
    "machine": _l("an answering machine"),
    "busy": _l("busy"),
    "declined": _l("declined"),
    "no_answer": _l("no answer"),
    "wrong_number": _l("no such number"),
    "operator_no_answer": _l("the operator did not pick up"),
    "operator_unreachable": _l("the operator's telephone was out of reach"),
    "operator_gave_up": _l("the operator hung up first"),
    "trunk_dead": _l("the provider did not answer"),
    "not_dialled": _l("was not dialled"),
    "refused": _l("was not dialled"),
}
STEPS = {
    "arrived": _l("The call arrived"),
    "callback_began": _l("A call back began"),
    "was_closed": _l("The shop was closed"),
    "voicemail": _l("Was asked to leave a message"),
    "greeting": _l("Heard the greeting"),
    "announcement": _l("Heard the announcement"),
    "key": _l("Pressed %(detail)s"),
    "wrong": _l("Pressed %(detail)s, which leads nowhere"),
    "silence": _l("Pressed no key"),
    "information": _l("Heard the information"),
    "closed": _l("Heard that the shop is closed"),
    "asked": _l("Asked for a call back"),
    "line": _l("Entered the line"),
    "waited": _l("Waited in the line"),
    "rang": _l("%(detail)s's telephone rang"),
    "rang_mobile": _l("The owner's mobile rang"),
    "customer_rang": _l("The customer's telephone rang"),
    "picked_up": _l("%(detail)s answered"),
    "operator_lost": _l("The operator's telephone died; the caller went back to the head of the line"),
    "nobody": _l("No operator was signed on"),
    "last_resort": _l("The last resort was tried"),
    "capped": _l("The owner's mobile was not rung: the shop's limit of outgoing calls was reached"),
    "agi_failed": _l("The menu did not work; the caller went straight to the line"),
    "dialled": _l("The customer was dialled"),
    "promised": _l("A call back was promised"),
    "tried": _l("%(detail)s called back"),
    "kept": _l("The promise was kept: %(detail)s"),
    "dropped": _l("The promise ended: %(detail)s"),
    "recording_deleted": _l("The recording was deleted"),
}
PARTIES = {"mobile": _l("The owner's mobile"), "customer": _l("The customer")}
ABSENCES = {
    "going": _l("The call is still going on."),
    "unanswered": _l("Nobody answered, so nothing was recorded."),
    "deleted": _l("Deleted, because the shop keeps its recordings no longer:"),
    "gone": _l("The recording should be here, but its file is missing. Tell your coordinator."),
    "disk": _l("Not recorded: the disk of the server was nearly full."),
    "notice": _l("Not recorded: the greeting did not say that calls are recorded."),
    "unwanted": _l("Not recorded: recording was switched off at that time."),
}
TEXTS = {
    "absences": ABSENCES,
    "endings": ENDINGS,
    "headline": FIGURES,
    "meanings": MEANINGS,
    "groups": GROUPS,
    "standings": STANDINGS,
    "outcomes": BECAME,
}
