"""What a flood of the site's form does to the other pages: their times in quiet and while many addresses post.

    python -m tests.benchmarks.bench_call_me [posts]

As on a box: Caddy with deploy/Caddyfile before gunicorn with deploy/gunicorn.conf.py. The posts come from 250 addresses
of the loopback net, 50 connections at once, each sending its next post when the last was answered; meanwhile three
people (an owner, an operator, an owner at his callbacks) open a page every half second. The flood's own work is done
on the same cores, so it runs niced, as a process of its own: what is left to it is the box's spare time. Aims: as many
are taken as the cap lets, none is answered 500, and the pages' p95 stays under 200 ms.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from models import CallRequest, SiteButton, database
from tests import screens

AIM_MS = 200
ADDRESSES, AT_ONCE = 250, 50
PAUSE_SECONDS = 0.5
KEY = "feed0000beef0001"
PAGES = (("owner", "/shops/1"), ("operator", "/desk"), ("owner", "/shops/1/callbacks"))
CLIENT = ssl._create_unverified_context()  # Caddy signs for itself here


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        tokens = screens.fill(Path(folder))
        workers = ("--config", str(screens.ROOT / "deploy/gunicorn.conf.py"))
        served = screens.served(Path(folder), *workers, SPILKA_PROXY_HOPS="1")
        with served as web, proxied(Path(folder), web) as port, database.connection_context():
            before = CallRequest.select().count()
            looked_at(port, tokens, time.monotonic() + 3)  # the first opening of a page is no measure
            quiet = looked_at(port, tokens, time.monotonic() + 10)
            flooded, statuses, took = flood(port, tokens, posts)
            taken, cap = CallRequest.select().count() - before, SiteButton.get().cap_per_day
    print(f"load average {os.getloadavg()[0]:.1f}")
    print(f"{posts} posts, {posts / took:.0f} a second: {statuses}; {taken} taken, cap {cap}")
    for (who, path), still, busy in zip(PAGES, quiet, flooded, strict=True):
        tell(f"{path} ({who}) in quiet", still)
        tell(f"{path} ({who}) in the flood", busy)
        print(f"  ratio of the medians: {statistics.median(busy) / statistics.median(still):.1f}")
    worst = max(p95(busy) for busy in flooded)
    print(f"aim: p95 under {AIM_MS} ms; reached: {'yes' if worst < AIM_MS else 'no'}")


@contextmanager
def proxied(folder: Path, web: str):
    """Caddy as install.sh puts it there, on a free port of loopback; the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    values = {
        "PORT": port, "NAME": "127.0.0.1", "SITES": "https://127.0.0.1", "BIND": "127.0.0.1", "TLS": "tls internal",
        "REDIRECTS": "auto_https disable_redirects\n\tskip_install_trust\n\tadmin off",
        "ASTERISK": "127.0.0.1:9", "WEB": web.removeprefix("http://"),
    }  # fmt: skip
    file = folder / "Caddyfile"
    text = (screens.ROOT / "deploy/Caddyfile").read_text()
    file.write_text(re.sub("@([A-Z]+)@", lambda name: str(values[name[1]]), text))
    command = [shutil.which("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]
    environ = {**os.environ, "XDG_DATA_HOME": str(folder / "caddy"), "HOME": str(folder)}
    caddy = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        until_it_listens(port)
        yield port
    finally:
        caddy.terminate()
        caddy.wait(10)


def until_it_listens(port: int) -> None:
    for _ in range(150):
        try:
            if connected(port).request("GET", "/healthz") is None:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("Caddy does not listen")


def connected(port: int, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, source_address=(source, 0), context=CLIENT)


# --- those who only want their page ------------------------------------------------------------------------------


def looked_at(port: int, tokens: dict[str, str], until: float | None = None, is_over=lambda: True) -> list[list[float]]:
    """Milliseconds of each opening of each of PAGES, until this instant and until is_over says so."""
    took: list[list[float]] = [[] for _ in PAGES]

    def look(number: int) -> None:
        who, path = PAGES[number]
        connection, headers = connected(port), {"Cookie": f"spilka={tokens[who]}"}
        while time.monotonic() < (until or 0) or not is_over():
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            took[number].append(1000 * (time.perf_counter() - began))
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(len(PAGES))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


# --- those who flood ---------------------------------------------------------------------------------------------


def flood(port: int, tokens: dict[str, str], posts: int) -> tuple[list[list[float]], dict[str, int], float]:
    """The pages' times meanwhile, how the posts were answered, seconds it took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.benchmarks.bench_call_me", "--flood", str(port), str(posts)]
    flooder = subprocess.Popen(["nice", "-n", "19", *command], stdout=subprocess.PIPE, cwd=screens.ROOT)
    took = looked_at(port, tokens, is_over=lambda: flooder.poll() is not None)
    statuses = json.loads(flooder.stdout.read())
    return took, statuses, time.monotonic() - began


def post_them_all(port: int, posts: int) -> Counter:
    """How the posts were answered. Each address keeps its connection for its posts, as a program would."""

    def post(address: int) -> Counter:
        connection, answers = connected(port, f"127.51.0.{address + 1}"), Counter()
        for number in range(address, posts, ADDRESSES):
            data = urlencode({"number": f"+38067{1_000_000 + number}"})
            headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/call-me/{KEY}", data, headers)
            answer = connection.getresponse()
            answer.read()
            answers[str(answer.status)] += 1
        return answers

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(post, range(ADDRESSES)), Counter())


def p95(milliseconds: list[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]


def tell(what: str, took: list[float]) -> None:
    print(f"{what}: p50 {statistics.median(took):.0f} ms, p95 {p95(took):.0f} ms of {len(took)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--flood"]:
        print(json.dumps(post_them_all(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
