"""The announced wait is true: in simulated call centres it comes near what an oracle who knows the true laws can say.

A few worlds and hours of `tests/benchmarks/bench_wait.py`, each with the same seed every time; --long runs them all.
"""

from __future__ import annotations

import dataclasses

import pytest

from calls.laws import LogNormal
from calls.wait import Handling
from tests.benchmarks import bench_wait
from tests.benchmarks.bench_wait import WORLDS, announced, estimated, watch

SHORT = ("two operators, shops far apart", "kept places")
BY_NAME = {world.name: world for world in WORLDS}


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_said_is_near_the_limit_calibrated_and_never_grows_without_a_cause(name, times, request):
    if name not in SHORT and not request.config.getoption("--long"):
        pytest.skip("--long")
    watching = watch(BY_NAME[name], seed=1, hours=times(150))
    for figures in (announced(watching.told), estimated(watching.told)):
        assert figures.told > 100
        assert figures.error <= 1.15 * figures.oracle_error
        assert figures.error < figures.app_queue_error
        assert 0.65 <= figures.within <= 0.80
        assert figures.width <= 1.25
    assert watching.grown_without_cause == 0


@pytest.mark.parametrize(("median", "sigma"), [(1, 0.4), (2, 1), (0.5, 1)], ids=["too sure", "too long", "too short"])
def test_laws_that_are_wrong_would_be_noticed(median, sigma, monkeypatch):
    right = bench_wait.fit

    def wrong(*seen: object) -> Handling:
        handling = right(*seen)
        talk = {shop: LogNormal(one.law.median * median, one.law.sigma * sigma) for shop, one in handling.talk.items()}
        return dataclasses.replace(handling, talk=talk)

    monkeypatch.setattr(bench_wait, "fit", wrong)
    told = watch(BY_NAME[SHORT[0]], seed=1, hours=10).told
    assert not announced(told).holds
    assert not estimated(told).holds
