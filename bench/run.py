#!/usr/bin/env python3
"""Measures Doorward beside its peers on this machine: `make bench` and `make bench-full`.

One server at a time, on a port given by the system and a core of its own, wrk on the other core. Every round asks every
server, so that a busy minute of the machine does not fall on one of them; the figures are medians of the rounds.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measure import data, load, peers, picture, report, workloads  # noqa: E402

HERE = Path(__file__).parent


class Figures:
    """All results: (workload, server) -> one result per round."""

    def __init__(self):
        self.rounds = {}

    def add(self, workload, server, result):
        self.rounds.setdefault(workload, {}).setdefault(server, []).append(result)
        shown = f"{result['rate']:>10,.0f}/s  p50 {result['p50_ms']:8.2f} ms  p99 {result['p99_ms']:8.2f} ms  {result['processor_us']:8.1f} us"
        trouble = "" if not result["refused"] + result["broken"] else f"  {result['refused']} refused, {result['broken']} broken"
        print(f"  {workload:24} {server:22} {shown}{trouble}", flush=True)

    def medians(self):
        return {workload: {server: median(rounds) for server, rounds in servers.items()}
                for workload, servers in self.rounds.items()}


def median(rounds):
    middle = {name: round(statistics.median(one[name] for one in rounds), 4)
              for name in ("rate", "p50_ms", "p99_ms", "processor_us")}
    rates = [one["rate"] for one in rounds]
    return {**middle, "lowest_rate": round(min(rates), 1), "highest_rate": round(max(rates), 1), "rounds": len(rounds),
            "refused": sum(one["refused"] for one in rounds), "broken": sum(one["broken"] for one in rounds),
            "memory": {name: max(one["memory"][name] for one in rounds) for name in rounds[0]["memory"]}}


class Bench:
    def __init__(self, options):
        self.options, self.figures, self.more = options, Figures(), {}
        self.stage = peers.Stage(options.folder, options.binary, options.hello, options.rust_port, options.server_core, options.sync)

    def play(self, workload, server, requests, seconds=None, connections=32):
        seconds = seconds or self.options.seconds
        load.settle(server)
        if workload not in ("sign-in", "sign-up", "refresh"):
            load.run(server, requests, 1, connections, self.options.client_core)  # caches, statements, and Node's compiler
        self.figures.add(workload, server.name, load.run(server, requests, seconds, connections, self.options.client_core))

    @contextlib.contextmanager
    def peer(self, name):
        """A peer that does not start or stops in the middle is left out, with a line; Doorward's own trouble ends the run."""
        try:
            yield
        except (RuntimeError, OSError, sqlite3.Error) as error:
            self.more.setdefault("left_out", {})[name] = str(error)
            print(f"  {name} LEFT OUT: {error}", flush=True)

    def noise(self):
        cores = (self.options.server_core, self.options.client_core)
        found = {f"core {core}": load.machine_noise(core) for core in cores}
        self.more.setdefault("noise", []).append(found)
        print(f"  share of the cores that is ours: {found}", flush=True)

    # One round of everything that has peers.

    def auth(self, people):
        stage, hashing = self.stage, self.options.hash_seconds
        with self.peer("axum-hello"), stage.axum_hello() as server:
            self.play("hello", server, workloads.hello())
        for kind in ("doorward", "better-auth"):
            with self.peer(kind) if kind != "doorward" else contextlib.nullcontext():
                file = stage.copy(stage.file(kind, people, refresh=200_000), f"run-{kind}.db")
                with stage.doorward(file) if kind == "doorward" else stage.better_auth(file) as server:
                    self.accounts(kind, server, people, hashing)
        with self.peer("better-auth-rs"):
            if not os.path.exists(self.options.rust_port):
                raise RuntimeError("not built; `make bench-full` builds it, in about ten minutes")
            with stage.better_auth_rs(stage.copy(stage.file("better-auth-rs", people), "run-better-auth-rs.db")) as server:
                self.play("get-session", server, workloads.get_session(people))
                self.play("sign-in", server, workloads.sign_in(people), hashing, 16)

    def accounts(self, kind, server, people, hashing):
        self.more.setdefault("idle_memory", {}).setdefault(kind, []).append(server.memory())
        self.play("get-session", server, workloads.get_session(people))
        self.play("token", server, workloads.token(people))
        self.play("jwks", server, workloads.jwks())
        self.more.setdefault("loaded_memory", {}).setdefault(kind, []).append(server.memory())
        if kind == "doorward":
            self.play("refresh", server, workloads.refresh(0, 200_000), min(self.options.seconds, 5))
            able = workloads.hashes_per_second(self.options.hot_paths, self.options.server_core)
            self.more.setdefault("hashes_per_second", []).append(able)
            print(f"  {'hashes alone':24} {'one core':22} {able:>10.1f}/s", flush=True)
        self.play("sign-in", server, workloads.sign_in(people), hashing, 16)
        self.play("sign-up", server, workloads.sign_up(), hashing, 16)
        storm = workloads.storm(server, people, self.options.seconds, self.options.client_core)
        self.more.setdefault("storm", {}).setdefault(kind, []).append(storm)
        print(f"  storm {kind}: {storm}", flush=True)

    def tasks(self, people):
        stage = self.stage
        numbers = data.sample(people, workloads.HOT)
        for algorithm, verifiers in (("HS256", ("jose", "pyjwt")), ("EdDSA", ("pyjwt",)), ("RS256", ("jose",))):
            if algorithm == "RS256" and not self.options.full:
                continue
            file = stage.copy(stage.file("doorward", people, refresh=200_000), "run-doorward.db")
            with stage.doorward(file, algorithm) as server:
                bearers = list(peers.tokens(server, numbers).values())
                jwks = stage.folder / f"jwks-{algorithm}.json"
                jwks.write_bytes(server.get(f"{peers.BASE}/jwks")[2])
                self.play(f"tasks {algorithm}", server, workloads.read_tasks(bearers))
                self.play(f"tasks {algorithm}, read anew", server, workloads.read_tasks_anew(bearers))
                if algorithm != "RS256":
                    self.play(f"new task {algorithm}", server, workloads.write_tasks(bearers))
                if algorithm == "EdDSA":
                    self.play("mixed day", server, workloads.mixed_day(people, bearers))
            for verifier in verifiers:
                name = f"fastapi-{verifier}-{algorithm}"
                with self.peer(name), self.fastapi(people, verifier, algorithm, jwks) as server:
                    self.play(f"tasks {algorithm}", server, workloads.read_tasks(bearers))
                    if algorithm != "RS256":
                        self.play(f"new task {algorithm}", server, workloads.write_tasks(bearers))

    @contextlib.contextmanager
    def fastapi(self, people, verifier, algorithm, jwks):
        file = self.stage.copy(self.stage.file("fastapi", people), "run-fastapi.db")
        with self.stage.fastapi(file, verifier, algorithm, jwks) as server:
            yield server

    def growth(self, sizes):
        grown = self.more.setdefault("growth", {})
        for people in sizes:
            file = self.stage.file("doorward", people, refresh=200_000 if people == 1000 else 0)
            with self.stage.doorward(file) as server:
                bearers = list(peers.tokens(server, data.sample(people, workloads.HOT)).values())
                for name, requests in (
                    ("get-session", workloads.get_session(people)),
                    ("tasks", workloads.read_tasks(bearers)),
                    ("tasks, read anew", workloads.read_tasks_anew(bearers)),
                ):
                    load.run(server, requests, 1, 32, self.options.client_core)
                    result = load.run(server, requests, self.options.seconds, 32, self.options.client_core)
                    grown.setdefault(name, {}).setdefault(str(people), []).append(result["rate"])
                    print(f"  growth {name:18} {people:>9,} people {result['rate']:>10,.0f}/s", flush=True)

    def starts(self, sizes):
        found = self.more.setdefault("start_ms", {})
        for people in sizes:
            self._start(found, f"doorward, {people:,} people", lambda file: self.stage.doorward(file), "doorward", people)
        with self.peer("better-auth"):
            self._start(found, "better-auth", lambda file: self.stage.better_auth(file), "better-auth", 1000)
        with self.peer("fastapi"):
            self._start(found, "fastapi", lambda file: self.stage.fastapi(file, "jose", "HS256"), "fastapi", 1000)

    def _start(self, found, name, make, kind, people):
        file = self.stage.file(kind, people, refresh=200_000 if people == 1000 else 0)
        times = []
        for _ in range(5):
            server = make(file)
            times.append(server.start() * 1000)
            server.stop()
        found[name] = {"median": round(statistics.median(times), 1), "lowest": round(min(times), 1), "highest": round(max(times), 1)}
        print(f"  start {name}: {found[name]}", flush=True)


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = int(next(line for line in open("/proc/meminfo") if line.startswith("MemTotal")).split()[1]) // 1024
    version = lambda *command: subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return {"processor": model, "cores": os.cpu_count(), "memory_mib": memory, "kernel": platform.release(),
            "node": version("node", "--version"), "python": platform.python_version(), "rustc": version("rustc", "--version")}


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
    parser.add_argument("--full", action="store_true", help="long runs, five rounds, a million people, RS256")
    parser.add_argument("--seconds", type=int, help="of one timed window")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--only", default="auth,tasks,growth,start", help="parts to run, separated by commas")
    parser.add_argument("--sync", default="FULL", choices=["FULL", "NORMAL"], help="SQLite's synchronous, on all sides")
    parser.add_argument("--binary", default=str(target / "release/doorward"))
    parser.add_argument("--hot-paths", default=str(target / "release/examples/hot_paths"))
    parser.add_argument("--hello", default=str(target / "peers/release/axum-hello"))
    parser.add_argument("--rust-port", default=str(target / "peers/release/better-auth-rs-peer"), help="the Rust port of Better Auth, if it is built")
    parser.add_argument("--folder", default=str(HERE / ".data"), help="where databases are kept between runs")
    parser.add_argument("--results", default=str(HERE / "results"))
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    chosen = parser.parse_args()
    chosen.seconds = chosen.seconds or (8 if chosen.full else 3)
    chosen.rounds = chosen.rounds or (5 if chosen.full else 2)
    chosen.hash_seconds = max(chosen.seconds, 4) if chosen.seconds > 2 else 3
    return chosen


