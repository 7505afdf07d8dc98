"""The short contract over real HTTP, and its tokens in other people's libraries."""

import httpx
import jwt as pyjwt
import pytest
from real_server import SECRET
from jose import jwt as jose

EMAIL, PASSWORD = "ada@example.com", "correct horse 9"


def signed_in(server):
    assert server.post("/signup", {"email": EMAIL, "password": PASSWORD, "name": "Ada"}).json()["success"] is True
    answer = server.post("/signin", {"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200
    return answer.json()


def check_claims(claims, server, user):
    assert claims["sub"] == claims["user_id"] == user["id"]
    assert claims["iss"] == claims["aud"] == server.origin
    assert claims["exp"] - claims["iat"] == 900
    assert claims["jti"] and claims["sid"]


@pytest.mark.parametrize("algorithm", ["HS256", "ES256", "RS256", "PS256"])
def test_python_jose_verifies(start, algorithm):
    server = start(DOORWARD_JWT_ALG=algorithm)
    session = signed_in(server)
    if algorithm == "HS256":
        key = SECRET
    else:
        kid = jose.get_unverified_header(session["token"])["kid"]
        key = next(key for key in server.get("/api/auth/jwks").json()["keys"] if key["kid"] == kid)
    if algorithm == "PS256":
        # python-jose names no PSS algorithm: PyJWT stands in.
        claims = pyjwt.decode(session["token"], pyjwt.PyJWK(key), algorithms=["PS256"], audience=server.origin, issuer=server.origin)
    else:
        claims = jose.decode(session["token"], key, algorithms=[algorithm], audience=server.origin, issuer=server.origin)
    check_claims(claims, server, session["user"])
    assert jose.get_unverified_header(session["token"])["typ"] == "JWT"


def test_pyjwt_verifies_eddsa_by_the_published_keys(start):
    server = start(DOORWARD_JWT_ALG="EdDSA")
    session = signed_in(server)
    key = pyjwt.PyJWKClient(f"{server.origin}/api/auth/jwks").get_signing_key_from_jwt(session["token"])
    claims = pyjwt.decode(session["token"], key, algorithms=["EdDSA"], audience=server.origin, issuer=server.origin)
    check_claims(claims, server, session["user"])


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256", "HS256"])
def test_the_contract(start, algorithm):
    server = start(DOORWARD_JWT_ALG=algorithm)
    session = signed_in(server)
    bearer = {"Authorization": f"Bearer {session['token']}"}
    assert server.get("/api/auth/me", headers=bearer).json() == {"user": session["user"]}

    created = httpx.post(f"{server.origin}/api/tasks", headers=bearer, json={"title": "water the plants", "userId": "somebody"})
    assert created.status_code == 201
    task = created.json()
    assert task == {"id": task["id"], "title": "water the plants", "completed": False, "userId": session["user"]["id"]}
    assert server.get("/api/tasks", headers=bearer).json() == [task]
    changed = httpx.patch(f"{server.origin}/api/tasks/{task['id']}", headers=bearer, json={"completed": True})
    assert changed.json() == {**task, "completed": True}

    server.post("/signup", {"email": "eve@example.com", "password": PASSWORD})
    eve = server.post("/signin", {"email": "eve@example.com", "password": PASSWORD}).json()
    hers = {"Authorization": f"Bearer {eve['token']}"}
    assert server.get("/api/tasks", headers=hers).json() == []
    for method in ["GET", "PATCH", "DELETE"]:
        assert httpx.request(method, f"{server.origin}/api/tasks/{task['id']}", headers=hers, json={"title": "x"}).status_code == 404

    refused = server.get("/api/tasks")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    forged = session["token"][:-6] + "AAAAAA"
    assert server.get("/api/tasks", headers={"Authorization": f"Bearer {forged}"}).status_code == 401
    assert httpx.delete(f"{server.origin}/api/tasks/{task['id']}", headers=bearer).status_code == 204

    refreshed = server.post("/refresh", {"refreshToken": session["refreshToken"]})
    assert refreshed.status_code == 200 and refreshed.json()["refreshToken"] != session["refreshToken"]
    assert server.post("/signup", {"email": EMAIL, "password": PASSWORD}).status_code == 422
    assert server.post("/signin", {"email": EMAIL, "password": "wrong"}).status_code == 401
