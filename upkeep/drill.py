"""The rehearsal of the last resort: what every shop's callers get when all of ours is dead, on an evening nobody chose.

First what Asterisk holds for each shop is read, then a test caller calls. Whoever plays it, the scheduler for a wish
of the coordinator's page or by its timetable, or the keeper of the box by `doctor --drill`, does it alone, and takes
away what a killed one left. Each thing that is found is a row as soon as it is found.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

from models import Drill, DrillCall, DrillFinding, utcnow
from settings import Settings
from union import last_drill
from upkeep import drill_calls, exchange, last_resorts, stage
from upkeep.drill_calls import NotReady
from upkeep.sipp import SipFailed
from upkeep.timetable import zone

log = logging.getLogger(__name__)
Found = DrillFinding | DrillCall


def rehearse_wanted(now: dt.datetime, settings: Settings) -> None:
    """Carry out the wish of a page, if there is one; and end what a killed process left open."""
    if last_drill.open_one() is None:
        return
    try:
        with stage.alone(settings):
            end_left_ones(now, settings)
            wanted = last_drill.open_one()
            if wanted and last_drill.start(wanted, now):
                _carry_out(wanted, settings)
    except stage.StageTaken:
        return  # it is being done


def rehearse_if_due(now: dt.datetime, settings: Settings) -> str:
    """Rehearse when the last time is drill_days ago or went wrong; what came of it, in a word."""
    if not last_drill.is_due(now.astimezone(zone()), settings):
        return "not_due"
    try:
        with stage.alone(settings):
            end_left_ones(now, settings)
            return _carry_out(last_drill.begin(now), settings)
    except stage.StageTaken:
        return "not_due"  # somebody tries the box by hand; tomorrow is another night


def end_left_ones(now: dt.datetime, settings: Settings) -> None:
    """What a process that died in the middle left: its row, its stage. To be called alone."""
    left = (Drill.starts_at.is_null(False), Drill.ends_at.is_null())
    if Drill.update(ends_at=now, fault="stopped").where(*left).execute():
        stage.clear(settings)


def _carry_out(drill: Drill, settings: Settings) -> str:
    for _ in play(drill, settings):
        pass
    if drill.fault:
        log.error("the drill failed: %s %s", drill.fault, drill.detail)
    return "failed" if drill.fault else "well"


def play(drill: Drill, settings: Settings) -> Iterator[Found]:
    """What is found, row by row; then the drill is over and its fault known. To be called alone."""
    drill.fault = "stopped"
    try:
        if exchange.console(settings, "core show uptime seconds") is None:
            raise NotReady("it does not answer")
        found = []
        for row in _rows(drill, settings):
            found.append(row)
            yield row
        drill.fault = fault_of(found)
    except NotReady as missing:
        drill.fault, drill.detail = "asterisk", str(missing)
    except (SipFailed, OSError) as error:
        drill.fault, drill.detail = "unable", str(error)
    finally:
        drill.ends_at = utcnow()
        drill.save()


def _rows(drill: Drill, settings: Settings) -> Iterator[Found]:
    for shop, finding in last_resorts.findings(settings):
        yield DrillFinding.create(drill=drill, shop=shop, finding=finding)
    for got in drill_calls.play(settings):
        yield DrillCall.create(drill=drill, **vars(got))


def fault_of(found: list[Found]) -> str:
    """The worst of what was found: a caller who got nothing, then a shop whose last resort is not as it should be."""
    if any(row.fault for row in found if isinstance(row, DrillCall)):
        return "calls"
    return "shops" if any(not row.is_well for row in found if isinstance(row, DrillFinding)) else ""
