"""Where tokens come from: a real Doorward or Better Auth, its neighbours, and its own key in our hands."""

import base64
import json
import os
import subprocess
import time

import httpx
import jwt
from real_server import ROOT, SECRET, free_port

PASSWORD = "correct horse 9"


def encode(part):
    data = part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def header_of(token):
    return decode(token.split(".")[0])


def claims_of(token):
    return decode(token.split(".")[1])


def sign_with_stored_key(database, secret, wanted):
    """Signs what no server would, with the key that a server keeps in its database; opened by Better Auth's own code."""
    done = subprocess.run(
        ["node", ROOT / "compat/harness/sign.mjs"],
        input=json.dumps(wanted),
        env={"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite://{database}", "BETTER_AUTH_SECRET": secret},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


class Doorwards:
    """One Doorward, and others that resemble it."""

    def __init__(self, servers, algorithm, **settings):
        self.servers, self.algorithm = servers, algorithm
        self.data = servers.folder / f"issuer-{algorithm}"
        self.server = self.start(**settings)
        self.origin = self.audience = self.server.origin
        self.people = 0

    def start(self, **settings):
        return self.servers.start(**{"DOORWARD_JWT_ALG": self.algorithm, "DOORWARD_DATA": str(self.data), **settings})

    def token(self, server=None):
        """An access token of somebody new, by the short contract."""
        return self.signed_in(server)["token"]

    def signed_in(self, server=None):
        server, self.people = server or self.server, self.people + 1
        person = {"email": f"person{self.people}@example.com", "password": PASSWORD, "name": "Ada"}
        assert server.post("/signup", person).status_code in (200, 201)
        answer = server.post("/signin", person)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def session(self):
        """A browser that is signed in, and an access token of its session."""
        self.people += 1
        person = {"email": f"person{self.people}@example.com", "password": PASSWORD, "name": "Ada"}
        browser = httpx.Client(base_url=f"{self.origin}/api/auth/", headers={"Origin": self.origin})
        assert browser.post("sign-up/email", json=person).status_code == 200
        return browser, browser.get("token").json()["token"]

    def sign(self, *wanted):
        """Tokens of any content with this server's own key. Each is (header, claims); a header is completed."""
        if self.algorithm == "HS256":
            return [jwt.encode(claims, SECRET, "HS256", {"typ": "JWT", **header}) for header, claims in wanted]
        wanted = [{"header": header, "claims": claims} for header, claims in wanted]
        return sign_with_stored_key(self.data / "doorward.db", SECRET, wanted)

    def with_another_key(self):
        """A token of another Doorward that says it is this one: same issuer, same audience, a key of its own."""
        settings = {"BETTER_AUTH_SECRET": "the secret of somebody else, long enough", "DOORWARD_DATA": str(self.data) + "-other"}
        return self.token(self.start(BETTER_AUTH_URL=self.origin, **settings))

    def with_another_origin(self):
        """A token of another Doorward with the same key: it has another issuer and another audience."""
        return self.token(self.start(BETTER_AUTH_URL="http://127.0.0.1:1"))

    def public_keys(self):
        return self.server.get("/api/auth/jwks").json()["keys"]

    def ended_sessions(self):
        return self.server.get("/api/auth/revoked").text


class BetterAuths:
    """One Better Auth on Node with its `jwt()` plugin, and others that resemble it. It publishes no ended sessions."""

    def __init__(self, servers, algorithm, database=None):
        self.servers, self.algorithm = servers, algorithm
        self.database = database or servers.folder / f"better-auth-{algorithm}.db"
        self.people = 0
        self.origin = self.audience = self.start()

    def start(self, **settings):
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            "PATH": os.environ["PATH"],
            "BETTER_AUTH_SECRET": SECRET,
            "BETTER_AUTH_URL": address,
            "DATABASE_URL": f"sqlite://{self.database}",
            "DOORWARD_LISTEN": f"127.0.0.1:{port}",
            "DOORWARD_JWT_ALG": self.algorithm,
            **settings,
        }
        self.servers.run(["node", ROOT / "compat/harness/reference.mjs"], environment, f"{address}/api/auth/ok")
        return address

    def session(self, address=None, origin=None):
        """A browser that is signed in, and an access token of its session."""
        address, self.people = address or self.origin, self.people + 1
        person = {"email": f"person{self.people}@example.com", "password": PASSWORD, "name": "Ada"}
        browser = httpx.Client(base_url=f"{address}/api/auth/", headers={"Origin": origin or address})
        assert browser.post("sign-up/email", json=person).status_code == 200
        return browser, browser.get("token").json()["token"]

    def token(self):
        return self.session()[1]

    def sign(self, *wanted):
        wanted = [{"header": header, "claims": claims} for header, claims in wanted]
        return sign_with_stored_key(self.database, SECRET, wanted)

    def with_another_key(self):
        settings = {"BETTER_AUTH_SECRET": "the secret of somebody else, long enough", "DATABASE_URL": f"sqlite://{self.database}-other"}
        return self.session(self.start(BETTER_AUTH_URL=self.origin, **settings), self.origin)[1]

    def with_another_origin(self):
        origin = "http://127.0.0.1:1"
        return self.session(self.start(BETTER_AUTH_URL=origin), origin)[1]

    def public_keys(self):
        return httpx.get(f"{self.origin}/api/auth/jwks").json()["keys"]


def refused_within(seconds, ask):
    """Whether `ask()` answers 401 before so many seconds have passed; until then it must answer 200."""
    until = time.monotonic() + seconds
    while (status := ask()) != 401:
        assert status == 200
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
