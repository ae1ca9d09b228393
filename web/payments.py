"""Money that came or went, for the coordinator: entered by hand, or taken from a bank's list.

A bank's file is shown before anything is entered: what is known already, what can't be read, whose it seems to be.
The file itself travels in the form from the one step to the other, so that nothing is kept in between.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import zlib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional

from ledger import bank_csv, months, payments
from ledger.bank_csv import Movement
from models import Payment, Shop, utcnow
from union import shops
from union.faults import Refused, refuse_if
from web.access import allow, found
from web.cost_form import workers
from web.forms import Form, MoneyField, PersonField, ShopField, choices, strip

payment_pages = Blueprint("payments", __name__)

SHOWN = 50
LARGEST_LIST = 300_000  # bytes: some thousand lines
KINDS = {
    "shop": _l("from a shop"),
    "operator": _l("to an operator or trainee"),
    "supplier": _l("to a supplier"),
    "reserve": _l("put into the reserve"),
}
PLACES = {"bank": _l("by bank"), "cash": _l("in cash")}


class PaymentForm(Form):
    token = HiddenField()
    kind = SelectField(_l("Which payment"), choices=choices(KINDS))
    shop = ShopField(_l("Who paid"))
    user = PersonField(_l("Who was paid"))
    amount_minor = MoneyField(_l("Sum"), filters=[strip])
    day = DateField(_l("Day"), [Optional()])
    place = SelectField(_l("Way"), choices=choices(PLACES))
    reference = StringField(_l("The bank's number"), [Length(max=100)], filters=[strip])
    note = StringField(_l("Note"), [Length(max=300)], filters=[strip])

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.shop.offer(Shop.select().where(~Shop.is_test).order_by(Shop.name))
        self.user.offer(workers())

    def payment(self) -> dict:
        """The columns of Payment; whom the kind doesn't concern is left out."""
        kind = self.kind.data
        return {
            "kind": kind, "amount_minor": self.amount_minor.minor, "day": self.day.data, "place": self.place.data,
            "shop": self.shop.shop if kind == "shop" else None,
            "user": self.user.person if kind == "operator" else None,
            "reference": self.reference.data, "note": self.note.data,
        }  # fmt: skip


class ReasonForm(Form):
    reason = StringField(_l("Why"), [Length(max=300)], filters=[strip])


class ListForm(Form):
    file = FileField(_l("The bank's list (CSV)"))
    packed = HiddenField()


@payment_pages.route("/money/payments", methods=["GET", "POST"])
@allow("coordinator")
def index():
    """The latest payments, and a form for one more; sent twice it is entered once."""
    form = PaymentForm(formdata=request.form or None, data={"day": months.today(utcnow()), "token": secrets.token_hex(8)})  # fmt: skip
    key = f"hand:{form.token.data}"
    if form.carries_out(lambda: payments.enter(form.payment(), key, current_user.actor)):
        flash(gettext("The payment is entered."))
        return redirect(url_for("payments.index"))
    rows = [(payment, payments.is_reversed(payment)) for payment in payments.recent(SHOWN)]
    return render_template("money/payments.html", form=form, payments=rows, kinds=KINDS, places=PLACES), form.status


@payment_pages.route("/money/payments/<int:payment_id>", methods=["GET", "POST"])
@allow("coordinator")
def show(payment_id: int):
    """One payment; sending the form takes it back, with a reason."""
    payment, form = found(Payment.get_or_none(Payment.id == payment_id)), ReasonForm()
    if form.carries_out(lambda: payments.reverse(payment, form.reason.data, current_user.actor)):
        flash(gettext("The payment is taken back; both stay in the books."))
        return redirect(url_for("payments.index"))
    undone = payment.transaction.reversals.first()
    page = render_template("money/payment.html", form=form, payment=payment, undone=undone, kinds=KINDS, places=PLACES)
    return page, form.status


# --- a bank's list -----------------------------------------------------------------------------------------------


@payment_pages.route("/money/payments/list", methods=["GET", "POST"])
@allow("coordinator")
def read_list():
    """A bank's file: first what is in it, then, once it is confirmed, the chosen rows as payments."""
    form = ListForm()
    if "enter" in request.form:
        return enter_list(form)
    rows = form.result if form.carries_out(lambda: rows_of(form.file.data.read() if form.file.data else b"")) else None
    return list_page(form, rows)


def rows_of(content: bytes) -> list[Movement]:
    """What a bank's file tells. Raises Refused."""
    refuse_if(file="file_missing" if not content else "list_large" if len(content) > LARGEST_LIST else None)
    try:
        return payments.recognise(bank_csv.read(content))
    except bank_csv.NotAList:
        raise Refused(file="list_wrong") from None


def list_page(form: ListForm, rows: list[Movement] | None, packed: str = ""):
    if rows is not None and not packed:
        form.file.data.seek(0)
        packed = pack(form.file.data.read())
    page = render_template("money/bank_list.html", form=form, rows=rows, packed=packed, shops=shops.current())
    return page, form.status


def pack(content: bytes) -> str:
    """The file as the form carries it to the next step."""
    return base64.b64encode(zlib.compress(content)).decode()


def unpacked(text: str) -> bytes:
    """The same file again; nothing when it was not ours, or is larger than any we take."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), LARGEST_LIST + 1)
    except (binascii.Error, zlib.error, ValueError):
        return b""


def enter_list(form: ListForm):
    """Enter the rows that are ticked, each for the shop chosen beside it; all or none."""
    try:
        rows = rows_of(unpacked(form.packed.data or ""))
        chosen = [(row, shop) for row in rows if is_open(row) and (shop := chosen_shop(row))]
        refuse_if(file="nothing_chosen" if not chosen else None)
        entered = payments.enter_movements(chosen, current_user.actor)
    except Refused as refused:
        form.refuse(refused)
        return list_page(form, None)
    flash(ngettext("%(num)d payment is entered.", "%(num)d payments are entered.", len(entered)))
    return redirect(url_for("payments.index"))


def is_open(row: Movement) -> bool:
    """Whether a row can be entered: money that came, readable, not entered yet."""
    return not row.fault and not row.is_known and row.amount_minor > 0


def chosen_shop(row: Movement) -> Shop | None:
    return Shop.get_or_none(Shop.id == request.form.get(f"shop-{row.line}", 0, type=int), ~Shop.is_test)
