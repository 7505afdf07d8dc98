"""This API behind a real Doorward."""

from pathlib import Path

import pytest
from issuers import claims_of, refused_within
from walk import ended_session, walk

HERE = Path(__file__).resolve().parent


@pytest.fixture
def behind(doorward, start_api):
    def behind(algorithm="EdDSA", **variables):
        issuer = doorward(algorithm)
        return start_api(["node", "server.mjs"], HERE, ISSUER=issuer.origin, **variables), issuer

    return behind


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256", "PS256"])
def test_good_tokens_are_accepted_and_bad_ones_refused(behind, algorithm):
    assert walk(*behind(algorithm)) > 45


def test_ended_sessions_are_refused_within_five_seconds(behind):
    _, status = ended_session(*behind(ENDED_SESSIONS="on"))
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on_for_fifteen_minutes(behind):
    token, status = ended_session(*behind())
    assert not refused_within(3, status)
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 900
