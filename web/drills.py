"""The last resort and its rehearsals: what callers get when all of ours is dead, shop by shop; and the wish to try it.

The page writes the wish; the scheduler carries it out, and each thing it finds appears as soon as it is found.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from models import Drill, DrillCall, DrillFinding, Shop, utcnow
from union import last_drill
from web.access import allow

drills = Blueprint("drills", __name__)
SHOWN = 12
WAYS = {"refused": _l("Our program is dead"), "frozen": _l("Our program hangs")}
RESORTS = {
    "message": _l("He hears that we will call, and may leave a message"),
    "mobile": _l("The owner's mobile rings and takes him"),
}
CALL_FAULTS = {
    "unanswered": _l("the call was not answered, or ended at once"),
    "reached": _l("our program had a part in it, so nothing is proved"),
    "silence": _l("he did not hear it in time"),
    "cut": _l("it broke off"),
    "no_ring": _l("the mobile did not ring in time"),
    "no_offer": _l("the mobile was not told what it is about"),
    "one_way": _l("they did not hear each other"),
}
FINDINGS = {
    "mobile": _l("the owner's mobile rings"),
    "message": _l("callers will hear the apology only"),
    "not_live": _l("not answered yet: no menu is published"),
    "not_callable": _l("the owner's mobile is a number this shop may not call"),
    "differs": _l("Asterisk holds something else than the shop chose"),
    "unknown": _l("Asterisk does not know its number"),
}
FAULTS = {
    "": _l("every caller is served"),
    "calls": _l("a caller did not get what he should"),
    "shops": _l("a shop's last resort is not as it should be"),
    "asterisk": _l("Asterisk could not be tried"),
    "unable": _l("the test call could not be made"),
    "stopped": _l("interrupted"),
}
ADVICE = {
    "calls": _l("Ask the keeper of the box to run the installer again, and then rehearse again."),
    "shops": _l("Asterisk has read everything anew meanwhile: rehearse again. A mobile is changed on the shop's page."),
    "asterisk": _l("Ask the keeper of the box to run the doctor."),
    "unable": _l("Ask the keeper of the box to run the doctor."),
    "stopped": _l("Rehearse again."),
}


@drills.get("/drills")
@allow("coordinator")
def index():
    template = "drills/_now.html" if request.htmx else "drills/index.html"
    over = Drill.select().where(Drill.ends_at.is_null(False)).order_by(Drill.id.desc())
    return render_template(template, past=list(over.limit(SHOWN)), **told(), **WORDS)


@drills.post("/drills")
@allow("coordinator")
def want():
    last_drill.want(current_user.user, current_user.actor, utcnow())
    return redirect(url_for("drills.index"))


def told() -> dict:
    """How it stands, and what was found by the drill that goes on, else by the last."""
    now = last_drill.standing(utcnow())
    shown = now.going or now.last
    findings = DrillFinding.select(DrillFinding, Shop).join(Shop).where(DrillFinding.drill == shown)
    return {
        "standing": now,
        "shown": shown,
        "calls": list(DrillCall.select().where(DrillCall.drill == shown).order_by(DrillCall.id)),
        "findings": list(findings.order_by(Shop.name)),
        "calls_in_all": len(DrillCall.WAYS) * len(DrillCall.RESORTS),
    }


WORDS = {
    "ways": WAYS, "resorts": RESORTS, "call_faults": CALL_FAULTS, "finding_words": FINDINGS, "fault_words": FAULTS,
    "advice": ADVICE,
}  # fmt: skip


@drills.app_template_global()
def last_resort_standing() -> last_drill.Standing:
    """For the coordinator's board."""
    return last_drill.standing(utcnow())
