"""Every setting of Spilka: its name, its default, what it means.

Read once per process from the environment (`SPILKA_<NAME>`), which install.sh fills from
/etc/spilka/spilka.env. A wrong or missing value stops the process at once, naming every fault in one message.
No secret has a default. Every wait of the trade is here, so that tests shorten it and nothing else.
"""

from __future__ import annotations

import os
import zoneinfo
from dataclasses import MISSING, dataclass, field, fields
from email.utils import parseaddr
from functools import cache
from pathlib import Path

PREFIX = "SPILKA_"
ENV_FILE = Path("/etc/spilka/spilka.env")
ROOT = Path(__file__).resolve().parent
LANGUAGES = ("uk", "ru", "en")


class SettingsError(Exception):
    """One or more settings are wrong or missing; the text lists all of them."""


def setting(meaning: str, default=MISSING):
    """Declare a setting; without a default it must be given."""
    return (
        field(default=default, metadata={"meaning": meaning})
        if default is not MISSING
        else field(metadata={"meaning": meaning})
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one installation. Seconds unless the name says otherwise."""

    # Where things are
    data_dir: Path = setting("Everything that must survive: database, prompts, recordings", Path("/var/lib/spilka"))
    pbx_dir: Path = setting("Asterisk's own folders: etc, cel, log, run, spool", Path("/var/lib/spilka/asterisk"))
    asterisk_root: Path = setting(
        "The private root Asterisk runs from; / uses the host's own", Path("/opt/spilka/asterisk")
    )

    # Secrets
    secret_key: str = setting("Signs log-in cookies and links; at least 32 characters")
    ami_secret: str = setting("Asterisk Manager password; at least 16 characters")

    # Addresses
    public_host: str = setting("Host name people type into the browser; empty: the address is used", "")
    external_address: str = setting("Public IPv4 address told to SIP and RTP peers when behind NAT; empty: none", "")
    local_networks: str = setting(
        "Networks that reach the box without NAT, separated by spaces",
        "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16",
    )
    web_bind: str = setting("Where the web process listens", "127.0.0.1:8000")
    https_bind: str = setting("Where the web server in front of it listens for browsers", "0.0.0.0:443")
    agi_bind: str = setting("Where the FastAGI process listens", "127.0.0.1:4573")
    ami_bind: str = setting("Where Asterisk's manager interface listens", "127.0.0.1:5038")
    http_bind: str = setting("Where Asterisk's HTTP server (the /ws of browser phones) listens", "127.0.0.1:8088")
    sip_bind: str = setting("Where Asterisk listens for trunks, UDP", "0.0.0.0:5060")
    phones_bind: str = setting("Where operators' SIP phones register, UDP; empty: no SIP phones", "")
    phones_networks: str = setting("Networks operators' SIP phones may come from, separated by spaces", "")
    ice_addresses: str = setting(
        "What browsers are told instead of this machine's own addresses: own=public, separated by spaces", ""
    )
    rtp_ports: str = setting("First and last RTP port", "10000-10999")

    # A call
    route_seconds: float = setting("The longest the choice of a menu may take before the caller goes to the line", 2)
    deadman_margin_seconds: float = setting(
        "How long a frozen FastAGI command may overrun before the line takes the caller", 2
    )
    key_wait_seconds: float = setting("Silence after a menu before it is repeated", 5)
    ring_seconds: int = setting("How long an operator's phone rings before she is signed off as not answering", 20)
    wrapup_seconds: int = setting(
        "Rest after a conversation before the next call; below 2 a busy machine may serve two callers in the wrong order",
        10,
    )
    retry_seconds: int = setting("Pause before the line tries its operators again", 1)
    mobile_ring_seconds: int = setting("How long the owner's mobile rings as the last resort", 30)
    unanswered_seconds: float = setting(
        "How long an operator who let a call ring out still counts as present for those who wait", 60
    )
    rtp_timeout_seconds: int = setting("Silence of an operator's phone after which the call counts as broken", 8)

    # Voicemail
    voicemail_seconds: int = setting("The longest message a caller can leave", 120)
    voicemail_silence_seconds: int = setting("Silence that ends a message", 5)

    # Callbacks
    callback_ring_seconds: int = setting("How long a called customer's phone rings", 45)
    callback_operator_ring_seconds: int = setting("How long the operator's phone rings before her attempt ends", 25)
    callback_max_seconds: int = setting("The longest conversation of a callback", 1800)
    claim_lease_seconds: int = setting("How long a claimed callback stays hers without an attempt", 600)
    attempt_unknown_seconds: float = setting(
        "Without any news of a sent attempt for this long it counts as not dialled", 30
    )
    place_permit_seconds: float = setting(
        "How long an operator who picked up for a kept place waits for the leave to dial", 3
    )
    place_again_seconds: float = setting("Pause before a place that its channel lost is held again", 2)
    place_refused_seconds: float = setting(
        "The same pause after an operator picked up and nothing could be dialled", 60
    )
    promise_minutes: int = setting("Within how many minutes of opening hours a missed customer is promised a call", 20)
    promise_soon_minutes: int = setting("So many minutes before a promise is due, the operator's list says so", 5)
    lists_seconds: float = setting("How often morning lists and callbacks given up are looked for", 15)

    # The button of the shops' sites
    site_number_per_day: int = setting("How often a call to one number may be asked for on all sites in 24 hours", 3)
    site_address_per_hour: int = setting("How many calls may be asked for on all sites from one address in an hour", 5)
    site_wrong_number_days: int = setting("A number that was a wrong one is not asked for again for so many days", 30)

    # The line
    announce_first_seconds: float = setting("How long a caller waits before he is told his place and the wait", 10)
    announce_again_seconds: float = setting("The least pause between two announcements to a waiting caller", 30)
    announce_quiet_seconds: float = setting(
        "Without news of place and wait for this long his shop's own announcements are played", 45
    )
    announce_look_seconds: float = setting("How often it is looked whose turn it is to be told", 1)
    history_days: int = setting("From how many days of calls the wait is estimated", 60)

    # The figures
    answer_within_seconds: int = setting(
        "An answer after so many seconds in the line, or sooner, counts as in time", 10
    )
    tallies_seconds: float = setting("How often days that are over are looked for, to be summed for reports", 300)

    # The scheduler
    ingest_seconds: float = setting("How often new call facts are read", 0.2)
    wish_seconds: float = setting("How often the wishes of pages and the news of Asterisk are looked at", 0.2)
    tick_seconds: int = setting("How often a one-second test call proves that facts arrive", 60)
    tick_late_seconds: float = setting("A tick not ingested for this long shows the banner on every page", 5)
    reconcile_seconds: float = setting("How often queue membership is compared with presence", 10)
    unreachable_seconds: float = setting("An operator's phone unreachable for this long signs her off", 30)
    cel_rotate_mb: int = setting("Size at which the file of call events is put away under its number", 32)
    recording_stop_percent: int = setting("Free disk below which recording stops", 10)
    ballast_percent: int = setting("Free disk below which the ballast file is released", 3)
    ballast_mb: int = setting("Size of the ballast file", 64)

    # The timetable
    timetable_seconds: float = setting("How often daily jobs and digests that are due are looked for", 20)
    job_lost_minutes: float = setting("A daily job without an end for this long has died and is begun anew", 120)
    job_retry_minutes: float = setting("How long after a failure a daily job is tried again", 15)
    job_tries: int = setting("How often a daily job is tried on one date", 5)
    silent_seconds: float = setting("The scheduler silent for this long is told on every coordinator's page", 40)

    # Notices
    notice_seconds: float = setting("How often what needs somebody at once is looked for", 20)
    notice_after_seconds: float = setting("Trouble that has lasted this long is told", 180)
    notice_over_seconds: float = setting("Trouble gone for this long is over; back sooner it is the same", 600)
    job_overdue_minutes: float = setting("A daily job that has not run so long after its time is told", 60)
    cap_near_percent: int = setting("Share of a shop's outgoing minutes of a day at which its owners are told", 80)

    # Mail
    smtp_host: str = setting("The server that takes our mail; empty: mails wait in the outbox", "")
    smtp_port: int = setting("Its port: 587 for starttls, 465 for tls", 587)
    smtp_security: str = setting("none, starttls or tls", "starttls")
    smtp_user: str = setting("Account at that server; empty: no log-in", "")
    smtp_password: str = setting("Its password", "")
    smtp_sender: str = setting("Who our mail is from: Spilka <spilka@example.org>", "")
    smtp_seconds: float = setting("How long the server may be silent before it counts as gone", 20)
    smtp_unknown_seconds: float = setting("Without news of a sending for this long it counts as broken off", 300)
    outbox_seconds: float = setting("How often the outbox is looked at", 5)

    # The desk
    after_call_seconds: int = setting("Work after a conversation before she is ready again by herself; 0: none", 30)
    rest_after_minutes: int = setting("Work without a break after which a rest is offered while nobody waits", 45)
    desk_hours: float = setting("How long an operator may go on with a call of hers: its notes, order, questions", 12)
    reveal_minutes: float = setting("How long a number that an operator has made appear stays on her pages", 30)
    question_link_days: int = setting("How long the link in the letter of a question can answer it", 7)

    # Orders
    order_undo_minutes: float = setting("How long the last change of an order's state can be taken back", 10)

    # Money
    close_day: int = setting("The day of the next month on which a month is closed by itself, 1 to 28", 3)
    payment_days: int = setting("How many days after the close its statements are to be paid", 14)

    # The copy that saves the day
    backup_repository: str = setting(
        "The place outside for the nightly copy, as restic names it (sftp:…, s3:…, rest:…); empty: none", ""
    )
    backup_password: str = setting("What the copy outside is encrypted with; without it nobody can read it", "")
    backup_environment: str = setting("What that place wants to know, as NAME=value separated by spaces", "")
    backup_daily: int = setting("Copies kept: the last of each of so many days", 7)
    backup_weekly: int = setting("and of each of so many weeks", 5)
    backup_monthly: int = setting("and of each of so many months", 12)
    backup_hour: int = setting("The hour of the union's zone at which the nightly copy is due; never 3", 1)
    backup_retry_seconds: int = setting("Pause before a copy that failed is tried again", 3600)
    rehearsal_days: int = setting("How often a copy is restored for trial", 7)

    # The drill of the last resort
    drill_days: int = setting("How often the last resort is rehearsed by itself, at night; 0: only when asked", 28)
    drill_heard_seconds: float = setting("Within how many seconds its caller must hear the last resort", 10)
    raw_months: int = setting("Raw call events older than this leave the database for packed files", 13)

    # The pages
    poll_seconds: int = setting("How often the operator's page refreshes its fragments", 2)
    telephone_silent_seconds: int = setting(
        "A browser's telephone that Asterisk has not asked after for so long says that it is cut off; it asks every 10",
        15,
    )
    session_hours: int = setting("A log-in unused for this long ends", 72)
    login_tries: int = setting("Wrong passwords per address and account in 15 minutes before a pause", 8)
    secure_cookies: bool = setting("Send cookies over HTTPS only", True)
    proxy_hops: int = setting("Reverse proxies in front of the web process whose headers are believed", 1)

    @property
    def database(self) -> Path:
        return self.data_dir / "spilka.db"

    @property
    def cel_dir(self) -> Path:
        return self.pbx_dir / "log" / "cel-custom"  # where cel_custom puts a file named without a path

    @property
    def recordings_dir(self) -> Path:
        return self.data_dir / "recordings"

    @property
    def backup_dir(self) -> Path:
        """Copies of all this; a place of its own to mount another disk at."""
        return self.data_dir / "backups"

    @property
    def raw_dir(self) -> Path:
        """Raw call events of long ago, packed, a file a month."""
        return self.data_dir / "raw"

    @property
    def prompts_dir(self) -> Path:
        """Shops' own prompts; the fixed phrases are in static/prompts."""
        return self.data_dir / "prompts"


@cache
def current() -> Settings:
    """The process's settings, read once. Raises SettingsError."""
    return load({**env_file(ENV_FILE), **os.environ})


def env_file(path: Path) -> dict[str, str]:
    """The NAME=value lines of an environment file; {} where there is none or it may not be read."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def load(environ: dict[str, str]) -> Settings:
    """Settings from SPILKA_* names. Raises SettingsError listing every unknown, missing or wrong one."""
    known = {f.name: f for f in fields(Settings)}
    given = {name.removeprefix(PREFIX).lower(): text for name, text in environ.items() if name.startswith(PREFIX)}
    faults = [f"{PREFIX}{name.upper()}: no such setting" for name in given.keys() - known.keys()]
    values = {}
    for name, declared in known.items():
        if name not in given:
            if declared.default is MISSING:
                faults.append(f"{PREFIX}{name.upper()} is missing: {declared.metadata['meaning']}")
            continue
        try:
            values[name] = _parse(given[name], declared.type)
        except ValueError as error:
            faults.append(f"{PREFIX}{name.upper()}={given[name]!r}: {error}")
    faults += _faults(values)
    if faults:
        raise SettingsError("Wrong settings:\n  " + "\n  ".join(sorted(faults)))
    return Settings(**values)


def _parse(text: str, kind: str):
    if kind == "bool":
        if text.lower() not in ("1", "0", "yes", "no", "true", "false"):
            raise ValueError("yes or no is expected")
        return text.lower() in ("1", "yes", "true")
    if kind in ("int", "float"):
        number = int(text) if kind == "int" else float(text)
        if number < 0:
            raise ValueError("must not be negative")
        return number
    return Path(text) if kind == "Path" else text


def _faults(values: dict) -> list[str]:
    faults = []
    for name, least in (("secret_key", 32), ("ami_secret", 16)):
        if name in values and len(values[name]) < least:
            faults.append(f"{PREFIX}{name.upper()}: at least {least} characters are needed")
    for name, value in values.items():
        if name.endswith("_bind") and value and not _is_address(value):
            faults.append(f"{PREFIX}{name.upper()}={value!r}: address:port is expected")
    if not 1 <= values.get("close_day", 3) <= 28:
        faults.append(f"{PREFIX}CLOSE_DAY={values['close_day']}: a day from 1 to 28")
    return faults + _smtp_faults(values) + _backup_faults(values)


def _smtp_faults(values: dict) -> list[str]:
    faults = []
    if values.get("smtp_security", "none") not in ("none", "starttls", "tls"):
        faults.append(f"{PREFIX}SMTP_SECURITY={values['smtp_security']!r}: none, starttls or tls")
    if values.get("smtp_host") and "@" not in parseaddr(values.get("smtp_sender", ""))[1]:
        faults.append(f"{PREFIX}SMTP_SENDER is needed with SMTP_HOST: Spilka <spilka@example.org>")
    return faults


def _backup_faults(values: dict) -> list[str]:
    faults = []
    if values.get("backup_repository") and not values.get("backup_password"):
        faults.append(f"{PREFIX}BACKUP_PASSWORD is needed with BACKUP_REPOSITORY: keep it away from this machine too")
    if values.get("backup_hour", 1) in (2, 3) or values.get("backup_hour", 1) > 23:
        faults.append(f"{PREFIX}BACKUP_HOUR={values['backup_hour']}: 0, 1 or 4 to 23 (2 and 3 are when clocks change)")
    if values.get("backup_daily", 7) < 1:
        faults.append(f"{PREFIX}BACKUP_DAILY={values['backup_daily']}: at least 1")
    return faults


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdigit() and 0 < int(port) < 65536


def is_zone(name: str) -> bool:
    """Whether name is a time zone of the IANA database."""
    return name in zoneinfo.available_timezones()
