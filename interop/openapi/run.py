"""Tries the server's own description against the server: thousands of generated requests, good and bad.

Every answer must have a documented status, content type and shape, and none may be a 5xx. Asked as nobody, with the
cookie and with bearer tokens; then once more, shortly, with the limits on.

    python run.py [as…]        all of them, or only these: nobody, cookie, bearer, limited
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from real_server import Servers  # noqa: E402

REQUESTS_AT_LEAST = 10_000
RUNS = {
    "nobody": {},
    "cookie": {},
    "bearer": {},
    "limited": {"DOORWARD_RATE_LIMIT": "on"},
}
# No provider is reached: whoever leaves for one does not come back here.
SETTINGS = {
    "DOORWARD_OAUTH_PROVIDERS": "github",
    "DOORWARD_OAUTH_GITHUB_CLIENT_ID": "a-client",
    "DOORWARD_OAUTH_GITHUB_CLIENT_SECRET": "a client's secret",
    "DOORWARD_AUDIENCES": "https://reports.example.com=ES256",
}


def run(name, settings, folder):
    """One run over every operation: how it ended, and its answers by status."""
    servers = Servers(folder)
    (folder / "mail").mkdir(exist_ok=True)
    try:
        server = servers.start(DOORWARD_MAIL=f"file:{folder}/mail", **SETTINGS, **settings)
        document = folder / "openapi.json"
        document.write_text(httpx.get(f"{server.origin}/api/openapi.json").raise_for_status().text)
        counts = folder / f"counts-{name}"
        environment = {
            **os.environ,
            "DOORWARD_ORIGIN": server.origin,
            "DOORWARD_ASK_AS": "nobody" if name == "limited" else name,
            "DOORWARD_COUNTS": str(counts),
            "SCHEMATHESIS_HOOKS": "hooks",
            "PYTHONPATH": str(HERE),
        }
        command = [str(Path(sys.executable).parent / "st"), "--config-file", str(HERE / "schemathesis.toml"), "run"]
        # By its address, schemathesis would leave out the route of the document itself.
        command += [str(document), "--url", server.origin, "--warnings", "off"]
        if name in ("nobody", "limited"):
            # Without a session, nothing that one request made is there for the next.
            phases = "examples,coverage,fuzzing" if name == "nobody" else "examples,coverage"
            command += ["--phases", phases]
        outcome = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        statuses = Counter({status: int(count) for status, count in map(str.split, counts.read_text().splitlines())})
        operations = sum(len(methods) for methods in json.loads(document.read_text())["paths"].values())
    finally:
        servers.stop()
    passed = outcome.returncode == 0 and f"Tested: {operations}\n" in outcome.stdout
    if not passed:
        print(outcome.stdout, outcome.stderr, f"{operations} operations are described", sep="\n")
    return passed, statuses


def timed(name):
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        passed, statuses = run(name, RUNS[name], Path(folder))
    return passed, statuses, time.monotonic() - started


def main(names):
    good, total = True, Counter()
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(timed, names))
    for name, (passed, statuses, seconds) in zip(names, ended):
        print(f"{name}: {statuses.total()} requests in {seconds:.0f} s, {json.dumps(statuses)}", flush=True)
        good, total = good and passed, total + statuses
        if name == "limited" and not statuses["429"]:
            print("the limits were on, and nothing was refused by them")
            good = False
    print(f"{total.total()} requests, {sum(count for status, count in total.items() if status >= '500')} answered with a 5xx")
    if len(names) == len(RUNS) and total.total() < REQUESTS_AT_LEAST:
        print(f"fewer than {REQUESTS_AT_LEAST} requests")
        good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(RUNS)))
