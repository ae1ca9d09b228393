"""A shop's opening hours, the dates on which they do not apply, and the hours in which the union's operators work."""

from __future__ import annotations

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from calls import holidays, opening_hours
from models import HoursException, Shop, utcnow
from union import hours as rules
from union.hours import Interval
from web import hours_words as words
from web.access import allow, find_shop, found, shop_page
from web.forms import Form, strip
from web.languages import today, zone

hours = Blueprint("hours", __name__)


class WeekForm(Form):
    day0, day1, day2, day3, day4, day5, day6 = (StringField(filters=[strip]) for _ in range(7))

    @property
    def days(self) -> list:
        """The seven fields, each under its weekday's name."""
        names = get_day_names("wide", locale=get_locale())
        return [(names[number], self[f"day{number}"]) for number in range(7)]

    def copy_monday(self) -> None:
        """Monday's hours on the other working days; nothing is kept before the week is saved."""
        for number in range(1, 5):
            self[f"day{number}"].data = self.day0.data


class ExceptionForm(Form):
    on = DateField(_l("Date"), [DataRequired()])
    hours = StringField(_l("Hours"), filters=[strip])
    note = StringField(_l("Why"), [Length(max=80)], filters=[strip])


@hours.get("/shops/<int:shop_id>/hours")
@shop_page("coordinator")
def show(shop: Shop):
    return page(shop)


@hours.post("/shops/<int:shop_id>/hours")
@shop_page("coordinator")
def set_week(shop: Shop):
    """do = save, or copy: the page again with Monday's hours on every working day."""
    form = WeekForm()
    if request.form.get("do") == "copy":
        form.copy_monday()
        return page(shop, week=form)
    if form.carries_out(lambda: rules.set_week(shop, [field.data for _, field in form.days], current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("hours.show", shop_id=shop.id))
    return page(shop, week=form)


@hours.route("/hours", methods=["GET", "POST"])
@allow("coordinator")
def operators():
    """When the union's operators work; every shop sees it beside its own hours."""
    form = WeekForm(data=written(rules.week(None)))
    if request.form.get("do") == "copy":
        form.copy_monday()
    elif form.carries_out(lambda: rules.set_week(None, [field.data for _, field in form.days], current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("hours.operators"))
    return render_template("hours/operators.html", week=form, zone=zone().key), form.status


@hours.post("/shops/<int:shop_id>/hours/exceptions")
@shop_page("coordinator")
def add_exception(shop: Shop):
    form = ExceptionForm()
    if form.carries_out(lambda: add(shop, form)):
        return redirect(url_for("hours.show", shop_id=shop.id))
    return page(shop, exception=form)


def add(shop: Shop, form: ExceptionForm) -> HoursException:
    date, text, note = form.on.data, form.hours.data, form.note.data
    return rules.add_exception(shop, date, text, note, today(shop), current_user.actor)


@hours.post("/hours/exceptions/<int:exception_id>/remove")
@allow()
def remove_exception(exception_id: int):
    row = found(HoursException.get_or_none(HoursException.id == exception_id))
    shop = find_shop(row.shop_id, "coordinator")
    rules.remove_exception(row, current_user.actor)
    return redirect(url_for("hours.show", shop_id=shop.id))


def page(shop: Shop, week: WeekForm | None = None, exception: ExceptionForm | None = None):
    own, operators = rules.week(shop), rules.week(None)
    week = week or WeekForm(formdata=None, data=written(own))
    exception = exception or ExceptionForm(formdata=None)
    coming = shop.hours_exceptions.where(HoursException.on_date >= today(shop)).order_by(HoursException.on_date)
    body = render_template(
        "hours/show.html",
        shop=shop,
        week=week,
        exception=exception,
        exceptions=list(coming),
        always_open=not any(own),
        sentence=words.sentence(opening_hours.timetable(shop), utcnow()),
        operators=beside(own, operators) if any(operators) and zone(shop) == zone() else [],
        holidays=[(date, words.HOLIDAYS[code]) for date, code in suggested(shop, [row.on_date for row in coming])],
    )
    return body, max(week.status, exception.status)


def written(days: list[list[Interval]]) -> dict[str, str]:
    """A week as the form's fields."""
    return {f"day{number}": rules.written(day) for number, day in enumerate(days)}


def beside(own: list[list[Interval]], operators: list[list[Interval]]) -> list[tuple[str, str]]:
    """For each day when operators work, and when the shop is open without one; the zones must be the same."""
    pairs = zip(own, operators, strict=True)
    return [(rules.written(work), rules.written(rules.without_operator(day, work))) for day, work in pairs]


def suggested(shop: Shop, taken: list) -> list:
    """The next few public holidays on which the shop's usual hours would apply."""
    return holidays.coming(today(shop), taken)[:4]
