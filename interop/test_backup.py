"""A copy made while people write, as docs/guide/operate.md says, is a whole database that a server starts from."""

import sqlite3
import threading

import httpx

PASSWORD = "correct horse 9"


def test_a_copy_of_a_running_server_is_a_server(start, tmp_path):
    server = start(DOORWARD_DATA=str(tmp_path / "data"))
    person = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    assert server.post("/sign-up/email", person).status_code == 200
    access = server.post("/signin", person).json()["token"]
    done = threading.Event()

    def write():
        with httpx.Client(base_url=server.origin) as client:
            while not done.is_set():
                client.post("/api/tasks", json={"title": "x"}, headers={"authorization": f"Bearer {access}"})

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    (tmp_path / "restored").mkdir()
    copy = tmp_path / "restored" / "doorward.db"
    database = sqlite3.connect(tmp_path / "data" / "doorward.db")
    database.execute("VACUUM INTO ?", (str(copy),))
    done.set()
    for writer in writers:
        writer.join()
    assert sqlite3.connect(copy).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    restored = start(DOORWARD_DATA=str(tmp_path / "restored"))
    assert restored.post("/signin", person).status_code == 200
    keys = [sqlite3.connect(file).execute("SELECT id FROM jwks").fetchall() for file in (copy, tmp_path / "data" / "doorward.db")]
    assert keys[0] == keys[1], "tokens from before are still verified"
