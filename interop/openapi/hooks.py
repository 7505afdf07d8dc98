"""How schemathesis asks as somebody, and which of its findings are Better Auth's ways.

DOORWARD_ASK_AS is `nobody`, `cookie` or `bearer`. A person is signed up when one is needed, and again whenever the
requests have signed the last one out, or deleted them.
"""

import os
import uuid
from collections import Counter

import httpx
import schemathesis

from tolerated import TOLERATED

ORIGIN = os.environ["DOORWARD_ORIGIN"]
ASK_AS = os.environ["DOORWARD_ASK_AS"]
COUNTS = os.environ["DOORWARD_COUNTS"]

# What ends the session of whoever asks.
ENDINGS = {"/sign-out", "/revoke-sessions", "/revoke-session", "/delete-user", "/delete-user/callback", "/change-password"}

person = None
statuses = Counter()


class Person:
    """Somebody who signed up just now, with what shows who they are."""

    def __init__(self):
        with httpx.Client(base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
            body = {"name": "Ada", "email": f"{uuid.uuid4().hex}@example.com", "password": "correct horse 9"}
            answer = client.post("/api/auth/sign-up/email", json=body)
            answer.raise_for_status()
            self.session_token = answer.json()["token"]
            self.cookie = client.cookies["better-auth.session_token"]
            self.access_token = client.get("/api/auth/token").json()["token"]


if ASK_AS != "nobody":

    @schemathesis.auth(refresh_interval=None)
    class AsAPerson:
        def get(self, case, context):
            global person
            person = person or Person()
            return person

        def set(self, case, person, context):
            if case.operation.path.startswith("/api/tasks"):
                case.headers["Authorization"] = f"Bearer {person.access_token}"
            elif ASK_AS == "bearer" or case.operation.path == "/api/auth/me":
                case.headers["Authorization"] = f"Bearer {person.session_token}"
            else:
                # Browsers name their origin with every request that may change something.
                case.headers["Origin"] = ORIGIN
                case.cookies["better-auth.session_token"] = person.cookie


@schemathesis.hook
def after_call(context, case, response):
    global person
    statuses[f"{response.status_code}"] += 1
    if response.status_code == 200 and case.operation.path.removeprefix("/api/auth") in ENDINGS:
        person = None
    with open(COUNTS, "w") as file:
        file.writelines(f"{status} {count}\n" for status, count in sorted(statuses.items()))


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps a failure, unless its kind is tolerated for this answer."""
    return not any(tolerates(failure, case, response) for tolerates, _reason in TOLERATED)
