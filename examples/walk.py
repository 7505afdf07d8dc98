"""The tokens that an API has to refuse, made beside a good one; and the walk past an API with all of them."""

import hashlib
import hmac
import json
import time

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from issuers import claims_of, encode, header_of


def bad_tokens(issuer, good):
    """Name and token, for an issuer of issuers.py and a good token of it."""
    return {**signed_by_the_issuer(issuer, good), **tampered(good), **foreign(issuer), **confused(issuer, good)}


def signed_by_the_issuer(issuer, good):
    """The signature holds in all of these; what they say does not."""
    now, claims = int(time.time()), claims_of(good)
    elsewhere = "https://elsewhere.example"
    cases = {
        "expired": {"iat": now - 1000, "exp": now - 100},
        "for another audience": {"aud": elsewhere},
        "for other audiences": {"aud": [elsewhere, "https://third.example"]},
        "of another issuer": {"iss": elsewhere},
        "of an issuer that begins the same": {"iss": claims["iss"] + ".example"},
        "not good yet": {"nbf": now + 600},
        "with an end that is a word": {"exp": "tomorrow"},
        **{f"without {name}": {name: None} for name in ("exp", "iat", "iss", "aud", "sub")},
    }
    said = {name: ({}, {key: value for key, value in {**claims, **change}.items() if value is not None}) for name, change in cases.items()}
    said["of another kind (typ)"] = ({"typ": "doorward-revoked+jwt"}, claims)
    said["the token of a mail"] = ({}, {"email": "ada@example.com", "iat": now, "exp": now + 900})
    tokens = dict(zip(said, issuer.sign(*said.values())))
    if hasattr(issuer, "ended_sessions"):
        tokens["the list of ended sessions"] = issuer.ended_sessions()
    return tokens


def tampered(good):
    header, payload, signature = good.split(".")
    middle = len(signature) // 2
    other = "A" if signature[middle] != "A" else "B"
    return {
        "somebody else under the same signature": f"{header}.{encode({**claims_of(good), 'sub': 'somebody-else'})}.{signature}",
        "another signature": f"{header}.{payload}.{signature[:middle]}{other}{signature[middle + 1 :]}",
        "half a signature": f"{header}.{payload}.{signature[:middle]}",
        "no signature": f"{header}.{payload}.",
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.{signature}",
        "no JSON": f"{encode(b'no')}.{encode(b'JSON')}.{signature}",
        "a header that is a list": f"{encode([])}.{payload}.{signature}",
        "a word": "word",
        "dots": "..",
    }


def foreign(issuer):
    return {
        "of another server with its own key": issuer.with_another_key(),
        "of another server with the same key": issuer.with_another_origin(),
    }


def confused(issuer, good):
    """Tokens that try to choose how they are checked."""
    header, claims = header_of(good), claims_of(good)
    payload = encode({**claims, "sub": "somebody-else"})
    tokens = {f"alg {name}": f"{encode({**header, 'alg': name})}.{payload}." for name in ("none", "None", "nOnE", "", None)}
    for key in issuer.public_keys():
        # HS256 with what everybody knows, in the forms in which a library might hold it.
        pem = jwt.PyJWK(key).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        known = {"PEM": pem, "PEM without its end": pem.strip(), "JWK": json.dumps(key).encode(), "x": key.get("x", key.get("n")).encode()}
        for form, secret in known.items():
            start = f"{encode({**header, 'alg': 'HS256'})}.{payload}"
            signature = hmac.new(secret, start.encode(), hashlib.sha256).digest()
            tokens[f"HS256 with the public key as {form}"] = f"{start}.{encode(signature)}"
    own = {"EdDSA": ed25519.Ed25519PrivateKey.generate(), "ES256": ec.generate_private_key(ec.SECP256R1())}
    own["RS256"] = own["PS256"] = rsa.generate_private_key(65537, 2048)
    for algorithm, key in own.items():
        public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
        headers = {
            "the issuer's kid": {"kid": header.get("kid")},
            "its key in the header": {"kid": header.get("kid"), "jwk": public},
            "an unknown kid": {"kid": "unknown"},
            "a kid that is a path": {"kid": "../../dev/null"},
            "a kid that is a number": {"kid": 1},
            "no kid": {},
        }
        for name, more in headers.items():
            start = f"{encode({'alg': algorithm, 'typ': 'JWT', **more})}.{payload}"
            tokens[f"{algorithm} with a key of its own, {name}"] = f"{start}.{encode(signed(algorithm, key, start))}"
    return tokens


def signed(algorithm, key, start):
    return jwt.get_algorithm_by_name(algorithm).sign(start.encode(), key)


def ask(api, token=None, path="/me"):
    return httpx.get(f"{api}{path}", headers={} if token is None else {"Authorization": f"Bearer {token}"})


def walk(api, issuer):
    """Good is good; every bad token is refused, as RFC 6750 says, and never by falling over. The number of bad ones."""
    good = issuer.token()
    answer = ask(api, good)
    assert answer.status_code == 200 and answer.json()["id"] == claims_of(good)["sub"], answer.text

    for authorization in (None, "Basic d2hvOm1l", "Bearer", good):
        answer = httpx.get(f"{api}/me", headers={} if authorization is None else {"Authorization": authorization})
        assert answer.status_code in (400, 401) and answer.headers["www-authenticate"].startswith("Bearer"), authorization

    bad = bad_tokens(issuer, good)
    answers = {name: ask(api, token) for name, token in bad.items()}
    wrong = {name: answer.status_code for name, answer in answers.items() if answer.status_code not in (400, 401)}
    assert not wrong, wrong
    assert all(answer.headers["www-authenticate"].startswith('Bearer ') for answer in answers.values())
    assert ask(api, good).status_code == 200
    return len(bad)


def ended_session(api, issuer):
    """Somebody signs out: how the API answers the token that is left, asked again and again."""
    browser, token = issuer.session()
    assert ask(api, token).status_code == 200
    assert browser.post("sign-out").status_code == 200
    return token, lambda: ask(api, token).status_code
