"""This API behind a real Doorward, and behind a real Better Auth."""

import os
from pathlib import Path

import pytest
from issuers import refused_within
from real_server import ROOT, SECRET
from walk import ended_session, walk

HERE = Path(__file__).resolve().parent
BINARY = Path(os.environ.get("AXUM_API_BINARY", ROOT / "target/debug/axum-api"))


@pytest.fixture
def behind(doorward, start_api):
    def behind(algorithm="EdDSA", **variables):
        issuer = doorward(algorithm)
        if algorithm == "HS256":
            variables["SHARED_SECRET"] = SECRET
        return start_api([BINARY], HERE, ISSUER=issuer.origin, **variables), issuer

    return behind


@pytest.mark.parametrize("algorithm", ["EdDSA", "HS256"])
def test_good_tokens_are_accepted_and_bad_ones_refused(behind, algorithm):
    assert walk(*behind(algorithm)) > 45


def test_ended_sessions_are_refused_within_five_seconds(behind):
    _, status = ended_session(*behind())
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on(behind):
    _, status = ended_session(*behind(ENDED_SESSIONS="off"))
    assert not refused_within(3, status)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_in_front_of_better_auth(better_auth, start_api, algorithm):
    issuer = better_auth(algorithm)
    assert walk(start_api([BINARY], HERE, ISSUER=issuer.origin, ENDED_SESSIONS="off"), issuer) > 45


def test_a_list_of_ended_sessions_that_is_not_there_locks_nobody_out(better_auth, start_api):
    issuer = better_auth("EdDSA")
    api = start_api([BINARY], HERE, ISSUER=issuer.origin)
    _, status = ended_session(api, issuer)
    assert not refused_within(3, status)
