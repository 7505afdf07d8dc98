"""A real issuer, and a real API in front of which it stands: both are processes, on ports handed out by the system."""

import functools
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "interop"), str(ROOT / "examples")]

from issuers import BetterAuths, Doorwards  # noqa: E402
from real_server import Servers, free_port  # noqa: E402


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


@pytest.fixture(scope="module")
def start_api(servers):
    """`start_api(command, folder, ready, **variables)`: an API of the examples; its origin. `{port}` is its port."""

    def start(command, folder, ready="/", **variables):
        port = free_port()
        environment = {"PATH": os.environ["PATH"], "LISTEN": f"127.0.0.1:{port}", "PYTHONDONTWRITEBYTECODE": "1", **variables}
        command = [str(part).format(port=port) for part in command]
        servers.run(command, environment, f"http://127.0.0.1:{port}{ready}", cwd=folder)
        return f"http://127.0.0.1:{port}"

    return start
