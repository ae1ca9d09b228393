"""The books themselves, for the coordinator: every transaction, taking one back with a reason, the checks, the files.

Nothing is ever changed here; what is wrong is reversed and entered anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ledger import checks, export, months, transactions
from models import Account, Posting, Shop, Transaction, User, database, utcnow
from union import audit
from web.access import allow, found
from web.call_csv import BYTE_ORDER_MARK, line
from web.calls import asked_day, asked_id
from web.languages import today
from web.money_words import TEXTS
from web.payments import ReasonForm
from web.statement_csv import amount

books = Blueprint("books", __name__)

PAGE = 50
KINDS = {
    "accrual": _l("a month's cost"),
    "reserve": _l("a month's result"),
    "payment": _l("payment"),
    "reversal": _l("reversal"),
}
ENDINGS = {"beancount": "beancount", "hledger": "journal"}
COLUMNS = (_l("Number"), _l("Date"), _l("Kind"), _l("Text"), _l("Account"), _l("Whose"), _l("Sum"))
Amounts = list[tuple[Account, int]]


@books.get("/money/books")
@allow("coordinator")
def index():
    query = asked().order_by(Transaction.id.desc()).limit(PAGE + 1)
    if before := asked_id("before"):
        query = query.where(Transaction.id < before)
    rows = list(query)
    return render_template(
        "money/books.html",
        rows=with_postings(rows[:PAGE]),
        more=url_for("books.index", **{**request.args, "before": rows[PAGE - 1].id}) if len(rows) > PAGE else None,
        accounts=list(Account.select(Account, Shop, User).left_outer_join(Shop).switch(Account).left_outer_join(User)
                      .order_by(Account.name)),
        wanted=request.args,
        kinds=KINDS,
        whose=whose,
    )  # fmt: skip


def asked():
    """The transactions that the address asks for; what is nonsense in it asks for nothing."""
    query = Transaction.select(Transaction, User).left_outer_join(User)
    if (kind := request.args.get("kind")) in KINDS:
        query = query.where(Transaction.kind == kind)
    if account := asked_id("account"):
        query = query.where(Transaction.id.in_(Posting.select(Posting.transaction).where(Posting.account == account)))
    if first := asked_day("from"):
        query = query.where(Transaction.day >= first)
    if last := asked_day("to"):
        query = query.where(Transaction.day <= last)
    return query


def with_postings(rows: list[Transaction]) -> list[tuple[Transaction, Amounts]]:
    """Each with its postings, in their order."""
    of_row: dict[int, Amounts] = {}
    query = Posting.select(Posting, Account, Shop, User).join(Account).left_outer_join(Shop).switch(Account)
    query = query.left_outer_join(User).where(Posting.transaction.in_([row.id for row in rows])).order_by(Posting.id)
    for posting in query:
        of_row.setdefault(posting.transaction_id, []).append((posting.account, posting.amount_minor))
    return [(row, of_row.get(row.id, [])) for row in rows]


def whose(account: Account) -> str:
    """Whose account it is: a shop's, a person's, or the union's own."""
    return account.shop.name if account.shop_id else account.user.name if account.user_id else ""


@books.route("/money/books/<int:transaction_id>", methods=["GET", "POST"])
@allow("coordinator")
def show(transaction_id: int):
    """One transaction; sending the form reverses it, with a reason."""
    row, form = found(Transaction.get_or_none(Transaction.id == transaction_id)), ReasonForm()
    day = months.today(utcnow())
    if form.carries_out(lambda: transactions.reverse(row, form.reason.data, day, current_user.actor)):
        flash(gettext("Reversed. It stands on the next statements of the shops it concerns."))
        return redirect(url_for("books.show", transaction_id=form.result.id))
    [(_, postings)] = with_postings([row])
    undone = row.reversals.first()
    page = render_template(
        "money/transaction.html", row=row, postings=postings, undone=undone, form=form, kinds=KINDS, whose=whose
    )
    return page, form.status


@books.get("/money/books/check")
@allow("coordinator")
def check():
    """Every invariant of the books, looked at now."""
    return render_template("money/check.html", faults=checks.faults(), **TEXTS)


# --- files -------------------------------------------------------------------------------------------------------


@books.get("/money/books.<form>")
@allow("coordinator")
def save(form: str):
    """The whole books as a file: for beancount, for hledger, or as a table; whole, or not begun."""
    makers = {**{ENDINGS[name]: make for name, make in export.FORMATS.items()}, "csv": table}
    if form not in makers:
        abort(404)
    audit.note(current_user.actor, "books.export", detail=form)
    with database.atomic():
        text = "".join(makers[form]())
    name = f"spilka-{today()}.{form}"
    mimetype = "text/csv" if form == "csv" else "text/plain"
    return Response(text, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def table() -> Iterator[str]:
    """Every posting, a line each."""
    yield BYTE_ORDER_MARK + line(COLUMNS)
    for row, postings in with_postings(list(Transaction.select().order_by(Transaction.id))):
        for account, minor in postings:
            yield line((row.id, row.day, KINDS[row.kind], row.text, account.name, whose(account), amount(minor)))
