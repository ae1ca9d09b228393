"""Somebody who opens pages of a box over real HTTP, logged in."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import models
from tests.flows.box import Box
from tests.web.conftest import token_of


@dataclass(frozen=True)
class Answer:
    """What came back, after redirects; path is where it came from."""

    status: int
    headers: dict
    data: bytes
    path: str

    @property
    def text(self) -> str:
        return self.data.decode()


class Visitor:
    """A new person with a role, in a browser of his own."""

    def __init__(self, box: Box, kind: str, shop: models.Shop | None = None):
        number = models.User.select().count()
        user = models.User.create(email=f"visitor-{number}@example.com", name=f"{kind} {number}", password_hash="x")
        models.Role.create(user=user, kind=kind, shop=shop)
        self.address = f"http://{box.settings.web_bind}"
        self.cookies, self.token = {"spilka": token_of(user)}, ""

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.address + path, headers=self._headers(headers)))

    def post(self, path: str, **form: str) -> Answer:
        data = urlencode({"csrf_token": self.token, **form}).encode()
        return self._ask(urllib.request.Request(self.address + path, data, self._headers({})))

    def _headers(self, more: dict) -> dict:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **more}

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            response = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as refusal:
            response = refusal
        with response:
            given = SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", [])))
            self.cookies |= {name: cookie.value for name, cookie in given.items()}
            answer = Answer(response.status, dict(response.headers), response.read(), urlsplit(response.url).path)
        if answer.headers["Content-Type"].startswith("text/html") and (
            found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        ):
            self.token = found[1]
        return answer
