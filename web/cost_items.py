"""What costs the union money, for its coordinator: entering a cost, trying it on last month, its rules, its end.

A trial writes nothing: it shows what each shop would have paid last month, to the kopeck.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import DateField
from wtforms.validators import DataRequired

from ledger import cost_items as rules_of_costs
from ledger import months, rules, trial
from ledger.closed import is_closed
from ledger.months import Month
from ledger.trial import Trial
from models import Accrual, Call, CostItem, ItemAnswer, Shop, SplitRule, SplitWeight, User, utcnow
from union.faults import Refused
from web.access import allow, found
from web.cost_form import CostForm, RuleForm, shop_names
from web.forms import Form
from web.languages import month_name
from web.money_words import CATEGORIES, TEXTS, rate
from web.statements import month_so_far

cost_items = Blueprint("cost_items", __name__)


class EndForm(Form):
    last_day = DateField(_l("Its last day"), [DataRequired()])


@cost_items.get("/money/costs")
@allow("coordinator")
def index():
    today = months.today(utcnow())
    items = list(CostItem.select(CostItem, User, Shop).left_outer_join(User).switch(CostItem).left_outer_join(Shop)
                 .order_by(CostItem.starts_on.desc(), CostItem.id.desc()))  # fmt: skip
    return render_template(
        "money/costs.html",
        current=[item for item in items if is_current(item, today)],
        past=[item for item in items if not is_current(item, today)],
        rules=rules.of_month(months.of(today)),
        answered={row.item_id for row in ItemAnswer.select(ItemAnswer.item)},
        rate=rate,
        **TEXTS,
    )


def is_current(item: CostItem, today) -> bool:
    """Whether it still costs something: it hasn't ended; one that is due once is of this month or a later one."""
    if item.method == "once":
        return item.starts_on >= today.replace(day=1)
    return item.ends_on is None or item.ends_on > today


# --- a new one ---------------------------------------------------------------------------------------------------


@cost_items.route("/money/costs/new", methods=["GET", "POST"])
@allow("coordinator")
def new():
    form = CostForm(formdata=request.form or None, data=proposed())
    if "try" in request.form:
        tried = form.result if form.carries_out(lambda: try_item(form)) else None
        return new_page(form, tried)
    if form.carries_out(lambda: add(form)):
        flash(gettext("It counts from its day on, for every month that isn't closed."))
        return redirect(url_for("cost_items.show", item_id=form.result.id))
    return new_page(form)


def proposed() -> dict:
    """What the form begins with: what the address names; of a call who answered it, and its day while it can be counted."""
    category = request.args.get("category", "")
    judged = category in rules_of_costs.JUDGED
    call = Call.get_or_none(Call.key == request.args.get("call", ""))
    day = months.today(call.arrived_at) if call else None
    return {
        "starts_on": day if day and not is_closed(day) else month_so_far().first,
        "category": category if category in CATEGORIES else "other",
        "method": "once" if judged else "monthly",
        "user": call.operator_id if call else None,
        "evidence_call": call.key if call else "",
    }


def new_page(form: CostForm, tried: Trial | None = None):
    return render_template("money/cost_new.html", form=form, **trial_words(tried), **TEXTS), form.status


def add(form: CostForm) -> CostItem:
    values = form.item()
    rules_of_costs.check(values)
    return of_rule(lambda: rules_of_costs.add(values, form.first_rule(), current_user.actor))


def try_item(form: CostForm) -> Trial:
    values = form.item()
    rules_of_costs.check(values)
    return of_rule(lambda: trial.of_item(last_month(), values, form.first_rule()))


def of_rule(action):
    """Carry it out; a fault of the rule's sum isn't one of the cost's own."""
    try:
        return action()
    except Refused as refused:
        faults = {{"amount_minor": "rule_minor"}.get(name, name): code for name, code in refused.faults.items()}
        raise Refused(**faults) from None


def last_month() -> Month:
    return months.at(utcnow()).back(1)


def trial_words(tried: Trial | None) -> dict:
    shops = shop_names()
    return {
        "trial": tried,
        "trial_month": month_name(last_month().first),
        "charges": [(shops[shop_id], before, after) for shop_id, before, after in tried.charges] if tried else [],
    }


# --- one of them -------------------------------------------------------------------------------------------------


@cost_items.get("/money/costs/<int:item_id>")
@allow("coordinator")
def show(item_id: int):
    return item_page(item_of(item_id))


def item_of(item_id: int) -> CostItem:
    return found(CostItem.get_or_none(CostItem.id == item_id))


def item_page(item: CostItem, rule_form: RuleForm | None = None, end_form: EndForm | None = None,
              tried: Trial | None = None):  # fmt: skip
    rule_form = rule_form or RuleForm(formdata=None, data={"first_month": f"{month_so_far().first:%Y-%m}"})
    end_form = end_form or EndForm(formdata=None)
    page = render_template(
        "money/cost.html",
        item=item,
        rules=list(item.rules.order_by(SplitRule.starts_on.desc()).prefetch(SplitWeight)),
        shops=shop_names(),
        is_shared=item.shop_id is None and item.method != "commission",
        is_counted=Accrual.select().where(Accrual.item == item).exists(),
        call=Call.get_or_none(Call.key == item.evidence_call) if item.evidence_call else None,
        answers=list(item.answers.order_by(ItemAnswer.at)),
        form=rule_form,
        end_form=end_form,
        month_name=month_name,
        rate=rate,
        **trial_words(tried),
        **TEXTS,
    )
    return page, max(rule_form.status, end_form.status)


@cost_items.post("/money/costs/<int:item_id>/rules")
@allow("coordinator")
def add_rule(item_id: int):
    """Another rule from a month on, or only what it would have come to."""
    item, form = item_of(item_id), RuleForm()
    is_trial = "try" in request.form
    if not form.carries_out(lambda: of_rule(lambda: rule_of(item, form, is_trial))):
        return item_page(item, form)
    if is_trial:
        return item_page(item, form, tried=form.result)
    flash(gettext("The rule holds from %(month)s on.", month=month_name(form.result.starts_on)))
    return redirect(url_for("cost_items.show", item_id=item.id))


def rule_of(item: CostItem, form: RuleForm, is_trial: bool) -> Trial | SplitRule:
    values = {**form.rule(), "starts_on": form.starts_on}
    return trial.of_rule(last_month(), item, values) if is_trial else rules.add(item, values, current_user.actor)


@cost_items.post("/money/costs/<int:item_id>/end")
@allow("coordinator")
def end(item_id: int):
    item, form = item_of(item_id), EndForm()
    if form.carries_out(lambda: rules_of_costs.end(item, form.last_day.data, current_user.actor)):
        return redirect(url_for("cost_items.show", item_id=item.id))
    return item_page(item, end_form=form)


@cost_items.post("/money/costs/<int:item_id>/remove")
@allow("coordinator")
def remove(item_id: int):
    """Take out what was entered by mistake, while no month has counted it."""
    item, form = item_of(item_id), EndForm(formdata=None)
    try:
        rules_of_costs.take_out(item, current_user.actor)
    except Refused as refused:
        form.refuse(refused)
        return item_page(item, end_form=form)
    flash(gettext("“%(name)s” is taken out; nothing was charged for it.", name=item.name))
    return redirect(url_for("cost_items.index"))
