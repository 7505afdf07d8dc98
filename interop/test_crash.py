"""kill -9 while people write: nothing acknowledged is lost, nothing is half there, nothing revoked is alive."""

import os
import sqlite3
import threading
import time
import uuid

import httpx
from real_server import free_port

PASSWORD = "correct horse 9"
KILLS = int(os.environ.get("DOORWARD_KILLS", "12"))
WRITERS = 6


class Writer(threading.Thread):
    """Signs up, writes tasks and signs out until the server is gone; remembers what was acknowledged."""

    def __init__(self, origin):
        super().__init__()
        self.origin = origin
        self.people, self.tasks, self.signed_out = [], [], []

    def run(self):
        try:
            with httpx.Client(base_url=self.origin, timeout=5) as client:
                while True:
                    self.write(client)
        except httpx.TransportError:
            pass

    def write(self, client):
        email = f"{uuid.uuid4().hex}@example.com"
        answer = client.post("/api/auth/sign-up/email", json={"name": "A", "email": email, "password": PASSWORD})
        assert answer.status_code in (200, 503), answer.text
        if answer.status_code != 200:
            return
        self.people.append(email)
        session = {"authorization": f"Bearer {answer.json()['token']}"}
        client.cookies.clear()
        token = client.get("/api/auth/token", headers=session).json()["token"]
        for _ in range(5):
            created = client.post("/api/tasks", json={"title": "x"}, headers={"authorization": f"Bearer {token}"})
            if created.status_code == 201:
                self.tasks.append(created.json()["id"])
        out = client.post("/api/auth/sign-out", json={}, headers=session)
        if out.status_code == 200:
            self.signed_out.append(answer.json()["token"])


def test_nothing_acknowledged_is_lost(start, tmp_path):
    port, people, tasks, signed_out = free_port(), [], [], []
    settings = {"port": port, "DOORWARD_DATA": str(tmp_path / "data")}
    for kill in range(KILLS):
        server = start(**settings)
        writers = [Writer(server.origin) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(0.4 + 0.07 * (kill % 7))
        server.process.kill()
        server.process.wait()
        for writer in writers:
            writer.join()
            people += writer.people
            tasks += writer.tasks
            signed_out += writer.signed_out

    server = start(**settings)
    database = sqlite3.connect(tmp_path / "data" / "doorward.db")
    rows = lambda query: {row[0] for row in database.execute(query)}  # noqa: E731
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(people) > KILLS and len(tasks) > KILLS, "the writers wrote"
    assert not set(people) - rows("SELECT email FROM user")
    assert not set(tasks) - rows("SELECT id FROM task")
    assert not rows("SELECT id FROM user WHERE id NOT IN (SELECT userId FROM account)"), "no half account"
    for token in signed_out:
        assert server.get("/api/auth/get-session", headers={"authorization": f"Bearer {token}"}).text == "null"
