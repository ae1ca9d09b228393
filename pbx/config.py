"""The generated half of Asterisk's configuration: a pure function of the database.

`render(world, settings)` gives every generated file as text; `world` is what `pbx.apply.read()` found in the
tables. Only ids, checked numbers, addresses, sound paths and secrets are written. Each value passes `word()`,
which refuses whatever could begin another line, comment, variable or section: free text is how panels are
broken into.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from models import Did, Phone, Queue, QueueOperator, Telephone, Trunk
from pbx.names import CEL_FIELDS, CEL_FILE, KEEP_PLACE, SENT
from settings import ROOT, Settings

WORD = re.compile(r"[A-Za-z0-9_.+@:/ -]*")
E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
HOME = "+380"
LINE_WEIGHT = 10  # callers before callbacks of the automatic queue, whose weight is 0
SENT_WEIGHT = 20  # who was sent to one of the reserve before who waits in the line, where she is a member too
SECRET = re.compile(r"[!-~]*")  # printable ASCII without space


class Unwritable(ValueError):
    """A value that must not stand in Asterisk's configuration."""


@dataclass(frozen=True)
class Number:
    """A DID with what its callers need even when all of ours is dead."""

    did: Did
    language: str
    queue: Queue
    live: bool  # the shop has published a menu; nothing of it is answered before
    record: bool  # the published greeting holds the notice and the shop wants recordings
    shop_name_sound: str  # absolute path without extension, or ""
    dead_end: str = ""  # host:port where a drill's callers find our process out of reach


@dataclass(frozen=True)
class World:
    """What the configuration depends on, in a fixed order."""

    trunks: tuple[Trunk, ...]
    numbers: tuple[Number, ...]
    phones: tuple[Phone, ...]
    telephones: tuple[Telephone, ...]  # in browsers; who has one open is not rung at a SIP telephone
    queues: tuple[Queue, ...]
    reserve: tuple[QueueOperator, ...]  # each has a queue of her own too
    resolved: dict[int, tuple[str, ...]]  # trunk id -> addresses of its host, as last resolved
    recording: bool = True  # False while the disk is nearly full


def render(world: World, settings: Settings) -> dict[str, str]:
    """Every generated file: name relative to Asterisk's etc folder -> its whole text."""
    return {
        "asterisk.conf": _asterisk(settings),
        "spilka/globals.conf": _globals(world, settings),
        "spilka/numbers.conf": _numbers(world),
        "spilka/acl.conf": _acl(world, settings),
        "spilka/transports.conf": _transports(settings),
        "spilka/trunks.conf": _trunks(world),
        "spilka/operators.conf": _operators(world, settings),
        "spilka/queues.conf": _queues(world, settings),
        "spilka/manager.conf": _manager(settings),
        "spilka/http.conf": _bind(settings.http_bind, "bindaddr", "bindport"),
        "spilka/rtp.conf": _rtp(settings),
        "spilka/moh.conf": f"directory={word(ROOT / 'static/prompts/hold')}\n",
        "cel_custom.conf": _cel_custom(),
    }


def word(value: object) -> str:
    """The value as text, if it can do no harm in a configuration file. Raises Unwritable."""
    text = str(value)
    if not WORD.fullmatch(text):
        raise Unwritable(f"{text!r} must not be written into Asterisk's configuration")
    return text


def secret(value: str) -> str:
    """A password, with the comment character escaped. Raises Unwritable on spaces and control characters."""
    if not SECRET.fullmatch(value):
        raise Unwritable("a password for Asterisk may hold printable ASCII characters only")
    return value.replace(";", "\\;")  # a backslash means something before a semicolon only


def label(name: str) -> str:
    """A shop's name in ASCII letters, digits and spaces, for a telephone's display; at most 20 characters.

    By Ukraine's passport table of 2010 (Cabinet of Ministers, resolution 55); other accents are dropped."""
    letters = re.sub(r"(?<![\w'ʼ’])[єїйюя]", lambda initial: INITIAL[initial[0]], name.lower())
    latin = "".join(LATIN.get(letter, letter) for letter in letters)
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9-]+", plain)).title()[:20].strip() or "Shop"


INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
LATIN = dict(zip("абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ'ʼ’", (
    "a", "b", "v", "h", "g", "d", "e", "ie", "zh", "z", "y", "i", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t",
    "u", "f", "kh", "ts", "ch", "sh", "shch", "", "iu", "ia", "y", "e", "io", "", "", "", "",
), strict=True))  # fmt: skip


def section(name: str, lines: Iterable[str]) -> str:
    return f"[{word(name)}]\n" + "".join(f"{line}\n" for line in lines) + "\n"


def _asterisk(settings: Settings) -> str:
    root, own = settings.asterisk_root, settings.pbx_dir
    directories = {
        "astetcdir": own / "etc",
        "astmoddir": root / "usr/lib/x86_64-linux-gnu/asterisk/modules",
        "astvarlibdir": own / "lib",
        "astdbdir": own / "lib",
        "astkeydir": own / "lib",
        "astdatadir": root / "usr/share/asterisk",
        "astagidir": own / "lib",
        "astspooldir": own / "spool",
        "astrundir": own / "run",
        "astlogdir": own / "log",
    }
    lines = (f"{name} => {word(path)}" for name, path in directories.items())
    return section("directories", lines) + section("options", ("live_dangerously=no", "nocolor=yes"))


def _globals(world: World, settings: Settings) -> str:
    values = {
        "AGI_URL": f"agi://{settings.agi_bind}",
        "ROUTE_SECONDS": settings.route_seconds,
        "RECORDINGS": settings.recordings_dir,
        "RECORDING": "on" if world.recording else "off",
        "PHRASES": ROOT / "static/prompts",
        "PERMIT_SECONDS": settings.place_permit_seconds + settings.deadman_margin_seconds,
        "VOICEMAIL_SECONDS": settings.voicemail_seconds,
        "VOICEMAIL_SILENCE_SECONDS": settings.voicemail_silence_seconds,
        "MOBILE_RING_SECONDS": settings.mobile_ring_seconds,
        "CALLBACK_RING_SECONDS": settings.callback_ring_seconds,
        "CALLBACK_MAX_MS": settings.callback_max_seconds * 1000,
    }
    return section("globals", (f"{name}={word(value)}" for name, value in values.items()))


def _numbers(world: World) -> str:
    """Per trunk: its context, and an extension for each form in which each of its DIDs may arrive."""
    parts = []
    for trunk in world.trunks:
        own = [number for number in world.numbers if number.did.trunk_id == trunk.id]
        parts.append(section(trunk.pbx_name, _called(trunk, own)))
        parts.append(section(f"numbers-{trunk.id}", (line for number in own for line in _extension(number, trunk))))
    return "".join(parts)


def _called(trunk: Trunk, own: list[Number]) -> Iterator[str]:
    """From what the provider sends to an extension of numbers-<trunk>."""
    if trunk.called_number_in == "request":
        yield f"include => numbers-{trunk.id}"
        return
    if trunk.called_number_in == "single":
        for pattern in ("s", "_[+0-9a-zA-Z].", "_[+0-9a-zA-Z]"):
            target = f"numbers-{trunk.id},{word(own[0].did.number)},1" if own else "unknown-number,s,1"
            yield f"exten => {pattern},1,Goto({target})"
        return
    known = f"DIALPLAN_EXISTS(numbers-{trunk.id},${{CALLED}},1)"
    for pattern in ("s", "_[+0-9a-zA-Z].", "_[+0-9a-zA-Z]"):
        yield f"exten => {pattern},1,Gosub(number-in-{trunk.called_number_in},find,1)"
        yield f" same => n,GotoIf($[${{{known}}}]?numbers-{trunk.id},${{CALLED}},1:unknown-number,s,1)"


