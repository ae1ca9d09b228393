"""What the pages call the things of the books: kinds of costs, rules, and by what a shop's part of a cost was found."""

from __future__ import annotations

from babel.numbers import format_decimal, format_percent
from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l

from models import CostItem
from web.languages import lasting

CATEGORIES = {
    "operator": _l("Operator"),
    "trainee": _l("Trainee"),
    "server": _l("Server"),
    "telephone": _l("Telephone bill"),
    "bonus": _l("Bonus"),
    "fine": _l("Fine"),
    "commission": _l("Commission"),
    "other": _l("Other"),
}
METHODS = {
    "monthly": _l("every month"),
    "hours": _l("per hour at work"),
    "answered": _l("per answered call"),
    "once": _l("once"),
    "commission": _l("per cent of delivered orders"),
}
KINDS = {
    "split": _l("Shared whole"),
    "fee": _l("A fixed fee of every shop; what is left over is for the reserve"),
    "fees": _l("Paid from the fees and the reserve"),
    "base": _l("A fixed base of every shop, the rest shared"),
}
BASES = {
    "equal": _l("equally"),
    "calls": _l("by calls"),
    "talk": _l("by time of talk"),
    "orders": _l("by orders"),
    "weights": _l("by weights"),
}
NOTES = {
    "no_rule": _l("No rule was given for this month, so it is shared equally."),
    "no_usage": _l("Nobody used anything of that kind this month, so it is shared equally."),
    "no_weights": _l("No member of this month has a weight, so it is shared equally."),
    "no_members_then": _l("Nobody was a member in the days of this cost, so all members of the month share it."),
    "reserve_short": _l("Fees and reserve don't suffice: the rest is shared among the shops."),
    "no_members": _l("Nobody was a member, so nobody can pay it."),
}
RULES = {
    "balanced": _l("Each transaction comes to zero"),
    "chain": _l("Each transaction is as it was written, after the one before it"),
    "reserve": _l("The reserve is not below zero, and moved as the closes say"),
    "frozen": _l("A closed month is as it was closed"),
    "shares": _l("Shares come to their cost, none off by a whole kopeck"),
    "accruals": _l("What was charged is what was shared"),
    "statements": _l("Each statement closes at its lines and opens where the last one closed"),
    "receivables": _l("A shop owes what its statements say"),
    "payments": _l("Each payment moved its sum"),
}
TEXTS = {
    "categories": CATEGORIES,
    "methods": METHODS,
    "kinds": KINDS,
    "bases": BASES,
    "notes": NOTES,
    "rules_of_books": RULES,
}


def basis(share, accrual, days: int) -> str:
    """By what a shop's part was found: "calls 41 of 512". days: of the month. Shares may be planned ones as well."""
    parts = [_fixed(share, days)] if share.fixed_minor else []
    if accrual.basis == "own":
        parts.append(_own(accrual.item))
    elif share.weight:
        parts.append(_weighed(accrual.basis, share.weight, accrual.weight_total))
    return "; ".join(parts)


def _fixed(share, days: int) -> str:
    if share.days == days:
        return gettext("fixed fee, the whole month")
    return gettext("fixed fee, %(days)s of %(whole)s days", days=share.days, whole=days)


def _own(item: CostItem) -> str:
    if item.method == "commission":
        return gettext("%(rate)s of your delivered orders", rate=rate(item.rate_bp))
    return gettext("yours alone")


def _weighed(name: str, weight: int, total: int) -> str:
    if name == "equal":
        whole, rest = divmod(total, weight)
        if not rest:
            return gettext("equally, 1 of %(total)s", total=whole)
        return gettext("equally by days, %(weight)s of %(total)s", weight=counted(weight), total=counted(total))
    if name == "talk":
        return gettext("talk %(weight)s of %(total)s", weight=lasting(weight), total=lasting(total))
    if name == "weights":
        return gettext(
            "by weights, %(part)s", part=format_percent(weight / total, "#,##0.0\u00a0%", locale=get_locale())
        )
    text = {"calls": _l("calls %(weight)s of %(total)s"), "orders": _l("orders %(weight)s of %(total)s")}[name]
    return str(text) % {"weight": counted(weight), "total": counted(total)}


def counted(number: int) -> str:
    """A whole number as people read it: 1 234."""
    return format_decimal(number, "#,##0", locale=get_locale())


def rate(rate_bp: int) -> str:
    """Hundredths of a per cent as 12.5 %."""
    return format_percent(rate_bp / 10_000, "0.##\u00a0%", locale=get_locale())


def quantity(method: str, number: int) -> str:
    """What is behind an item's cost: days, hours, calls or orders; nothing for one that is due once."""
    if method == "hours":
        return gettext("%(time)s hours at work", time=lasting(number)[:-3] or "0")
    words = {
        "monthly": lambda: ngettext("%(num)s day", "%(num)s days", number),
        "answered": lambda: ngettext("%(num)s answered call", "%(num)s answered calls", number),
        "commission": lambda: ngettext("%(num)s order", "%(num)s orders", number),
    }
    return words[method]() if method in words else ""
