"""A real issuer, and a real API in front of which it stands: both are processes, on ports handed out by the system."""

import functools
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "interop"), str(ROOT / "examples")]

from apis import APIS  # noqa: E402
from issuers import BetterAuths, Doorwards  # noqa: E402
from real_server import SECRET, Servers, free_port  # noqa: E402


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    servers = Servers(tmp_path_factory.mktemp("servers"))
    yield servers
    servers.stop()


@pytest.fixture(scope="module")
def doorward(servers):
    """`doorward(algorithm)`: an issuer, started once for each test file."""
    return functools.cache(lambda algorithm: Doorwards(servers, algorithm))


@pytest.fixture(scope="module")
def better_auth(servers):
    """`better_auth(algorithm)`: the same, by the real Better Auth."""
    return functools.cache(lambda algorithm: BetterAuths(servers, algorithm))


@pytest.fixture
def start_api(servers, tmp_path):
    """`start_api(name, issuer, **variables)`: one of the APIs behind an issuer; its origin."""

    def start(name, issuer, **variables):
        command, ready = APIS[name]
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "ISSUER": issuer.origin,
            "LISTEN": f"127.0.0.1:{port}",
            "TASKS_DATABASE": str(tmp_path / "tasks.db"),
            **({"SHARED_SECRET": SECRET} if issuer.algorithm == "HS256" else {}),
            **variables,
        }
        command = [str(part).format(port=port) for part in command]
        servers.run(command, environment, f"http://127.0.0.1:{port}{ready}", cwd=ROOT / "examples" / name)
        return f"http://127.0.0.1:{port}"

    return start