def ready(chosen):
    """Ends the run before it starts when something that it needs is missing, and says what."""
    missing = [f"{program} is not installed" for program in ("wrk", "taskset", "node", "python3") if not shutil.which(program)]
    missing += [f"{path} is not built (make bench-ready)" for path in (chosen.binary, chosen.hot_paths) if not os.path.exists(path)]
    allowed = os.sched_getaffinity(0)
    missing += [f"core {core} is not ours" for core in (chosen.server_core, chosen.client_core) if core not in allowed]
    if chosen.server_core == chosen.client_core:
        missing.append("server and client need a core each")
    Path(chosen.folder).mkdir(parents=True, exist_ok=True)
    free, needed = shutil.disk_usage(chosen.folder).free >> 30, 8 if chosen.full else 2
    if free < needed:
        missing.append(f"{chosen.folder} has {free} GiB left and needs {needed}")
    if missing:
        sys.exit("bench: " + "; ".join(missing))


def write(chosen, bench, whole):
    """The page, the picture and the figures as they are now: after every round, so that an ended run leaves something."""
    result = {
        "date": date.today().isoformat(), "whole": whole, "machine": machine(), "seconds": chosen.seconds, "rounds": chosen.rounds,
        "parts": chosen.only, "full": chosen.full, "synchronous": chosen.sync, "binary_bytes": os.path.getsize(chosen.binary),
        "figures": bench.figures.medians(), **bench.more,
    }
    folder = Path(chosen.results)
    folder.mkdir(parents=True, exist_ok=True)
    name = result["date"] + "".join(
        f"-{word}" for word, holds in (("full", chosen.full), ("normal", chosen.sync == "NORMAL"), ("unfinished", not whole)) if holds)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / f"{name}.svg").write_text(picture.draw(result))
    text = report.write(result, f"{name}.svg")
    (folder / f"{name}.md").write_text(text)
    if whole:
        for leftover in folder.glob(f"{name}-unfinished.*"):
            leftover.unlink()
    return text


def main():
    # Being stopped ends the server under measurement, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = options()
    ready(chosen)
    bench, parts = Bench(chosen), chosen.only.split(",")
    sizes = [1000, 100_000, 1_000_000] if chosen.full else [1000, 100_000]
    for number in range(chosen.rounds):
        print(f"round {number + 1} of {chosen.rounds}", flush=True)
        bench.noise()
        if "auth" in parts:
            bench.auth(1000)
        if "tasks" in parts:
            bench.tasks(1000)
        if "growth" in parts:
            bench.growth(sizes)
        write(chosen, bench, whole=False)
    if "start" in parts:
        bench.starts([1000, sizes[-1]])
    bench.noise()
    print("\n" + write(chosen, bench, whole=True))


if __name__ == "__main__":
    main()
