"""Pictures of every page, to be looked at: `python -m tests.screens FOLDER [page …]`.

Runs the application under gunicorn on loopback over a seeded database and photographs it with headless Chromium,
on an owner's telephone (390×844) and on the desk (1366×768), light and dark. `--docs` makes the README's few.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from itsdangerous import URLSafeSerializer
from playwright.sync_api import Browser, Page, sync_playwright

import models
import settings as spilka
from ledger import checked
from tests.web import seed, seed_knowledge, seed_money
from tests.web.conftest import token_of
from union import first_run

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"phone": (390, 844), "desk": (1366, 768)}
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--lang=uk-UA", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PAGES = {  # name: who looks, and at what
    "login": (None, "/login"),
    "missing": ("owner", "/shops/2"),
    "calls": ("owner", "/shops/1/calls"),
    "calls-heard": ("owner", "/shops/1/calls?group=answered"),
    "calls-lost": ("owner", "/shops/1/calls?group=lost"),
    "call": ("owner", "/shops/1/calls/a7.1"),
    "call-missed": ("owner", "/shops/1/calls/m1.1"),
    "callbacks": ("owner", "/shops/1/callbacks"),
    "overflow": ("owner", "/shops/1/overflow"),
    "board": ("coordinator", "/board"),
    "messages": ("owner", "/shops/1/voicemails"),
    "order-pane": ("operator", "/desk/calls/a7.1/order?more=1"),
    "order-placed": ("operator", "/desk/calls/a7.1/order"),
    "order-mend": ("operator", "/desk/calls/a7.1/orders/8"),
    "orders": ("owner", "/shops/1/orders"),
    "orders-new": ("owner", "/shops/1/orders?state=new"),
    "order": ("owner", "/shops/1/orders/8"),
    "order-done": ("owner", "/shops/1/orders/6"),
    "order-new": ("owner", "/shops/1/orders/new"),
    "order-edit": ("owner", "/shops/1/orders/8/edit"),
    "reports": ("owner", "/shops/1/reports"),
    "reports-missed": ("owner", "/shops/1/reports/missed"),
    "reports-staffing": ("coordinator", "/reports/staffing"),
    "reports-union": ("coordinator", "/reports"),
    "funnel": ("owner", "/shops/1/orders/funnel"),
    "callbacks-retries": ("owner", "/shops/1/callbacks/retries"),
    "site-button": ("owner", "/shops/1/site-button"),
    "site-button-new": ("other_owner", "/shops/2/site-button"),
    "call-me": (None, "/call-me/feed0000beef0001"),
    "callbacks-later": ("operator", "/desk/callbacks?later=1"),
    "start": ("owner", "/shops/1/start"),
    "start-new": ("coordinator", "/shops/3/start"),
    "menu": ("owner", "/shops/1/menu"),
    "menu-draft": ("owner", "/shops/1/menu/draft"),
    "menu-try": ("owner", "/shops/1/menu/try?keys=21"),
    "menu-versions": ("owner", "/shops/1/menu/versions"),
    "prompts": ("owner", "/shops/1/prompts"),
    "prompt-new": ("owner", "/shops/1/prompts/new"),
    "cards": ("owner", "/shops/1/cards"),
    "card": ("owner", "/shops/1/cards/1"),
    "card-new": ("owner", "/shops/1/cards/new"),
    "cards-list": ("owner", "/shops/1/cards/list"),
    "cards-empty": ("other_owner", "/shops/2/cards"),
    "script": ("owner", "/shops/1/script"),
    "script-new": ("other_owner", "/shops/2/script"),
    "questions": ("owner", "/shops/1/questions"),
    "answer": (None, f"/answers/{URLSafeSerializer('s' * 32, salt='question').dumps([3, 1])}"),
    "answer-over": (None, "/answers/none"),
    "knowledge": ("operator", "/desk/calls/a7.1/knowledge"),
    "knowledge-found": ("operator", "/desk/calls/a7.1/knowledge?q=піалу"),
    "desk-knowledge": ("operator", "/desk/calls/a7.1"),
    "own-questions": ("operator", "/desk/questions"),
    "statement": ("owner", "/shops/1/statements"),
    "statement-before": ("other_owner", f"/shops/2/statements/{seed_money.month_word(2)}"),
    "statement-so-far": ("owner", "/shops/1/statements/so-far"),
    "statement-behind": ("owner", "/shops/1/statements/shares/8"),
    "money": ("coordinator", "/money"),
    "money-month": ("coordinator", f"/money/months/{seed_money.month_word(0)}"),
    "money-closed": ("coordinator", f"/money/months/{seed_money.month_word(1)}"),
    "costs": ("coordinator", "/money/costs"),
    "cost": ("coordinator", "/money/costs/4"),
    "cost-fine": ("coordinator", "/money/costs/7"),
    "cost-new": ("coordinator", "/money/costs/new"),
    "payments": ("coordinator", "/money/payments"),
    "payment": ("coordinator", "/money/payments/1"),
    "bank-list": ("coordinator", "/money/payments/list"),
    "books": ("coordinator", "/money/books"),
    "transaction": ("coordinator", "/money/books/1"),
    "books-check": ("coordinator", "/money/books/check"),
    "forecast": ("coordinator", "/money/forecast"),
    "bonuses": ("operator", "/bonuses"),
    "hours": ("owner", "/shops/1/hours"),
    "hours-operators": ("coordinator", "/hours"),
    "settings": ("owner", "/shops/1"),
    "desk": ("operator", "/desk"),
    "desk-signed-off": ("trainee", "/desk"),
    "desk-ringing": ("operator", "/desk/calls/new.1?did=1"),
    "desk-callbacks": ("operator", "/desk/callbacks"),
    "desk-message-heard": ("operator", "/desk/callbacks"),
    "shops": ("coordinator", "/shops"),
    "shop-new": ("coordinator", "/shops/new"),
    "dids": ("coordinator", "/shops/1/dids"),
    "did-new": ("coordinator", "/shops/1/dids/new"),
    "trunks": ("coordinator", "/trunks"),
    "trunk": ("coordinator", "/trunks/1"),
    "people": ("coordinator", "/people"),
    "person": ("coordinator", "/people/3"),
    "person-owner": ("coordinator", "/people/1"),
    "password-over": (None, "/password/none"),
    "seen": ("coordinator", "/people/3/seen"),
    "invite": ("coordinator", "/invitations/new"),
    "invitation": ("owner", "/invitations/1"),
    "shop-people": ("owner", "/shops/1/people"),
    "join": (None, f"/join/{URLSafeSerializer('s' * 32, salt='invitation').dumps(1)}"),
    "journal": ("coordinator", "/journal"),
    "outbox": ("coordinator", "/outbox"),
    "copies": ("coordinator", "/backups"),
    "jobs": ("coordinator", "/jobs"),
    "drills": ("coordinator", "/drills"),
    "letters": ("owner", "/letters"),
    "letter-off": (None, f"/letters/off/{URLSafeSerializer('s' * 32, salt='digest').dumps([1, 1, 'daily'])}"),
    "me": ("coordinator", "/me"),
    "empty-calls": ("coordinator", "/shops/3/calls"),
    "empty-menu": ("coordinator", "/shops/3/menu"),
}
DOCS = (("calls", "phone", "light"), ("desk", "desk", "light"), ("menu", "desk", "light"), ("call", "phone", "dark"))


def main() -> None:
    folder, *wanted = [word for word in sys.argv[1:] if not word.startswith("--")] or ["screens"]
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    shots = (
        DOCS
        if "--docs" in sys.argv
        else [(name, size, scheme) for name in PAGES for size in SIZES for scheme in ("light", "dark")]
    )
    faults = []
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        tokens = fill(Path(data))
        with served(Path(data)) as address:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            for name, size, scheme in shots:
                if not wanted or name in wanted:
                    faults += photograph(browser, address, name, size, scheme, tokens, out)
            browser.close()
    sys.exit(f"{len(faults)} complaints of the browser" if faults else 0)


def fill(data: Path) -> dict[str, str]:
    """Fill a database in data; the session token of each of the cast."""
    models.database.init(str(data / "spilka.db"))
    with models.database.connection_context():
        models.database.create_tables(models.TABLES)
        cast = seed.union(data / "prompts")
        seed.calls(cast)
        seed.alive(cast)
        seed.orders(cast)
        seed.known_customer(cast)
        for key in ("a7.1", "a6.1"):
            seed.recording(cast, key, data / "recordings")
        for key in ("m3.1", "m5.1", "w1.1"):
            seed.voicemail(key, data / "recordings")
        models.Review.create(call_key="a7.1", shop=cast.tea, user=cast.owner, script=4, words=5, politeness=5,
                             note="Не спитала про доставку.")  # fmt: skip
        seed.site_button(cast)
        seed.mails()
        seed.backups()
        seed.drills()
        seed.jobs(cast)
        seed_knowledge.knowledge(cast)
        seed_money.books(cast, spilka.Settings(data_dir=data, secret_key="s" * 32, ami_secret="a" * 16))
        models.Shop.update(own_pay_minor=1_800_000).where(models.Shop.id == cast.tea.id).execute()
        checked.look(models.utcnow())
        seed.invited(cast, "Марія Кравець")
        seed.shop(models.Queue.get(), "Крамниця інструментів", "#c2571a")
        first_run.forget_code(data)
        return {
            who: token_of(getattr(cast, who)) for who in ("owner", "other_owner", "operator", "trainee", "coordinator")
        }


@contextmanager
def served(data: Path, *options: str, **more: str):
    """The application on a free loopback port, as in production but for the cookies; options are gunicorn's."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {
        **os.environ,
        "SPILKA_DATA_DIR": str(data), "SPILKA_PBX_DIR": str(data / "asterisk"), "SPILKA_SECRET_KEY": "s" * 32,
        "SPILKA_AMI_SECRET": "a" * 16, "SPILKA_SECURE_COOKIES": "no", "SPILKA_PROXY_HOPS": "0",
        "SPILKA_BACKUP_REPOSITORY": "sftp:spilka@backup.example:/spilka", "SPILKA_BACKUP_PASSWORD": "p" * 16,
        "SPILKA_TICK_SECONDS": "86400", "SPILKA_SILENT_SECONDS": "86400",
        **more,
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "4", "--log-level", "warning"]
    server = subprocess.Popen(
        [*command, *options, "-b", f"127.0.0.1:{port}", "app:create_app()"], cwd=ROOT, env=environ
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


def listen(page: Page, said: list[str]) -> None:
    """Keep what the browser complains of, but for the telephone: behind these pages stands no Asterisk to register at."""
    page.on("console", lambda message: "/ws'" in message.text or said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))