def _extension(number: Number, trunk: Trunk) -> Iterator[str]:
    did, values = number.did, number_values(number, trunk)
    forms = dict.fromkeys(in_form(did.number, form) for form in ("plus", *trunk.number_forms.split()))
    first, *others = forms
    yield f"exten => {word(first)},1,Set({next(iter(values))}={word(did.id)})"
    for name, value in list(values.items())[1:]:
        yield f" same => n,Set({name}={word(value)})"
    if number.dead_end:
        # of this channel, and so before the global one: the dialplan it goes through is everybody's
        yield f" same => n,Set(AGI_URL=agi://{word(number.dead_end)})"
    yield " same => n,Goto(call-in,s,1)"
    for form in others:
        yield f"exten => {word(form)},1,Goto({word(first)},1)"


def number_values(number: Number, trunk: Trunk) -> dict[str, object]:
    """NUMBER_VARIABLES of a DID: what the dialplan knows of its shop."""
    did, shop = number.did, number.did.shop
    return {
        "DID": did.id,
        "SHOP": shop.id,
        "CALLER_LANGUAGE": number.language,
        "QUEUE": number.queue.pbx_name,
        "LIVE": int(number.live),
        "RECORD": int(number.record),
        "SHOP_LABEL": label(shop.name),
        "SHOP_NAME": number.shop_name_sound,
        "LAST_RESORT": _last_resort(shop, trunk),
        "MOST_OUT": shop.cap_concurrent,
        "DID_NUMBER": caller_id(trunk, did.number),
    }


def _last_resort(shop, trunk: Trunk) -> str:
    if shop.last_resort == "mobile" and shop.last_resort_number:
        return dial_string(trunk, shop.last_resort_number)
    return "message"


def dial_string(trunk: Trunk, number: str) -> str:
    """What Dial() rings for an E.164 number through this trunk."""
    return f"PJSIP/{in_form(number, trunk.outgoing_form)}@{trunk.pbx_name}"


def caller_id(trunk: Trunk, number: str) -> str:
    """The caller ID this trunk permits for a DID (E.164)."""
    return trunk.username if trunk.outgoing_caller_id == "username" else in_form(number, trunk.outgoing_form)


def in_form(number: str, form: str) -> str:
    """An E.164 number in a trunk's form: plus +380…, bare 380…, national 0… (00… for a foreign number).

    Raises Unwritable for anything that is not E.164: what comes out is dialled."""
    if not E164.fullmatch(number):
        raise Unwritable(f"no such number: {number!r}")
    if form == "plus":
        return number
    if form == "bare":
        return number[1:]
    return f"0{number.removeprefix(HOME)}" if number.startswith(HOME) else f"00{number[1:]}"


def _acl(world: World, settings: Settings) -> str:
    """SIP from anybody but the trunks' providers, operators' phones and this machine itself gets 403."""
    addresses = (address for trunk in world.trunks for address in _addresses(world, trunk))
    permitted = dict.fromkeys(("127.0.0.1", *settings.phones_networks.split(), *addresses))
    return section("known", ("type=acl", "deny=0.0.0.0/0", "deny=::/0", *(f"permit={word(a)}" for a in permitted)))


def _addresses(world: World, trunk: Trunk) -> Iterator[str]:
    yield from trunk.addresses.split()
    yield from world.resolved.get(trunk.id, ())


def _transports(settings: Settings) -> str:
    nat = []
    if settings.external_address:
        address = word(ip_address(settings.external_address))
        nat = [f"external_media_address={address}", f"external_signaling_address={address}"]
    nat += [f"local_net={word(net)}" for net in settings.local_networks.split()]
    binds = {"trunks": ("udp", settings.sip_bind), "phones": ("udp", settings.phones_bind)}
    udp = [
        section(name, ("type=transport", f"protocol={protocol}", f"bind={word(bind)}", *nat))
        for name, (protocol, bind) in binds.items()
        if bind
    ]
    # the web socket is the HTTP server's; this bind is where the sound of browsers is sent from and heard
    sound = word(settings.sip_bind.rpartition(":")[0])
    return "".join(udp) + section("browsers", ("type=transport", "protocol=ws", f"bind={sound}"))


