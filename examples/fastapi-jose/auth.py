"""Who is asking? Checks Doorward's access tokens with python-jose. The lines that matter are `claims_of`."""

import os
import threading
import time

import httpx
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import JOSEError, jwk, jwt

ISSUER = os.environ.get("ISSUER", "http://localhost:3000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
SHARED_SECRET = os.environ.get("SHARED_SECRET")  # given: HS256, and nothing else. Not given: the issuer's public keys
FOLLOW_ENDED_SESSIONS = os.environ.get("ENDED_SESSIONS", "off") == "on"

ACCEPTED = {"ES256", "RS256"}  # of public keys; python-jose knows no EdDSA and no PS256
REQUIRED = {f"require_{name}": True for name in ("exp", "iat", "iss", "aud", "sub")}  # python-jose asks for none itself


def claims_of(token: str) -> dict:
    """What a good token says. Anything else is a JOSEError."""
    key = keys.find(jwt.get_unverified_header(token))
    claims = jwt.decode(token, key["key"], algorithms=[key["alg"]], issuer=ISSUER, audience=AUDIENCE, options=REQUIRED)
    if jwt.get_unverified_header(token).get("typ") != "JWT":
        raise JOSEError("signed by the issuer, but not an access token")
    if FOLLOW_ENDED_SESSIONS and claims.get("sid") in ended_sessions.read():
        raise JOSEError("its session was ended")
    return claims


def current_user(credentials: HTTPAuthorizationCredentials | None = Depends(HTTPBearer(auto_error=False))) -> str:
    """The id of the person who asks, for routes: `user: str = Depends(current_user)`."""
    if credentials is None:
        raise HTTPException(401, "Send an access token", {"WWW-Authenticate": "Bearer"})
    try:
        return claims_of(credentials.credentials)["sub"]
    except JOSEError:
        raise HTTPException(401, "The token is not good", {"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None


class Keys:
    """The issuer's keys by `kid`: renewed every five minutes, and for an unknown one at most every 30 seconds."""

    def __init__(self):
        self.lock, self.keys, self.read_at = threading.Lock(), {}, -1e9

    def find(self, header):
        if SHARED_SECRET:
            # As a key and not as a text: python-jose would read a secret that looks like JSON as a set of keys.
            return {"alg": "HS256", "key": jwk.construct(SHARED_SECRET, "HS256")}
        kid = header.get("kid")
        with self.lock:
            patience = 300 if kid in self.keys else 30 if self.keys else 1
            if time.monotonic() - self.read_at > patience:
                self.read()
            if not self.keys:
                raise HTTPException(503, "The issuer's keys cannot be read now", {"Retry-After": "2"})
            if kid not in self.keys:
                raise JOSEError("no such key")
            return self.keys[kid]

    def read(self):
        self.read_at = time.monotonic()
        try:
            found = httpx.get(f"{ISSUER}/api/auth/jwks", timeout=5).raise_for_status().json()["keys"]
            # The algorithm is the key's. What the header of a token says about it is never asked.
            self.keys = {key["kid"]: {"alg": key["alg"], "key": jwk.construct(key)} for key in found if key["alg"] in ACCEPTED}
        except (httpx.HTTPError, JOSEError, KeyError, ValueError):
            pass  # the issuer is away, or not itself: the keys at hand go on


class EndedSessions:
    """The ids of ended sessions whose tokens are still alive, as the issuer publishes them; at most two seconds old."""

    def __init__(self):
        self.lock, self.sessions, self.read_at = threading.Lock(), set(), -1e9

    def read(self):
        with self.lock:
            if time.monotonic() - self.read_at > 2:
                self.read_at = time.monotonic()
                try:
                    self.sessions = self.fetch()
                except (httpx.HTTPError, JOSEError):
                    pass  # the issuer is away: the list at hand goes on
            return self.sessions

    def fetch(self):
        document = httpx.get(f"{ISSUER}/api/auth/revoked", timeout=2).raise_for_status().text
        header = jwt.get_unverified_header(document)
        key = keys.find(header)
        claims = jwt.decode(document, key["key"], algorithms=[key["alg"]], issuer=ISSUER, options={"require_exp": True})
        if header.get("typ") != "doorward-revoked+jwt":
            raise JOSEError("not the list of ended sessions")
        return {session for session, _ in claims["sids"]}


keys, ended_sessions = Keys(), EndedSessions()