def open_page(browser: Browser, address: str, name: str, size: str, scheme: str, tokens: dict) -> tuple[Page, list]:
    """One of PAGES in a browser of its own, its recording open where it is to be heard; what the browser complains of."""
    width, height = SIZES[size]
    who, path = PAGES[name]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="uk-UA", device_scale_factor=1
    )
    if who:
        context.add_cookies([{"name": "spilka", "value": tokens[who], "url": address}])
    page, said = context.new_page(), []
    listen(page, said)
    answer = page.goto(address + path, wait_until="load")
    if answer.status >= 400:  # the page itself is meant to be missing
        said[:] = [line for line in said if f"responded with a status of {answer.status}" not in line]
    if name.endswith("-heard"):
        page.locator(".hear button").first.click()
        page.wait_for_selector(".player")
    return page, said


def photograph(browser: Browser, address: str, name: str, size: str, scheme: str, tokens: dict, out: Path) -> list[str]:
    """What the browser complained of."""
    page, said = open_page(browser, address, name, size, scheme, tokens)
    page.wait_for_timeout(250)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.screenshot(path=out / f"{name}-{size}-{scheme}.png", full_page=size == "phone" and name != "calls")
    notes = [*said, *(["WIDER than the window"] if wide else [])]
    print(f"{name} {size} {scheme}: {tall} px{', ' if notes else ''}{'; '.join(notes)}")
    page.context.close()
    return said


if __name__ == "__main__":
    main()
