"""`start(**settings)`: a real server of one test. `--write-page` rewrites docs/features/interop.md."""

import pytest
from real_server import Servers


def pytest_addoption(parser):
    parser.addoption("--write-page", action="store_true", help="write the tables of docs/features/interop.md as they are now")


@pytest.fixture
def start(tmp_path):
    servers = Servers(tmp_path)
    yield servers.start
    servers.stop()
