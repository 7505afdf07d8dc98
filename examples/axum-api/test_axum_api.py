"""This API behind a real Doorward, and behind a real Better Auth."""

import os
from pathlib import Path

import pytest
from issuers import refused_within
from real_server import ROOT
from walk import ended_session, walk

HERE = Path(__file__).resolve().parent
BINARY = Path(os.environ.get("AXUM_API_BINARY", ROOT / "target/debug/axum-api"))


@pytest.fixture
def behind(doorward, start_api):
    def behind(algorithm="EdDSA", **variables):
        issuer = doorward(algorithm)
        return start_api([BINARY], HERE, ISSUER=issuer.origin, **variables), issuer

    return behind


def test_good_tokens_are_accepted_and_bad_ones_refused(behind):
    assert walk(*behind()) > 45


def test_ended_sessions_are_refused_within_five_seconds(behind):
    _, status = ended_session(*behind())
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on(behind):
    _, status = ended_session(*behind(ENDED_SESSIONS="off"))
    assert not refused_within(3, status)
