"""The tables of docs/features/interop.md: asked of real libraries with tokens of a real server, and compared with the page."""

import hashlib
import hmac
import json
import re
import time

import pytest
from issuers import Doorwards, claims_of, encode, header_of
from libraries import LIBRARIES
from real_server import ROOT, Servers

PAGE = ROOT / "docs/features/interop.md"
ALGORITHMS = ["EdDSA", "ES256", "ES384", "ES512", "RS256", "PS256", "HS256"]


@pytest.fixture(scope="module")
def issuers(tmp_path_factory):
    servers = Servers(tmp_path_factory.mktemp("servers"))
    yield {algorithm: Doorwards(servers, algorithm) for algorithm in ALGORITHMS}
    servers.stop()


def test_the_page_says_what_the_libraries_do(issuers, request):
    tables = {"algorithms": algorithms(issuers), "defaults": defaults(issuers["ES256"])}
    page = PAGE.read_text()
    measured = page
    for name, table in tables.items():
        block = rf"(<!-- {name}: written by interop/test_matrix.py -->\n).*?(<!-- end -->)"
        measured, found = re.subn(block, lambda match: match[1] + table + match[2], measured, flags=re.DOTALL)
        assert found == 1, f"the page has no place for the table {name!r}"
    if request.config.getoption("--write-page"):
        PAGE.write_text(measured)
    else:
        assert page == measured, "the libraries do something else than docs/features/interop.md says; see the difference, then `make interop-page`"


def algorithms(issuers):
    """Yes: the server's token is good, and the same token with somebody else in it is not."""
    rows = []
    for algorithm in ALGORITHMS:
        issuer = issuers[algorithm]
        good = issuer.token()
        assert header_of(good)["alg"] == algorithm
        answers = {name: ask(issuer, [good, with_somebody_else(good)]) for name, ask in LIBRARIES.items()}
        assert all(tampered is not None for _, tampered in answers.values()), answers
        rows.append([f"`{algorithm}`", *("yes" if reason is None else "**no**" for reason, _ in answers.values())])
    return table(["`DOORWARD_JWT_ALG`", *LIBRARIES], rows)


def defaults(issuer):
    tokens = tokens_for_defaults(issuer)
    answers = {name: ask(issuer, list(tokens.values())) for name, ask in LIBRARIES.items()}
    rows = [[name, *("accepts" if answer[index] is None else "refuses" for answer in answers.values())] for index, name in enumerate(tokens)]
    assert rows[0][1:] == ["accepts"] * len(LIBRARIES), answers
    # What is not what one wants stands out.
    return table(["token", *LIBRARIES], [rows[0], *([name, *(cell.replace("accepts", "**accepts**") for cell in cells)] for name, *cells in rows[1:])])


def tokens_for_defaults(issuer):
    good = issuer.token()
    claims, now = claims_of(good), int(time.time())
    without = {f"without `{name}`": ({}, {key: value for key, value in claims.items() if key != name}) for name in ("exp", "iat", "sub", "iss", "aud")}
    signed = {
        "good": ({}, claims),
        "expired an hour ago": ({}, {**claims, "iat": now - 4500, "exp": now - 3600}),
        "expired 30 seconds ago": ({}, {**claims, "iat": now - 930, "exp": now - 30}),
        **without,
        "of another issuer": ({}, {**claims, "iss": "https://elsewhere.example"}),
        "for another audience": ({}, {**claims, "aud": "https://elsewhere.example"}),
        "not good before tomorrow (`nbf`)": ({}, {**claims, "nbf": now + 86_400}),
        "made tomorrow (`iat`)": ({}, {**claims, "iat": now + 86_400, "exp": now + 87_300}),
        "good for a year": ({}, {**claims, "exp": now + 365 * 86_400}),
        "of another kind (`typ`)": ({"typ": "doorward-revoked+jwt"}, claims),
    }
    tokens = dict(zip(signed, issuer.sign(*signed.values())))
    start = f"{encode({**header_of(good), 'alg': 'HS256'})}.{good.split('.')[1]}"
    public = json.dumps(issuer.public_keys()[0]).encode()
    return tokens | {
        "with somebody else in it": with_somebody_else(good),
        "`alg: none`": f"{encode({**header_of(good), 'alg': 'none'})}.{good.split('.')[1]}.",
        "HS256 by the public key": f"{start}.{encode(hmac.new(public, start.encode(), hashlib.sha256).digest())}",
    }


def with_somebody_else(token):
    header, _, signature = token.split(".")
    return f"{header}.{encode({**claims_of(token), 'sub': 'somebody-else'})}.{signature}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
