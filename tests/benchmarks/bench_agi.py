"""FastAGI sessions a second and their length: `route` with its database look-up beside panoramisk's bare server.

    PANORAMISK_PYTHON=… python -m tests.benchmarks.bench_agi [sessions] [clients]

PANORAMISK_PYTHON is a Python that has panoramisk 1.4 (by default this one; see README.md). Both servers run as
processes of their own and are asked in turn, round by round, by the same clients, so that the machine's noise falls
on both. Ours reads a union of 20 shops from its database for every session; panoramisk sends the same commands and
reads nothing. The aims: p95 ≤ 20 ms at 8 clients, and at least 0.7 of panoramisk's sessions a second.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import models

HOUSE = Path(models.__file__).parent
ROUNDS = 8
HEADER = b"".join(
    b"agi_%s: %s\n" % pair
    for pair in (
        (b"network", b"yes"), (b"network_script", b"route"), (b"request", b"agi://127.0.0.1/route"),
        (b"channel", b"PJSIP/trunk-1-00000001"), (b"language", b"uk"), (b"type", b"PJSIP"), (b"uniqueid", b"17.1"),
        (b"version", b"22.10.1"), (b"callerid", b"+380501112233"), (b"calleridname", b"unknown"),
        (b"callingpres", b"0"), (b"callingani2", b"0"), (b"callington", b"0"), (b"callingtns", b"0"),
        (b"dnid", b"unknown"), (b"rdnis", b"unknown"), (b"context", b"call-in"), (b"extension", b"s"),
        (b"priority", b"8"), (b"enhanced", b"0.0"), (b"accountcode", b"1"), (b"threadid", b"1403"),
    )
) + b"\n"  # fmt: skip


def main(sessions: int = 4000, clients: int = 8) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "spilka.db")
        ports = {"spilka": free_port(), "panoramisk": free_port()}
        servers = [start_ours(Path(folder), ports["spilka"]), start_panoramisk(ports["panoramisk"])]
        try:
            results = measure(ports, sessions // ROUNDS, clients)
        finally:
            for server in servers:
                server.terminate()
                server.wait()
    report(results, clients)


def fill(file: Path) -> None:
    """A union of 20 shops with hours, exceptions and menus."""
    models.database.init(str(file))
    with models.database.connection_context():
        models.database.create_tables(models.TABLES)
        queue = models.Queue.create(name="line")
        for number in range(20):
            shop = models.Shop.create(name=f"shop {number}", queue=queue)
            models.Menu.create(shop=shop, version=1, status="published")
            for day in range(7):
                models.WeekHours.create(shop=shop, weekday=day, opens_minute=480, closes_minute=1200)
                models.HoursException.create(shop=shop, on_date=f"2026-12-{day + 10}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def start_ours(folder: Path, port: int) -> subprocess.Popen:
    given = {"DATA_DIR": folder, "SECRET_KEY": "k" * 40, "AMI_SECRET": "a" * 20, "AGI_BIND": f"127.0.0.1:{port}"}
    environ = {**os.environ, "PYTHONPATH": str(HOUSE), **{f"SPILKA_{name}": str(given[name]) for name in given}}
    return listening(subprocess.Popen([sys.executable, "-m", "agi"], env=environ, stderr=subprocess.DEVNULL), port)


def start_panoramisk(port: int) -> subprocess.Popen:
    python = os.environ.get("PANORAMISK_PYTHON", sys.executable)
    script = Path(__file__).with_name("panoramisk_server.py")
    return listening(subprocess.Popen([python, str(script), "127.0.0.1", str(port)]), port)


def listening(server: subprocess.Popen, port: int) -> subprocess.Popen:
    """Wait for a server by a whole session: panoramisk's spins for ever once somebody opens and closes its port."""
    deadline = time.monotonic() + 10
    while server.poll() is None and time.monotonic() < deadline:
        try:
            a_session(port, 1)
            return server
        except ConnectionRefusedError:
            time.sleep(0.05)
    server.kill()
    sys.exit(f"{server.args} does not listen")


def measure(ports: dict[str, int], sessions: int, clients: int) -> dict[str, list[tuple[float, list[float]]]]:
    """For each server, for each round: (sessions a second, the milliseconds each took)."""
    for port in ports.values():
        a_round(port, 100, clients)
    results: dict[str, list[tuple[float, list[float]]]] = {name: [] for name in ports}
    for _ in range(ROUNDS):
        for name, port in ports.items():
            results[name].append(a_round(port, sessions, clients))
    return results


def a_round(port: int, sessions: int, clients: int) -> tuple[float, list[float]]:
    times: list[float] = []

    def client(number: int) -> None:
        for n in range(sessions // clients):
            times.append(a_session(port, shop=(number + n) % 20 + 1) * 1000)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / (time.perf_counter() - began), times


def a_session(port: int, shop: int) -> float:
    """Seconds from connecting to the end of the script."""
    began, commands = time.perf_counter(), 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(HEADER)
        while command := connection.recv(4096):
            commands += 1
            connection.sendall(b"200 result=1 (%d)\n" % shop if command.startswith(b"GET") else b"200 result=1\n")
    assert commands == 4, f"{commands} commands in a session"
    return time.perf_counter() - began


def report(results: dict[str, list[tuple[float, list[float]]]], clients: int) -> None:
    for name, rounds in results.items():
        times = sorted(took for _, all_times in rounds for took in all_times)
        rate = statistics.median(rate for rate, _ in rounds)
        p50, p95 = (times[int(len(times) * share)] for share in (0.5, 0.95))
        print(f"{name:10}  {rate:6.0f} sessions/s  p50 {p50:5.1f} ms  p95 {p95:5.1f} ms  at {clients} clients")
    ratios = [ours / theirs for (ours, _), (theirs, _) in zip(results["spilka"], results["panoramisk"], strict=True)]
    print(f"sessions/s, spilka with its database / panoramisk bare: {statistics.median(ratios):.2f} (aim ≥ 0.7)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
