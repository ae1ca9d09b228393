"""Whole addresses, for links in letters: by the host people are told, else by the one the person himself uses."""

from __future__ import annotations

from flask import request, url_for

from web.access import settings


def whole(endpoint: str, **values: object) -> str:
    path, host = url_for(endpoint, **values), settings().public_host
    return f"https://{host}{path}" if host else request.url_root.rstrip("/") + path
