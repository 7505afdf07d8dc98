"""This API behind a real Doorward, and behind a real Better Auth."""

import pytest
from issuers import refused_within
from walk import ended_session, walk


@pytest.mark.parametrize("algorithm", ["EdDSA", "HS256"])
def test_good_tokens_are_accepted_and_bad_ones_refused(doorward, start_api, algorithm):
    issuer = doorward(algorithm)
    assert walk(start_api("axum-api", issuer), issuer) > 45


def test_ended_sessions_are_refused_within_five_seconds(doorward, start_api):
    issuer = doorward("EdDSA")
    _, status = ended_session(start_api("axum-api", issuer), issuer)
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on(doorward, start_api):
    issuer = doorward("EdDSA")
    _, status = ended_session(start_api("axum-api", issuer, ENDED_SESSIONS="off"), issuer)
    assert not refused_within(3, status)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_in_front_of_better_auth(better_auth, start_api, algorithm):
    issuer = better_auth(algorithm)
    assert walk(start_api("axum-api", issuer, ENDED_SESSIONS="off"), issuer) > 45


def test_a_list_of_ended_sessions_that_is_not_there_locks_nobody_out(better_auth, start_api):
    issuer = better_auth("EdDSA")
    _, status = ended_session(start_api("axum-api", issuer), issuer)
    assert not refused_within(3, status)
