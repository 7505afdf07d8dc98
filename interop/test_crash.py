"""kill -9 while twenty people write: nothing acknowledged is lost, nothing is half there, nothing
revoked is alive, and every change has its event.

Every writer keeps to one rule: what it remembers as done, the server had said was done. A request that was under way
when the process died may have happened or not, and either is right. `make crash` kills a thousand times.
"""

import http.client
import json
import os
import random
import sqlite3
import threading
import time
import uuid

from real_server import free_port

PASSWORD = "correct horse 9"
KILLS = int(os.environ.get("DOORWARD_KILLS", "100"))
WRITERS = 20


class Gone(Exception):
    """The server died under a request."""


class Caller:
    """One connection; httpx would spend more time than the server does."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def call(self, method, path, token=None, body=None):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        return answer.status, json.loads(text) if text else None


class Writer:
    """One person with a chain of refresh tokens. Everything here outlives the server."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.people, self.tried, self.tasks, self.ended, self.stale = [], set(), [], [], []
        self.refresh = self.access = self.previous = None
        self.acknowledged, self.wrong = 0, []

    def run(self, port):
        caller = Caller(port)
        try:
            self.rotate(caller)  # what was acknowledged before the crash must be known after it
            while True:
                act = self.random.choices((self.task, self.rotate, self.sign_in_and_out, self.sign_up), (70, 22, 5, 3))
                act[0](caller)
        except Gone:
            pass
        except Exception as error:  # a thread's failure must reach the test
            self.wrong.append(repr(error))

    def expect(self, expected, answer, what):
        status, body = answer
        if status != expected:
            self.wrong.append(f"{what}: {status} {body}")
            raise Gone
        self.acknowledged += 1
        return body

    def sign_up(self, caller):
        email = f"{uuid.uuid4().hex}@example.com"
        person = {"name": "A", "email": email, "password": PASSWORD}
        self.tried.add(email)
        self.expect(200, caller.call("POST", "/api/auth/signup", None, person), "sign-up")
        self.people.append(email)
        tokens = self.expect(200, caller.call("POST", "/api/auth/signin", None, person), "sign-in")
        self.access, self.refresh, self.previous = tokens["token"], tokens["refreshToken"], None

    def task(self, caller):
        created = self.expect(201, caller.call("POST", "/api/tasks", self.access, {"title": "x"}), "task")
        self.tasks.append(created["id"])

    def rotate(self, caller):
        body = self.expect(
            200, caller.call("POST", "/api/auth/refresh", None, {"refreshToken": self.refresh}), "refresh"
        )
        # The direct predecessor is answered once more for half a minute; the one before it is stolen goods.
        if self.previous and self.random.random() < 0.02:
            self.stale.append(self.previous)
        self.previous, self.refresh, self.access = self.refresh, body["refreshToken"], body["token"]

    def sign_in_and_out(self, caller):
        person = {"email": self.random.choice(self.people), "password": PASSWORD}
        session = self.expect(200, caller.call("POST", "/api/auth/sign-in/email", None, person), "sign-in")["token"]
        access = self.expect(200, caller.call("GET", "/api/auth/token", session), "token")["token"]
        row = self.expect(200, caller.call("GET", "/api/auth/get-session", session), "session")["session"]["id"]
        self.expect(200, caller.call("POST", "/api/auth/sign-out", session, {}), "sign-out")
        self.ended.append((session, access, row))


def dead(port, ended):
    """Sessions that were signed out prove nothing after the crash."""
    caller = Caller(port)
    return [session for session, *_ in ended if caller.call("GET", "/api/auth/get-session", session) != (200, None)]


