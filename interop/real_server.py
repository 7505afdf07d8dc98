"""Starts the real binary on a free port with a database of its own, and stops it by its process id."""

import os
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret of the interop tests, long enough"


@dataclass
class Doorward:
    origin: str
    process: subprocess.Popen
    ready_after: float = 0

    def post(self, path, body, **options):
        return httpx.post(f"{self.origin}/api/auth{path}", json=body, **options)

    def get(self, path, **options):
        return httpx.get(f"{self.origin}{path}", **options)


def binary():
    named = os.environ.get("DOORWARD_BINARY")
    candidates = [named] if named else [ROOT / "target/release/doorward", ROOT / "target/debug/doorward"]
    for candidate in candidates:
        if candidate and Path(candidate).exists():
            return str(candidate)
    raise SystemExit("build the binary first: make build")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Servers:
    """Servers that share a folder and end together."""

    def __init__(self, folder):
        self.folder = folder
        self.running = []

    def start(self, port=None, **settings):
        port = port or free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            "PATH": os.environ["PATH"],
            "BETTER_AUTH_SECRET": SECRET,
            "BETTER_AUTH_URL": address,
            "DOORWARD_LISTEN": f"127.0.0.1:{port}",
            "DOORWARD_DATA": str(self.folder / str(port)),
            "DOORWARD_RATE_LIMIT": "off",
            **settings,
        }
        began = time.monotonic()
        process = self.run([binary(), "serve"], environment, f"{address}/api/auth/ok")
        return Doorward(address, process, time.monotonic() - began)

    def run(self, command, environment, until_answers, **options):
        """Starts any program and waits until an address answers with 200."""
        log = self.folder / f"log-{len(self.running)}"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT, **options)
        self.running.append(process)
        until = time.monotonic() + 20
        while time.monotonic() < until and process.poll() is None:
            try:
                with urllib.request.urlopen(until_answers, timeout=5):
                    return process
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"{command} did not get ready:\n{log.read_text()[-4000:]}")

    def stop(self):
        for process in self.running:
            process.terminate()
            process.wait(timeout=10)
