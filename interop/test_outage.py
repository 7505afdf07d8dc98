"""Postgres goes away and comes back: refusals come at once, tokens are still verified, and nothing needs a restart."""

import glob
import os
import subprocess
import time

import httpx
import pytest
from real_server import binary, free_port

PASSWORD = "correct horse 9"


@pytest.fixture
def postgres(tmp_path_factory):
    """A Postgres of this test's own; `control("stop")` takes it away. initdb refuses to run as root."""
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed: run 'make deps'")
    folder, port = str(tmp_path_factory.mktemp("postgres")), free_port()
    as_owner = []
    if os.getuid() == 0:
        as_owner = ["runuser", "-u", "postgres", "--"]
        folder = subprocess.check_output([*as_owner, "mktemp", "-d"], cwd="/", text=True).strip()
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"

    def run(*command):
        subprocess.run([*as_owner, *command], cwd="/", check=True, stdout=subprocess.DEVNULL)

    def control(action):
        options = ["-l", f"{folder}/log", "-o", settings] if action == "start" else ["-m", "immediate"]
        run(f"{binaries[-1]}/pg_ctl", "-D", f"{folder}/data", "-w", *options, action)

    run(f"{binaries[-1]}/initdb", "-D", f"{folder}/data", "-U", "doorward", "-A", "trust", "-E", "UTF8", "--no-sync")
    control("start")
    yield f"postgres://doorward@127.0.0.1:{port}/postgres", control
    try:
        control("stop")
    except subprocess.CalledProcessError:
        pass  # the test had stopped it
    run("rm", "-rf", folder)


def timed(call):
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def test_postgres_gone_and_back(start, postgres):
    url, control = postgres
    secret = "a secret of the interop tests, long enough"
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "BETTER_AUTH_SECRET": secret}
    subprocess.run([binary(), "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    server = start(DATABASE_URL=url)
    person = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    session = {"authorization": f"Bearer {server.post('/sign-up/email', person).json()['token']}"}
    good = server.get("/api/auth/token", headers=session).json()["token"]
    forged = good[:-8] + ("AAAAAAA." if good[-8:] != "AAAAAAA." else "BBBBBBB.")

    control("stop")
    calls = {
        "sign-in": lambda: server.post("/sign-in/email", person, timeout=10),
        "session": lambda: server.get("/api/auth/get-session", headers=session, timeout=10),
        "tasks": lambda: server.get("/api/tasks", headers={"authorization": f"Bearer {good}"}, timeout=10),
        "health": lambda: server.get("/healthz", timeout=10),
    }
    for round_number in range(3):
        for name, call in calls.items():
            answer, took = timed(call)
            assert answer.status_code == 503 and answer.headers["retry-after"], f"{name}: {answer.text}"
            assert took < 5, f"{name} took {took:.1f} s"
        keys, took = timed(lambda: httpx.get(f"{server.origin}/api/auth/jwks", timeout=10))
        assert keys.status_code == 200 and keys.json()["keys"] and took < 5, "verifiers elsewhere get their keys"
        refused = server.get("/api/tasks", headers={"authorization": f"Bearer {forged}"})
        assert refused.status_code == 401, "a token is verified without the database"
        assert server.get("/signin").status_code == 200
        time.sleep(0.5)
    crowd = [timed(calls["session"])[1] for _ in range(30)]
    assert sorted(crowd)[25] < 0.5, f"whoever comes later does not wait: {crowd}"

    control("start")
    began = time.monotonic()
    while server.get("/api/auth/get-session", headers=session, timeout=10).status_code != 200:
        assert time.monotonic() - began < 5, "no recovery"
        time.sleep(0.1)
    assert server.post("/sign-in/email", person).status_code == 200
