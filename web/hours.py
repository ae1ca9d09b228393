"""A shop's opening hours: the week, and the dates on which it does not apply."""

from __future__ import annotations

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length

from calls import opening_hours
from models import HoursException, Shop, utcnow
from union import hours as rules
from web.access import allow, find_shop, found, shop_page
from web.forms import Form, strip
from web.languages import today

hours = Blueprint("hours", __name__)


class WeekForm(Form):
    day0, day1, day2, day3, day4, day5, day6 = (StringField(filters=[strip]) for _ in range(7))

    @property
    def days(self) -> list:
        """The seven fields, each under its weekday's name."""
        names = get_day_names("wide", locale=get_locale())
        return [(names[number], self[f"day{number}"]) for number in range(7)]


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
    form = WeekForm()
    if form.carries_out(lambda: rules.set_week(shop, [field.data for _, field in form.days], current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("hours.show", shop_id=shop.id))
    return page(shop, week=form)


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
    written = {f"day{number}": rules.written(day) for number, day in enumerate(rules.week(shop))}
    week = week or WeekForm(formdata=None, data=written)
    exception = exception or ExceptionForm(formdata=None)
    coming = shop.hours_exceptions.where(HoursException.on_date >= today(shop)).order_by(HoursException.on_date)
    timetable, now = opening_hours.timetable(shop), utcnow()
    body = render_template(
        "hours/show.html",
        shop=shop,
        week=week,
        exception=exception,
        exceptions=list(coming),
        always_open=not any(written.values()),
        is_open=timetable.is_open(now),
        closes_at=timetable.closes_at(now),
        opens_at=timetable.next_opening(now),
    )
    return body, max(week.status, exception.status)
