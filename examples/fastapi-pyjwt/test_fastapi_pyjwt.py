"""This API behind a real Doorward."""

import sys
from pathlib import Path

import pytest
from issuers import claims_of, refused_within
from walk import ended_session, walk

HERE = Path(__file__).resolve().parent


@pytest.fixture
def behind(doorward, start_api):
    def behind(**variables):
        issuer = doorward("EdDSA")
        command = [sys.executable, "-m", "uvicorn", "main:app", "--port", "{port}"]
        return start_api(command, HERE, "/openapi.json", ISSUER=issuer.origin, **variables), issuer

    return behind


def test_good_tokens_are_accepted_and_bad_ones_refused(behind):
    assert walk(*behind()) > 45


def test_ended_sessions_are_refused_within_five_seconds(behind):
    _, status = ended_session(*behind(ENDED_SESSIONS="on"))
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on_for_fifteen_minutes(behind):
    token, status = ended_session(*behind())
    assert not refused_within(3, status)
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 900
