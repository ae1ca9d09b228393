"""What a flood of the site's form does to the other pages: a page's time in quiet and while many addresses post.

    python -m tests.benchmarks.bench_call_me [posts]

Posts from many addresses (as a proxy would name them) while somebody opens a shop's callbacks again and again, beside
the same page in quiet. Aims: as many are taken as the cap lets, and the page's p95 stays under 200 ms.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from models import CallRequest, SiteButton, SiteRequest, database
from tests import screens

AIM_MS = 200
HANDS = 4
KEY = "feed0000beef0001"


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        tokens = screens.fill(Path(folder))
        with screens.served(Path(folder), SPILKA_PROXY_HOPS="1") as address, database.connection_context():
            before = CallRequest.select().count()
            page = urllib.request.Request(
                f"{address}/shops/1/callbacks", headers={"Cookie": f"spilka={tokens['owner']}"}
            )
            quiet = [opened(page) for _ in range(100)]
            statuses, flooded = flood(address, posts, page)
            taken = CallRequest.select().count() - before
            cap = SiteButton.get().cap_per_day
            print(f"{posts} posts: {dict(statuses)}; {taken} taken, cap {cap}, {SiteRequest.select().count()} counted")
            tell("a page in quiet", quiet)
            tell("the page in the flood", flooded)
            print(f"ratio of the medians: {statistics.median(flooded) / statistics.median(quiet):.1f}")
            print(f"aim: p95 under {AIM_MS} ms; reached: {'yes' if p95(flooded) < AIM_MS else 'no'}")


def flood(address: str, posts: int, page: urllib.request.Request) -> tuple[Counter, list[float]]:
    """Post from HANDS threads; meanwhile open the page. How the posts were answered, how long the page took."""
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda hand=hand: statuses.extend(post(address, n) for n in range(hand, posts, HANDS)))
        for hand in range(HANDS)
    ]
    for thread in threads:
        thread.start()
    took = []
    while any(thread.is_alive() for thread in threads):
        took.append(opened(page))
    return Counter(statuses), took


def post(address: str, number: int) -> int:
    data = urllib.parse.urlencode({"number": f"+38067{1_000_000 + number}"}).encode()
    headers = {"Accept": "application/json", "X-Forwarded-For": f"198.51.{number // 250 % 250}.{number % 250}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/call-me/{KEY}", data, headers), timeout=30
        ) as got:
            return got.status
    except urllib.error.HTTPError as refused:
        return refused.code


def opened(page: urllib.request.Request) -> float:
    """Milliseconds the page takes."""
    began = time.perf_counter()
    with urllib.request.urlopen(page, timeout=30) as got:
        got.read()
    return 1000 * (time.perf_counter() - began)


def p95(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]


def tell(what: str, took: list[float]) -> None:
    print(f"{what}: p50 {statistics.median(took):.0f} ms, p95 {p95(took):.0f} ms of {len(took)}")


if __name__ == "__main__":
    main()
