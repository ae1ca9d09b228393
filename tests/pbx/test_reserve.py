"""Whom of the reserve a shop's callers may reach."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx.reserve import ranks, reach

TEA, SOAP, TOOLS = 1, 2, 3


@pytest.mark.parametrize(
    ("releases", "reached"),
    [
        ([], {TEA: 0, SOAP: 0, TOOLS: 0}),
        ([(7, TEA)], {TEA: 1, SOAP: 0, TOOLS: 0}),
        ([(7, TEA), (7, SOAP), (8, TEA)], {TEA: 2, SOAP: 1, TOOLS: 0}),
        ([(7, TEA), (8, SOAP)], {TEA: 1, SOAP: 0, TOOLS: 0}),  # 8 stands behind 7, who is not released for soap
    ],
)
def test_callers_reach_as_many_as_are_all_released_for_their_shop(releases, reached):
    assert {shop: reach(shop, frozenset(releases)) for shop in reached} == reached


@given(st.frozensets(st.tuples(st.integers(1, 5), st.integers(1, 6))))
def test_nobody_is_reached_for_a_shop_she_is_not_released_for(releases):
    for (user, rank), shop in product(ranks(releases).items(), range(1, 7)):
        assert rank > reach(shop, releases) or (user, shop) in releases


@given(st.integers(1, 9), st.frozensets(st.integers(1, 6)))
def test_one_trainee_is_reached_for_exactly_her_shops(user, shops):
    releases = frozenset((user, shop) for shop in shops)
    assert {shop for shop in range(1, 7) if reach(shop, releases)} == shops
