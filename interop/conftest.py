"""Starts the real binary on a free port with a database of its own, and stops it by its process id."""

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret of the interop tests, long enough"


@dataclass
class Doorward:
    origin: str
    process: subprocess.Popen

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


@pytest.fixture
def start(tmp_path):
    running = []

    def start_with(port=None, **settings):
        port = port or free_port()
        origin = f"http://127.0.0.1:{port}"
        environment = {
            "PATH": os.environ["PATH"],
            "BETTER_AUTH_SECRET": SECRET,
            "BETTER_AUTH_URL": origin,
            "DOORWARD_LISTEN": f"127.0.0.1:{port}",
            "DOORWARD_DATA": str(tmp_path / str(port)),
            "DOORWARD_RATE_LIMIT": "off",
            **settings,
        }
        process = subprocess.Popen([binary(), "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        running.append(process)
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError(process.stderr.read().decode())
            try:
                if httpx.get(f"{origin}/api/auth/ok").status_code == 200:
                    return Doorward(origin, process)
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the server did not get ready")

    yield start_with
    for process in running:
        process.terminate()
        process.wait(timeout=10)
