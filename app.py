"""The web process: gunicorn "app:create_app()". Settings, database, languages, log-in, pages; no rule lives here.

A page never speaks to Asterisk: it writes rows, and the scheduler carries them out.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

import models
import settings as spilka
from calls import facts_mark
from calls.checklist import is_working
from union import first_run, sessions
from web import access, errors, faults, languages, security
from web.automatic import automatic
from web.backups import backups
from web.board import board
from web.bonuses import bonuses
from web.books import books
from web.call_me import call_me
from web.callback_list import callback_list
from web.callbacks import callbacks
from web.calls import calls
from web.cards import cards
from web.checklist import checklist
from web.cost_items import cost_items
from web.desk import desk
from web.desk_calls import desk_calls
from web.dids import dids
from web.drills import drills
from web.first_run import first_run_page
from web.forecast import forecast_page
from web.healthz import healthz
from web.home import home
from web.hours import hours
from web.invitations import invitations
from web.jobs import jobs
from web.journal import journal
from web.knowledge import knowledge
from web.leaving import leaving
from web.letters import letters
from web.me import me
from web.menus import menus
from web.money import money_pages
from web.orders import orders
from web.outbox import outbox
from web.overflow import overflow
from web.passwords import passwords
from web.payments import payment_pages
from web.people import people
from web.prompts import prompts
from web.questions import questions
from web.recordings import recordings
from web.reports import reports
from web.scripts import scripts
from web.sessions import cookie_name, log_ins
from web.shop_orders import shop_orders
from web.shop_people import shop_people
from web.shops import shops
from web.site_button import site_button
from web.statements import statement_pages
from web.telephone import telephone
from web.trunks import trunks
from web.voicemails import voicemails
from web.waiting_prompts import waiting_prompts

BLUEPRINTS = (
    home, log_ins, me, first_run_page, shops, dids, trunks, people, invitations, shop_people, checklist, hours,
    menus, prompts, waiting_prompts, calls, recordings, callbacks, desk, desk_calls, telephone,
    automatic, callback_list, journal, outbox, jobs, letters, healthz,
    knowledge, cards, scripts, questions, orders, shop_orders, site_button, call_me, leaving, passwords,
    backups, statement_pages, money_pages, cost_items, payment_pages, books, forecast_page, bonuses,
    reports, voicemails, overflow, board, drills,
)  # fmt: skip
LARGEST_UPLOAD = 20 * 1024 * 1024
WITHOUT_DATABASE = ("static", "healthz.show")
WITHOUT_UNION = ("first_run.new", "first_run.create", "me.choose_language")


def create_app(settings: spilka.Settings | None = None) -> Flask:
    """The application. Raises SettingsError, and RuntimeError if a view does not say who may open it."""
    settings = settings or spilka.current()
    app = Flask(__name__)
    configure(app, settings)
    open_database(app, settings)
    languages.init_app(app)
    log_in_by_token(app, settings)
    CSRFProtect(app).exempt(call_me)  # strangers ask there, without a cookie of ours
    Htmx(app)
    security.init_app(app)
    errors.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(lead_to_first_run)
    describe_pages(app, settings)
    access.require_declared_access(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    return app


def configure(app: Flask, settings: spilka.Settings) -> None:
    app.config.update(
        SPILKA=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,  # asset() names each version
        SESSION_COOKIE_NAME="spilka_form",  # carries the CSRF secret and flashed words, not the log-in
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def open_database(app: Flask, settings: spilka.Settings) -> None:
    """One connection per request; a caller that has one open already (a test) keeps it."""
    if models.database.database != str(settings.database):
        models.database.init(str(settings.database))

    @app.before_request
    def connect() -> None:
        if request.endpoint not in WITHOUT_DATABASE:
            g.connected = models.database.connect(reuse_if_open=True)

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        if g.pop("connected", False):
            models.database.close()


def log_in_by_token(app: Flask, settings: spilka.Settings) -> None:
    """Flask-Login over our own sessions: the cookie's token, looked up by its hash, revocable at once."""
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.request_loader
    def load(_request) -> access.Viewer | None:
        token = request.cookies.get(cookie_name(settings))
        session = sessions.find(token, settings.session_hours) if token else None
        return access.Viewer(session) if session else None


def lead_to_first_run():
    """Until somebody coordinates the union there is only one page. A site's visitor is never led there."""
    if request.endpoint in WITHOUT_UNION + WITHOUT_DATABASE or request.blueprint == "call_me":
        return None
    if current_user.is_authenticated or not first_run.is_due():
        return None
    return redirect(url_for("first_run.new"))


def describe_pages(app: Flask, settings: spilka.Settings) -> None:
    """What every template may use."""
    static = Path(app.static_folder)

    @cache
    def version(name: str) -> str:
        return hashlib.sha256((static / name).read_bytes()).hexdigest()[:10]

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=version(name))

    def facts_late() -> bool:
        return facts_mark.facts_late(models.utcnow(), settings)

    app.jinja_env.globals.update(
        asset=asset, facts_late=facts_late, fault_text=faults.text, is_working=is_working, poll=settings.poll_seconds
    )
