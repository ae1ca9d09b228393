"""What a drill found, said to the keeper of the box."""

from __future__ import annotations

from models import Drill, DrillCall, DrillFinding

CALLS = {
    ("refused", "message"): "Our process is dead: the caller hears that we will call",
    ("frozen", "message"): "Our process hangs: the caller hears that we will call",
    ("refused", "mobile"): "Our process is dead: the owner's mobile takes the caller",
    ("frozen", "mobile"): "Our process hangs: the owner's mobile takes the caller",
}
CALL_FAULTS = {
    "unanswered": "the call was not answered, or ended at once", "reached": "our process had a part in it, so nothing is proved",
    "silence": "he did not hear it in time", "cut": "it broke off", "no_ring": "the mobile was not reached in time",
    "no_offer": "the mobile did not hear what it is about", "one_way": "they did not hear each other",
}  # fmt: skip
FINDINGS = {
    "mobile": "the owner's mobile rings", "message": "callers will hear the apology only",
    "not_live": "its numbers are not answered yet: it has published no menu",
    "not_callable": "the owner's mobile is not a number this shop may call",
    "differs": "Asterisk holds something else than the shop chose", "unknown": "Asterisk does not know its number",
}  # fmt: skip
FAULTS = {
    "": "Every caller is served.", "calls": "A caller did not get what he should.",
    "shops": "A shop's last resort is not in Asterisk as it should be.", "asterisk": "Asterisk could not be tried.",
    "unable": "The test call could not be made.", "stopped": "The drill was interrupted.",
}  # fmt: skip
ADVICE = {
    "calls": "Is static/prompts whole, and pbx/etc as it came? Run install.sh again.",
    "shops": "Asterisk has read everything anew meanwhile: run it again. A mobile is changed on the shop's page.",
    "asterisk": "Run: commands.py doctor", "unable": "Is sip-tester installed? Run install.sh again.",
    "stopped": "Run it again.",
}  # fmt: skip


def line(row: DrillFinding | DrillCall) -> str:
    """One thing that was found, with its mark."""
    if isinstance(row, DrillFinding):
        mark = "✗" if not row.is_well else "✓" if row.finding == "mobile" else "!"
        return f"{mark} {row.shop.name}: {FINDINGS[row.finding]}"
    if not row.fault:
        return f"✓ {CALLS[row.way, row.resort]}: after {row.heard_ms / 1000:.1f} s"
    more = f" ({row.detail})" if row.detail else ""
    return f"✗ {CALLS[row.way, row.resort]}: {CALL_FAULTS[row.fault]}{more}"


def verdict(drill: Drill) -> list[str]:
    """How it went, and what to do."""
    more = f" {drill.detail}" if drill.detail else ""
    return [FAULTS[drill.fault] + more, *([f"    {ADVICE[drill.fault]}"] if drill.fault else ())]
