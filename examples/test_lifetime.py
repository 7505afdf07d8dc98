"""A token that was good is refused by every API when it ends; and an audience of one's own works."""

import time

from apis import APIS
from issuers import Doorwards, claims_of
from walk import ask

AUDIENCE = "https://tasks.example"
SHORT = {"DOORWARD_JWT_LIFETIME": "10", "DOORWARD_JWT_AUDIENCE": AUDIENCE}


def test_tokens_end_everywhere(servers, start_api):
    issuers = {algorithm: Doorwards(servers, algorithm, **SHORT) for algorithm in ("EdDSA", "ES256")}
    chosen = {name: issuers["ES256" if name == "fastapi-jose" else "EdDSA"] for name in APIS}
    started = {name: (start_api(name, issuer, AUDIENCE=AUDIENCE), issuer) for name, issuer in chosen.items()}
    # The keys are fetched once, so that the few seconds below are for tokens alone.
    assert {name: ask(api, issuer.token()).status_code for name, (api, issuer) in started.items()} == dict.fromkeys(APIS, 200)

    tokens = {algorithm: issuer.token() for algorithm, issuer in issuers.items()}
    asked = {name: (api, tokens[issuer.algorithm]) for name, (api, issuer) in started.items()}
    assert {name: ask(api, token).status_code for name, (api, token) in asked.items()} == dict.fromkeys(APIS, 200)
    # A second more: python-jose still takes a token in the very second in which it ends.
    time.sleep(max(claims_of(token)["exp"] for token in tokens.values()) - time.time() + 1.1)
    assert {name: ask(api, token).status_code for name, (api, token) in asked.items()} == dict.fromkeys(APIS, 401)
