"""One issuer, several APIs: each library finds its key among those of all algorithms, and takes no other API's tokens."""

import copy
import sqlite3

import httpx
import pytest
from issuers import BetterAuths, Doorwards, header_of
from libraries import LIBRARIES
from real_server import Servers
from test_matrix import ALGORITHMS

NAMES = {algorithm: f"https://{algorithm.lower()}.example.com" for algorithm in ALGORITHMS}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    servers = Servers(tmp_path_factory.mktemp("servers"))
    setting = ",".join(f"{name}={algorithm}" for algorithm, name in NAMES.items())
    yield Doorwards(servers, "EdDSA", DOORWARD_AUDIENCES=setting)
    servers.stop()


@pytest.fixture(scope="module")
def tokens(issuer):
    browser, usual = issuer.session()
    asked = {algorithm: browser.get("token", params={"resource": name}).json()["token"] for algorithm, name in NAMES.items()}
    return {"usual": usual, **asked}


def unknown(library):
    """What a library cannot check at all, as docs/features/interop.md says."""
    return {"python-jose": {"EdDSA", "PS256"}, "jsonwebtoken": {"ES512"}}.get(library.split()[0], set())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_each_takes_its_own_and_no_other(issuer, tokens, library, algorithm):
    assert header_of(tokens[algorithm])["alg"] == algorithm
    api = copy.copy(issuer)
    api.algorithm, api.audience = algorithm, NAMES[algorithm]
    answers = dict(zip(tokens, LIBRARIES[library](api, list(tokens.values()))))
    good = {name for name, reason in answers.items() if reason is None}
    assert good == {algorithm} - unknown(library), answers


def test_the_list_of_ended_sessions_is_signed_for_whoever_asks(issuer):
    for algorithm, name in NAMES.items():
        answer = httpx.get(f"{issuer.origin}/api/auth/revoked", params={"resource": name})
        assert answer.status_code == 200 and header_of(answer.text)["alg"] == algorithm


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES512", "RS256", "PS256"])
def test_better_auth_goes_on_with_the_key_of_its_own_algorithm(issuer, tokens, algorithm, tmp_path):
    database = tmp_path / "back.db"
    with sqlite3.connect(issuer.data / "doorward.db") as ours, sqlite3.connect(database) as copied:
        ours.backup(copied)
    back = BetterAuths(issuer.servers, algorithm, database)
    back.people = issuer.people  # who was there already
    token = back.token()
    assert header_of(token)["alg"] == algorithm
    assert header_of(token)["kid"] == header_of(tokens[algorithm])["kid"], "our key, and no new one"
