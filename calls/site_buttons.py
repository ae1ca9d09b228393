"""The "call me" button of a shop's site: its public key, where it may stand, which number it stands for.

The key says whose button it is and lets nobody do more than ask for a call; so it may stand in every page. The list
of sites keeps other people's pages from showing it; a program can pretend to be any page, so what is asked for is
limited by calls/site_requests.py, whoever asks.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from models import Did, Shop, SiteButton, database
from union import audit
from union.audit import Actor
from union.faults import refuse_if

CAP_MOST = 500
ORIGINS_MOST = 10


def of(shop: Shop) -> SiteButton | None:
    """The shop's button; None until it was first switched on."""
    return SiteButton.get_or_none(SiteButton.shop == shop)


def by_key(key: str) -> SiteButton | None:
    """The button a page asks for, on or off; None when there is none."""
    query = SiteButton.select(SiteButton, Shop).join(Shop).where(SiteButton.key == key, ~Shop.is_test)
    return query.first()


def switch_on(shop: Shop, by: Actor) -> SiteButton:
    """The shop's button, on from now; the same key as before, so that what was pasted works again."""
    with database.atomic():
        button, _ = SiteButton.get_or_create(shop=shop, defaults={"key": secrets.token_hex(8), "is_on": False})
        _switch(button, True, by)
    return SiteButton.get_by_id(button.id)


def switch_off(shop: Shop, by: Actor) -> None:
    """No calls can be asked for any more; whoever asked already is called."""
    with database.atomic():
        if button := of(shop):
            _switch(button, False, by)


def _switch(button: SiteButton, is_on: bool, by: Actor) -> None:
    if SiteButton.update(is_on=is_on).where(SiteButton.id == button.id, SiteButton.is_on != is_on).execute():
        audit.note(by, "site_button.on" if is_on else "site_button.off", f"shop:{button.shop_id}", shop=button.shop)


def change(button: SiteButton, origins: str, did: Did | None, cap_per_day: int, by: Actor) -> None:
    """Where it may stand, which number calls from it, how many a day. Raises Refused."""
    sites = [origin(word) for word in origins.split()]
    refuse_if(
        origins="site_wrong" if None in sites else "sites_many" if len(sites) > ORIGINS_MOST else None,
        did=None if did is None or did in dids(button.shop) else "unknown",
        cap_per_day=None if 1 <= cap_per_day <= CAP_MOST else "out_of_range",
    )
    values = {"origins": " ".join(dict.fromkeys(sites)), "did": did, "cap_per_day": cap_per_day}
    with database.atomic():
        SiteButton.update(values).where(SiteButton.id == button.id).execute()
        detail = f"{values['origins'] or '*'}; {cap_per_day}"
        audit.note(by, "site_button.update", f"shop:{button.shop_id}", shop=button.shop, detail=detail)


def dids(shop: Shop) -> list[Did]:
    """The numbers a shop answers now, the first first."""
    return list(Did.select().where(Did.shop == shop, Did.ends_at.is_null()).order_by(Did.id))


def did_of(button: SiteButton) -> Did | None:
    """The number visitors are called from and may ring; None when the shop has none."""
    present = dids(button.shop)
    return next((did for did in present if did.id == button.did_id), present[0] if present else None)


# --- where it may stand ----------------------------------------------------------------------------------------


def origin(site: str) -> str | None:
    """A site as browsers name it (https://tea.example), from its address or name; None when it is none."""
    parts = urlsplit(site if "://" in site else f"https://{site}")
    try:
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # no port, no name
        return None
    if parts.scheme not in ("http", "https") or not host.replace("-", "").replace(".", "").isalnum():
        return None
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def origins(button: SiteButton) -> list[str]:
    """The sites it may stand on, each with and without www; [] = any."""
    named = button.origins.split()
    twins = [site.replace("://www.", "://") if "://www." in site else site.replace("://", "://www.") for site in named]
    return [*named, *twins]


def may_stand_on(button: SiteButton, origin: str) -> bool:
    """Whether a page of this origin may use it."""
    allowed = origins(button)
    return not allowed or origin in allowed
