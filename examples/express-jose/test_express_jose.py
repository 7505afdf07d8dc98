"""This API behind a real Doorward."""

import pytest
from issuers import claims_of, refused_within
from walk import ended_session, walk


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_good_tokens_are_accepted_and_bad_ones_refused(doorward, start_api, algorithm):
    issuer = doorward(algorithm)
    assert walk(start_api("express-jose", issuer), issuer) > 45


def test_ended_sessions_are_refused_within_five_seconds(doorward, start_api):
    issuer = doorward("EdDSA")
    _, status = ended_session(start_api("express-jose", issuer, ENDED_SESSIONS="on"), issuer)
    assert refused_within(5, status)


def test_without_the_list_a_token_lives_on_for_fifteen_minutes(doorward, start_api):
    issuer = doorward("EdDSA")
    token, status = ended_session(start_api("express-jose", issuer), issuer)
    assert not refused_within(3, status)
    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 900
