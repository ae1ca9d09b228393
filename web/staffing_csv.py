"""The forecast and the operators it asks for as a file: a line for each hour of the week, made as web/call_csv.py says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import lazy_gettext as _l

from calls.staffing import Hour, Need
from web.call_csv import BYTE_ORDER_MARK, line

HEADS = (
    _l("Weekday"), _l("Hour"), _l("Calls an hour, in the mean"), _l("Calls an hour, with the margin"), _l("Operators"),
    _l("Answered in time at the mean, per cent"), _l("Mean wait at the mean, seconds"),
)  # fmt: skip


def lines(needs: Mapping[Hour, Need], weekdays: Sequence[str]) -> Iterator[str]:
    """The file, a line at a time, in the order of the week; weekdays: their names from Monday."""
    yield BYTE_ORDER_MARK + line(HEADS)
    for (weekday, hour), need in sorted(needs.items()):
        yield line((
            weekdays[weekday],
            f"{hour:02}:00",
            f"{need.forecast.mean:.1f}",
            f"{need.forecast.high:.1f}",
            need.operators,
            f"{need.mean.level * 100:.1f}",
            f"{need.mean.wait_seconds:.1f}",
        ))  # fmt: skip
