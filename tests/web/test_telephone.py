"""The browser telephone's secret: to the desk's script of a log-in, and to nobody after it."""

from __future__ import annotations

import pytest

from models import AuditEntry, Telephone


def test_the_socket_opens_for_a_log_in_that_was_handed_a_telephone_and_for_as_long(as_):
    operator = as_("operator")
    assert operator.get("/telephone/allowed").status_code == 403
    given = operator.post("/telephone").json
    assert operator.get("/telephone/allowed").status_code == 204
    assert operator.post("/telephone").json == given, "the page may be loaded again"
    operator.post("/logout")
    assert operator.get("/telephone/allowed").status_code != 204
    assert Telephone.get().ends_at


def test_the_secret_is_in_one_answer_and_in_no_page(as_, cast):
    operator = as_("operator")
    answer = operator.post("/telephone")
    secret = answer.json["secret"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["account"] == f"op-{cast.operator.id}"
    for page in ("/desk", "/me"):
        assert secret not in operator.get(page).text
    assert secret not in as_("coordinator").get(f"/people/{cast.operator.id}").text
    assert all(secret not in entry.detail + entry.about for entry in AuditEntry.select())


@pytest.mark.parametrize("taken", ["roles", "sessions/end", "password", "deactivate"])
def test_whatever_takes_her_access_takes_her_telephone(as_, cast, taken):
    operator, coordinator = as_("operator"), as_("coordinator")
    operator.post("/telephone")
    role = cast.operator.roles.get()
    coordinator.post(f"/roles/{role.id}/end" if taken == "roles" else f"/people/{cast.operator.id}/{taken}")
    assert Telephone.get().ends_at
    assert operator.get("/telephone/allowed").status_code in (302, 403)
