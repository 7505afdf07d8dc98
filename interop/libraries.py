"""Other people's JWT libraries, each asked as its own documentation says: key, algorithm, issuer, audience, defaults for the rest.

Each takes an issuer of issuers.py and tokens, and answers for each token with None, or why it is not good.
"""

import importlib.metadata
import json
import os
import subprocess
import tomllib

import httpx
import jwt as pyjwt
from jose import jwt as python_jose
from real_server import ROOT, SECRET, free_port


def node_jose(issuer, tokens):
    return ask_program(["node", ROOT / "interop/verify_with_jose.mjs"], issuer, tokens)


def jsonwebtoken(issuer, tokens):
    return ask_program([ROOT / "target/debug/verify-with-jsonwebtoken"], issuer, tokens)


def ask_program(command, issuer, tokens):
    keys = {"secret": SECRET} if issuer.algorithm == "HS256" else {"jwks": {"keys": issuer.public_keys()}}
    question = {"algorithm": issuer.algorithm, "issuer": issuer.origin, "audience": issuer.audience, "tokens": tokens, **keys}
    done = subprocess.run(command, input=json.dumps(question), env={"PATH": os.environ["PATH"]}, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def py_jwt(issuer, tokens):
    def check(token):
        key = SECRET if issuer.algorithm == "HS256" else pyjwt.PyJWK(key_of(issuer, pyjwt.get_unverified_header(token)))
        pyjwt.decode(token, key, algorithms=[issuer.algorithm], issuer=issuer.origin, audience=issuer.audience)

    return [reason(check, token) for token in tokens]


def python_jose_(issuer, tokens):
    def check(token):
        key = SECRET if issuer.algorithm == "HS256" else key_of(issuer, python_jose.get_unverified_header(token))
        python_jose.decode(token, key, algorithms=[issuer.algorithm], issuer=issuer.origin, audience=issuer.audience)

    return [reason(check, token) for token in tokens]


def key_of(issuer, header):
    return next(key for key in issuer.public_keys() if key["kid"] == header["kid"])


def reason(check, token):
    try:
        check(token)
    except Exception as error:  # whatever a library throws is its way to say no
        return str(error) or type(error).__name__
    return None


def doorward_verify(issuer, tokens):
    """By examples/axum-api, which is nothing but the crate's defaults."""
    address = f"127.0.0.1:{free_port()}"
    environment = {"PATH": os.environ["PATH"], "ISSUER": issuer.origin, "AUDIENCE": issuer.audience, "ENDED_SESSIONS": "off", "LISTEN": address}
    if issuer.algorithm == "HS256":
        environment["SHARED_SECRET"] = SECRET
    issuer.servers.run([ROOT / "target/debug/axum-api"], environment, f"http://{address}/")
    answers = [httpx.get(f"http://{address}/me", headers={"Authorization": f"Bearer {token}"}) for token in tokens]
    return [None if answer.status_code == 200 else answer.text for answer in answers]


def version(package):
    return importlib.metadata.version(package)


def node_version():
    return json.loads((ROOT / "examples/express-jose/package.json").read_text())["dependencies"]["jose"]


def cargo_version():
    lock = tomllib.loads((ROOT / "interop/jsonwebtoken/Cargo.lock").read_text())
    return next(package["version"] for package in lock["package"] if package["name"] == "jsonwebtoken")


LIBRARIES = {
    f"jose {node_version()} (npm)": node_jose,
    f"PyJWT {version('PyJWT')}": py_jwt,
    f"python-jose {version('python-jose')}": python_jose_,
    f"jsonwebtoken {cargo_version()} (Rust)": jsonwebtoken,
    "doorward-verify (Rust)": doorward_verify,
}
