"""`start(**settings)`: a real server of one test."""

import pytest
from real_server import Servers


@pytest.fixture
def start(tmp_path):
    servers = Servers(tmp_path)
    yield servers.start
    servers.stop()