def test_nothing_acknowledged_is_lost(start, tmp_path, capsys):
    port, seed = free_port(), random.randrange(10**6)
    chance, writers = random.Random(seed), [Writer(seed + number) for number in range(WRITERS)]
    settings = {"port": port, "DOORWARD_DATA": str(tmp_path / "data"), "DOORWARD_PASSWORD_HASH": "argon2id"}
    server = start(**settings)
    for writer in writers:
        writer.sign_up(Caller(port))
    server.process.kill()
    server.process.wait()
    ready = []
    for _ in range(KILLS):
        server = start(**settings)
        ready.append(server.ready_after)
        fresh = [pair for writer in writers for pair in writer.ended[-2:]]
        assert not dead(port, fresh), "a session that was signed out is alive again"
        threads = [threading.Thread(target=writer.run, args=(port,)) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.05, 0.6))
        server.process.kill()
        server.process.wait()
        for thread in threads:
            thread.join()
        wrong = [words for writer in writers for words in writer.wrong]
        assert not wrong, f"seed {seed}: {wrong[:5]}"

    server = start(**settings)
    people, tasks, ended, stale = (
        [item for writer in writers for item in getattr(writer, name)] for name in ("people", "tasks", "ended", "stale")
    )
    assert not dead(port, ended), "a session that was signed out is alive again"
    caller = Caller(port)
    for writer in writers:
        writer.rotate(caller)
    for token in stale:
        status, _ = caller.call("POST", "/api/auth/refresh", None, {"refreshToken": token})
        assert status == 401, "a refresh token of two rotations ago is accepted"
    time.sleep(2)  # by then the tasks API knows of ended sessions
    alive = [access for _, access, _ in ended[-50:] if caller.call("GET", "/api/tasks", access)[0] != 401]
    assert not alive, "an access token of an ended session is accepted"
    server.process.terminate()
    server.process.wait()

    database = sqlite3.connect(tmp_path / "data" / "doorward.db")
    rows = lambda query: {row[0] for row in database.execute(query)}  # noqa: E731
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    known, known_ids = rows("SELECT email FROM user"), rows("SELECT id FROM user")
    assert not set(people) - known, "acknowledged people are gone"
    assert known <= set().union(*(writer.tried for writer in writers)), "people nobody signed up"
    assert not set(tasks) - rows("SELECT id FROM task"), "acknowledged tasks are gone"
    assert not rows("SELECT id FROM user WHERE id NOT IN (SELECT userId FROM account)"), "half an account"
    assert not rows("SELECT id FROM account WHERE userId NOT IN (SELECT id FROM user)"), "half an account"
    told = lambda event: rows(f"SELECT sessionId FROM doorward_audit WHERE event = '{event}'")  # noqa: E731
    assert not {session for _, _, session in ended} - told("sign-out"), "an acknowledged sign-out has no event"
    assert not {session for _, _, session in ended} - told("sign-in"), "an acknowledged sign-in has no event"
    assert not known_ids - rows("SELECT userId FROM doorward_audit WHERE event = 'sign-up'"), "a person without an event"
    undone = rows(
        "SELECT sessionId FROM doorward_audit WHERE event = 'sign-out' AND sessionId IN (SELECT id FROM session)"
    )
    assert not undone, "an event of a sign-out that did not happen"
    unborn = rows("SELECT userId FROM doorward_audit WHERE event = 'sign-up' AND userId NOT IN (SELECT id FROM user)")
    assert not unborn, "an event of a sign-up that did not happen"
    acknowledged = sum(writer.acknowledged for writer in writers)
    assert min(len(people), len(tasks), len(ended), len(stale)) > 0, "the writers wrote"
    ready.sort()
    with capsys.disabled():
        print(
            f"\n{KILLS} kills, {acknowledged} acknowledged writes ({len(people)} people, {len(tasks)} tasks, "
            f"{len(ended)} sign-outs): none lost, each with its event; ready again after {ready[len(ready) // 2]:.2f} s, "
            f"at the longest {ready[-1]:.2f} s (seed {seed})"
        )
    assert ready[len(ready) * 95 // 100] < 1, "ready again in under a second"