def _trunks(world: World) -> str:
    return "".join(part for trunk in world.trunks for part in _trunk(world, trunk))


def _trunk(world: World, trunk: Trunk) -> Iterator[str]:
    name = trunk.pbx_name
    host = word(trunk.host or trunk.addresses.split()[0].partition("/")[0])
    yield section(
        name,
        (
            "type=endpoint",
            "transport=trunks",
            f"context={name}",
            f"aors={name}",
            "allow=!all,alaw,ulaw",
            "dtmf_mode=auto",
            "direct_media=no",
            "rtp_symmetric=yes",
            "rewrite_contact=yes",
            f"trust_id_inbound={'yes' if trunk.caller_in == 'pai' else 'no'}",
            "send_connected_line=no",
            "allow_transfer=no",
            "allow_subscribe=no",
            "identify_by=ip",
            *(
                (f"outbound_auth={name}", f"from_user={word(trunk.username)}", f"from_domain={host}")
                if trunk.username
                else ()
            ),
        ),
    )
    yield section(name, ("type=aor", f"contact=sip:{host}:{trunk.port}", "qualify_frequency=30", "qualify_timeout=3"))
    matches = tuple(f"match={word(address)}" for address in dict.fromkeys(_addresses(world, trunk)))
    if matches:
        yield section(name, ("type=identify", f"endpoint={name}", *matches))
    if trunk.username:
        yield section(
            name,
            ("type=auth", "auth_type=digest", f"username={word(trunk.username)}", f"password={secret(trunk.secret)}"),
        )
    if trunk.kind == "registration":
        yield section(
            name,
            (
                "type=registration",
                "transport=trunks",
                f"outbound_auth={name}",
                f"server_uri=sip:{host}:{trunk.port}",
                f"client_uri=sip:{word(trunk.username)}@{host}",
                f"contact_user={word(trunk.username)}",
                "line=yes",
                f"endpoint={name}",
                "retry_interval=30",
                "forbidden_retry_interval=300",
                "max_retries=100000",
            ),
        )


def _operators(world: World, settings: Settings) -> str:
    in_browser = {telephone.user_id for telephone in world.telephones}
    sip = (part for phone in world.phones if phone.user_id not in in_browser for part in _sip_phone(phone, settings))
    return "".join((*(part for telephone in world.telephones for part in _browser(telephone, settings)), *sip))


def _browser(telephone: Telephone, settings: Settings) -> Iterator[str]:
    """A browser registers at an address of record that dies with its log-in."""
    own = ("transport=browsers", "webrtc=yes", "allow=!all,opus,ulaw")
    yield _endpoint(telephone.pbx_name, telephone.aor, own, settings)
    yield from _account(telephone.pbx_name, telephone.aor, telephone.secret)


def _sip_phone(phone: Phone, settings: Settings) -> Iterator[str]:
    own = ("allow=!all,alaw,ulaw",)
    if settings.phones_bind:
        # a call to her leaves by the port she registered at, the only one her router lets in
        own = ("transport=phones", *own)
    yield _endpoint(phone.pbx_name, phone.pbx_name, own, settings)
    yield from _account(phone.pbx_name, phone.pbx_name, phone.secret)


def _endpoint(name: str, aor: str, own: tuple[str, ...], settings: Settings) -> str:
    return section(
        name,
        (
            "type=endpoint",
            "context=operators",
            f"aors={aor}",
            f"auth={name}",
            *own,
            "direct_media=no",
            "rtp_symmetric=yes",
            "force_rport=yes",
            "rewrite_contact=yes",
            f"rtp_timeout={settings.rtp_timeout_seconds}",
            # a browser that holds a caller goes on sending; one that does not has died
            f"rtp_timeout_hold={settings.rtp_timeout_seconds}",
            # nothing about the customer may reach her telephone, nor anything from it another's
            "send_connected_line=no",
            "send_diversion=no",
            "trust_connected_line=no",
            "allow_transfer=no",
            "allow_subscribe=no",
            "device_state_busy_at=1",
            "identify_by=auth_username,username",
        ),
    )


