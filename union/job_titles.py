"""What the jobs of the timetable are called, wherever one is named to a person: on the page of jobs, in a letter.

English, marked for the catalogues; whoever shows a title says it in the reader's language.
"""

from __future__ import annotations

_l = str  # the mark by which the catalogues find a text

TITLES = {
    "recordings": _l("Old recordings are deleted"),
    "books": _l("The books are checked"),
    "database": _l("The database is tidied"),
    "month": _l("A month is closed when its day has come"),
    "morning-list": _l("Morning list"),
    "digest": _l("Daily digest"),
    "week": _l("Weekly digest"),
    "monthly": _l("Monthly letter"),
    "hers": _l("The operator's morning letter"),
    "health": _l("The coordinator's weekly letter"),
    "timetable.pulse": _l("The timetable tells that it is there"),
    "attempts.expire": _l("Attempts without news end"),
    "callbacks.expire_claims": _l("Callbacks held too long are released"),
    "voicemails": _l("Old voice messages are deleted"),
    "morning_list.build_due": _l("Morning lists are written"),
    "tallies.make_due": _l("Days that are over are summed for reports"),
    "occupancy.make_due": _l("Operators' time at work is summed for reports"),
    "given_up.queue_due": _l("Owners are told of customers given up"),
    "telephones.end_stale": _l("Telephones of log-ins that are over end"),
    "outbox.send_due": _l("Mail is sent"),
    "shops.end_what_has_left": _l("What belongs to shops that left is ended"),
    "disk.watch": _l("Free disk is watched"),
    "digests.queue_due": _l("Daily digests are written"),
    "weekly.queue_due": _l("Weekly letters are written"),
    "hers.queue_due": _l("Operators' morning letters are written"),
    "monthly.queue_due": _l("Monthly letters and statements are written"),
    "backup.take_if_due": _l("Copies are made when it is time"),
    "rehearsal.rehearse_if_due": _l("A copy is put back for trial when it is time"),
    "raw-events": _l("Events of calls of long ago are packed"),
    "drill": _l("The last resort is rehearsed once a month"),
    "drill.rehearse_wanted": _l("A rehearsal somebody wished for is begun"),
    "notices.look": _l("What needs somebody at once is looked for"),
}


def title(job: str) -> str:
    """The English title of a job or of a shop's run of it (digest:3:5); the key itself for one that nobody knows."""
    return TITLES.get(job.partition(":")[0], job)
