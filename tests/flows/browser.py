"""The operator in a real browser: headless Chromium on the desk, through the real Caddy, over TLS and WebRTC.

Her microphone is a file that plays over and over; what her speaker plays is recorded in the page. Processing of the
voice is switched off for the test alone: noise suppression does not let the cast's noise pass, and rightly so.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

import models
from settings import ROOT
from tests import screens
from tests.flows.box import Box, until
from tests.flows.cast import Cast
from union import people

PORT = 8443
PASSWORD = "dovhyi-parol-1"
FLAGS = (
    *screens.FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required", "--ignore-certificate-errors",
)  # fmt: skip
AS_IT_IS = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = ({audio}) =>
  ask({audio: {...audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false}});
"""
RECORD = """() => {
  const recorder = new MediaRecorder(document.getElementById("telephone-sound").srcObject);
  window.heard = {recorder, parts: []};
  recorder.ondataavailable = (event) => window.heard.parts.push(event.data);
  recorder.start(200);
}"""
RECORDED = """() => new Promise((done) => {
  const {recorder, parts} = window.heard;
  recorder.onstop = () => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob(parts));
  };
  recorder.stop();
})"""


def is_possible() -> bool:
    return bool(shutil.which("chromium") and shutil.which("caddy"))


def prepare(cast: Cast):
    """Caddy, a coordinator (without one there is only the first page), and nobody with a SIP telephone."""
    start_caddy(cast.box)
    models.Phone.delete().execute()
    coordinator = models.User.create(email="coordinator@example.com", name="Координатор", password_hash="x")
    models.Role.create(user=coordinator, kind="coordinator")


def start_caddy(box: Box):
    """Caddy in front of the box as install.sh puts it there, with a certificate of its own making."""
    values = {
        "PORT": PORT, "NAME": box.address, "SITES": f"https://{box.address}", "BIND": box.address,
        "TLS": "tls internal", "REDIRECTS": "auto_https disable_redirects\n\tskip_install_trust\n\tadmin off",
        "ASTERISK": box.settings.http_bind, "WEB": box.settings.web_bind,
    }  # fmt: skip
    text = re.sub("@([A-Z]+)@", lambda name: str(values[name[1]]), (ROOT / "deploy/Caddyfile").read_text())
    file = box.folder / "Caddyfile"
    file.write_text(text)
    box.environ["XDG_DATA_HOME"] = str(box.folder / "caddy")
    box._start("caddy", shutil.which("caddy"), "run", "--config", str(file), "--adapter", "caddyfile")
    until(lambda: "serving initial configuration" in box.log("caddy"), 15, "Caddy serves")


class Desk:
    """The operator's page."""

    def __init__(self, page: Page, cast: Cast):
        self.page, self.cast = page, cast
        self.processes: list[int] = []
        self.complaints: list[str] = []  # of the browser: the console and what scripts threw
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def log_in(self, user: models.User, at: str = "/desk"):
        """By the keyboard alone, from where the page puts it."""
        models.User.update(password_hash=people.hashed(PASSWORD)).where(models.User.id == user.id).execute()
        self.page.goto("/login")
        self.page.wait_for_selector("input[name=email]:focus")
        self.page.keyboard.insert_text(user.email)
        self.page.keyboard.press("Tab")
        self.page.keyboard.insert_text(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)
        if urlsplit(self.page.url).path != at:
            self.page.goto(at)
        browser = self.page.context.browser.new_browser_cdp_session()
        self.processes = [one["id"] for one in browser.send("SystemInfo.getProcessInfo")["processInfo"]]

    def wait(self, state: str, timeout: float = 15):
        """Until her telephone is in this state."""
        self.page.wait_for_selector(f"#telephone[data-state={state}]", timeout=timeout * 1000)

    def press(self, what: str):
        self.page.click(f"[data-phone={what}]")

    def cut(self):
        """Take her off the net: every process of the browser stops, so not a packet comes or goes, nor is refused."""
        self._signal(signal.SIGSTOP)

    def mend(self):
        """Give the net back."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int):
        for process in self.processes:
            os.kill(process, number)

    def record(self):
        self.page.evaluate(RECORD)

    def recorded(self, path: Path) -> Path:
        """What her speaker has played since record(), as a .wav of 8 kHz."""
        raw = path.with_suffix(".webm")
        raw.write_bytes(base64.b64decode(self.page.evaluate(RECORDED)))
        command = ["ffmpeg", "-y", "-loglevel", "error", "-i", str(raw), "-ar", "8000", "-ac", "1", str(path)]
        subprocess.run(command, check=True)
        return path


@contextmanager
def desk(cast: Cast, voice: Path | None = None) -> Iterator[Desk]:
    """A browser nobody has logged in with; voice is what its microphone hears."""
    capture = (f"--use-file-for-fake-audio-capture={voice}",) if voice else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *capture])
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, locale="uk-UA", ignore_https_errors=True,
            base_url=f"https://{cast.box.address}:{PORT}",
        )  # fmt: skip
        context.add_init_script(AS_IT_IS)
        yield Desk(context.new_page(), cast)
        browser.close()
