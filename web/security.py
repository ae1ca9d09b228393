"""What every answer of ours tells the browser: nothing but our own files, no framing, no storing. Only what a shop's
site shows (web/call_me.py) may be framed there, and its script be kept for a while."""

from __future__ import annotations

from flask import Flask, Response, g, request

# img data: is Pico's own form marks, media blob: what was just recorded and not sent yet; there is no unsafe-inline and no unsafe-eval anywhere
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "media-src 'self' blob:", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors ",
    )
)  # fmt: skip


def may_be_framed_by(sites: str) -> None:
    """Let pages of these origins, separated by spaces, show this request's answer within them."""
    g.framed_by = sites


def may_be_kept(seconds: int) -> None:
    """Let browsers keep this request's answer for so long: there is nothing of anybody in it."""
    g.kept_seconds = seconds


def init_app(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    headers = response.headers
    framed_by = g.get("framed_by")
    headers["Content-Security-Policy"] = POLICY + (framed_by or "'none'")
    headers["X-Content-Type-Options"] = "nosniff"
    if not framed_by:
        headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "static":
        kept = g.get("kept_seconds")
        headers["Cache-Control"] = f"public, max-age={kept}" if kept else "no-store"
        response.vary.add("HX-Request")
    return response