def _account(name: str, aor: str, password: str) -> Iterator[str]:
    yield section(name, ("type=auth", "auth_type=digest", f"username={name}", f"password={secret(password)}"))
    limits = ("max_contacts=1", "remove_existing=yes", "maximum_expiration=120")
    yield section(aor, ("type=aor", *limits, "qualify_frequency=10", "qualify_timeout=2"))


def _queues(world: World, settings: Settings) -> str:
    lines = (
        "strategy=rrmemory",
        "ringinuse=no",
        # ringing out and declining are the same to the caller: the next operator, not her again
        "autopause=yes",
        "autopausebusy=yes",
        f"timeout={settings.ring_seconds}",
        f"retry={settings.retry_seconds}",
        f"wrapuptime={settings.wrapup_seconds}",
        "setinterfacevar=yes",
        "timeoutrestart=no",
        "announce-frequency=0",
        "announce-holdtime=no",
        "announce-position=no",
    )
    # a break counts as present: the line stays open for her return
    stays = _empty("unavailable", "invalid", "unknown")
    # a key leaves the line, also while an operator's telephone rings; an operator is free for what waits behind it
    # only while nobody waits in it
    line = (*lines, *stays, f"context={KEEP_PLACE}", f"weight={LINE_WEIGHT}")
    automatic = (*lines, *stays, f"context={SENT}")
    # who was sent to one of the reserve goes back to his place as soon as she cannot answer
    goes = _empty("paused", "inuse", "ringing", "unavailable", "invalid", "unknown", "wrapup")
    hers = (*lines, *goes, f"context={KEEP_PLACE}", f"weight={SENT_WEIGHT}")
    sections = [(queue.pbx_name, line) for queue in world.queues]
    sections += [(queue.automatic_name, automatic) for queue in world.queues]
    sections += [(name, hers) for name in dict.fromkeys(one.reserve_name for one in world.reserve)]
    return "".join(section(*one) for one in sections)


def _empty(*states: str) -> tuple[str, str]:
    """A queue whose members are all in one of these states takes nobody and keeps nobody."""
    return f"joinempty={','.join(states)}", f"leavewhenempty={','.join(states)}"


def _cel_custom() -> str:
    lines = (
        "format=dsv",
        "separator_character=,",
        'quote_character="',
        'quote_escape_character="',
        "quoting_method=all",
    )
    # named without a path: a section's name, and so an absolute one, is cut at 80 characters
    return section(CEL_FILE, (*lines, f"fields={','.join(CEL_FIELDS)}"))


def _manager(settings: Settings) -> str:
    rights = ("read=system,call,agent,reporting", "write=system,call,agent,originate,reporting")
    own = (
        f"secret={secret(settings.ami_secret)}",
        "deny=0.0.0.0/0",
        "permit=127.0.0.0/8",
        *rights,
        "writetimeout=5000",
        # the answers to what was asked come anyway; of what comes unasked only these are read
        "eventfilter=Event: (OriginateResponse|FullyBooted|QueueMemberPause)",
    )
    return _bind(settings.ami_bind, "bindaddr", "port") + "\n" + section("spilka", own)


def _rtp(settings: Settings) -> str:
    first, _, last = settings.rtp_ports.partition("-")
    told = (address.partition("=") for address in settings.ice_addresses.split())
    mapped = (f"{word(ip_address(own))} => {word(ip_address(public))}" for own, _, public in told)
    return f"rtpstart={int(first)}\nrtpend={int(last)}\n\n" + section("ice_host_candidates", mapped)


def _bind(text: str, address_name: str, port_name: str) -> str:
    host, _, port = text.rpartition(":")
    return f"{address_name}={word(host)}\n{port_name}={int(port)}\n"
