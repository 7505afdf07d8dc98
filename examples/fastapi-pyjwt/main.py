"""An API behind Doorward with PyJWT and EdDSA, Doorward's default. The lines that matter are `claims_of`."""

import os
import threading
import time
import urllib.request

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

ISSUER = os.environ.get("ISSUER", "http://localhost:3000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
FOLLOW_ENDED_SESSIONS = os.environ.get("ENDED_SESSIONS", "off") == "on"

keys = jwt.PyJWKClient(f"{ISSUER}/api/auth/jwks", timeout=5)  # kept for 5 minutes; an unknown key: one fetch in 30 s
app = FastAPI(title="An API behind Doorward")


def claims_of(token: str, typ: str = "JWT", required=("exp", "iat", "iss", "aud", "sub"), audience=AUDIENCE) -> dict:
    """What a good token says. Anything else is a PyJWTError."""
    key = keys.get_signing_key_from_jwt(token)
    options = {"require": list(required), "verify_aud": audience is not None}
    token = jwt.decode_complete(token, key, algorithms=["EdDSA"], issuer=ISSUER, audience=audience, options=options)
    if token["header"].get("typ") != typ:
        raise jwt.InvalidTokenError("signed by the issuer, but for something else")
    return token["payload"]


def current_user(credentials: HTTPAuthorizationCredentials | None = Depends(HTTPBearer(auto_error=False))) -> str:
    """The id of the person who asks, for routes: `user: str = Depends(current_user)`."""
    if credentials is None:
        raise HTTPException(401, "Send an access token", {"WWW-Authenticate": "Bearer"})
    try:
        claims = claims_of(credentials.credentials)
        if FOLLOW_ENDED_SESSIONS and claims.get("sid") in ended_sessions.read():
            raise jwt.InvalidTokenError("its session was ended")
        return claims["sub"]
    except jwt.PyJWKClientConnectionError:
        raise HTTPException(503, "The issuer's keys cannot be read now", {"Retry-After": "2"}) from None
    except jwt.PyJWTError:
        raise HTTPException(401, "The token is not good", {"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None


class EndedSessions:
    """The ids of ended sessions whose tokens are still alive, as the issuer publishes them; at most two seconds old."""

    def __init__(self):
        self.lock, self.sessions, self.read_at = threading.Lock(), set(), -1e9

    def read(self):
        with self.lock:
            if time.monotonic() - self.read_at > 2:
                self.read_at = time.monotonic()
                try:
                    with urllib.request.urlopen(f"{ISSUER}/api/auth/revoked", timeout=2) as answer:
                        document = answer.read().decode()
                    claims = claims_of(document, "doorward-revoked+jwt", ("exp", "iat", "iss", "sids"), audience=None)
                    self.sessions = {session for session, _ in claims["sids"]}
                except (OSError, jwt.PyJWTError):
                    pass  # the issuer is away: the list at hand goes on
            return self.sessions


ended_sessions = EndedSessions()


@app.get("/me")
def me(user: str = Depends(current_user)):
    return {"id": user}
