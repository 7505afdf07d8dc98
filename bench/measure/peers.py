"""The servers side by side: how each is started, on which file, and by which cookie and token it is asked.

All have their rate limits off and the same durability. Ports are given by the system.
"""

import base64
import hashlib
import json
import sqlite3
import time
from pathlib import Path

from . import data
from .servers import Server, free_port

BENCH = Path(__file__).parent.parent
ORIGIN = "http://localhost:3000"
BASE = "/api/auth"
#: Seconds for which a filled file is used again.
FRESH = 20 * 60 * 60


class Stage:
    """Where the databases and logs of a run live, and how servers are started there."""

    def __init__(self, folder, binary, hello, rust_port, server_core, sync):
        self.folder, self.binary, self.hello, self.rust_port = Path(folder), binary, hello, rust_port
        self.core, self.sync = server_core, sync
        self.folder.mkdir(parents=True, exist_ok=True)

    def _server(self, name, command, environment, ready):
        port = free_port()
        filled = [str(part).replace("{port}", str(port)) for part in command]
        environment = {key: value.replace("{port}", str(port)) for key, value in environment.items()}
        return Server(name, filled, environment, ready, self.core, port, str(self.folder / f"{name}.log"))

    def doorward(self, file, algorithm="EdDSA", **more):
        return self._server(f"doorward-{algorithm}" if algorithm != "EdDSA" else "doorward", [self.binary, "serve"], {
            "BETTER_AUTH_SECRET": data.SECRET, "BETTER_AUTH_URL": ORIGIN, "DOORWARD_LISTEN": "127.0.0.1:{port}",
            "DATABASE_URL": f"sqlite://{file}", "DOORWARD_DATA": str(self.folder), "DOORWARD_RATE_LIMIT": "off",
            "DOORWARD_JWT_ALG": algorithm, "DOORWARD_SQLITE_SYNC": self.sync.lower(), "DOORWARD_LOG": "warn", **more,
        }, f"{BASE}/ok")

    def better_auth(self, file):
        return self._server("better-auth", ["node", BENCH / "peers/better-auth/server.mjs"], {
            "PORT": "{port}", "DATABASE": str(file), "SECRET": data.SECRET, "BASE_URL": ORIGIN,
            "SYNCHRONOUS": self.sync, "NODE_ENV": "production",
        }, f"{BASE}/ok")

    def better_auth_rs(self, file):
        return self._server("better-auth-rs", [self.rust_port, "127.0.0.1:{port}", file, self.sync], {
            "SECRET": data.SECRET, "BASE_URL": ORIGIN,
        }, f"{BASE}/ok")

    def fastapi(self, file, verifier, algorithm, jwks=None):
        return self._server(f"fastapi-{verifier}-{algorithm}", [
            BENCH / "peers/fastapi/.venv/bin/uvicorn", "app:app", "--port", "{port}", "--no-access-log",
            "--loop", "uvloop", "--http", "httptools", "--app-dir", BENCH / "peers/fastapi",
        ], {
            "VERIFIER": verifier, "ALGORITHM": algorithm, "SECRET": data.SECRET, "JWKS": str(jwks or ""),
            "AUDIENCE": ORIGIN, "DATABASE": str(file), "SYNCHRONOUS": self.sync,
        }, "/health")

    def axum_hello(self):
        return self._server("axum-hello", [self.hello, "127.0.0.1:{port}"], {}, "/")

    # Files.

    def file(self, kind, people, refresh=0):
        """A filled file of a kind of server, made once per size and used in place."""
        path = self.folder / f"{kind}-{people}.db"
        marker, shape = path.with_suffix(".made"), shape_of_files()
        # Sessions of yesterday would be extended, and a read would become a write.
        if marker.exists() and marker.read_text() == shape and time.time() - marker.stat().st_mtime < FRESH:
            return path
        for leftover in self.folder.glob(f"{path.name}*"):
            leftover.unlink()
        server = {
            "doorward": lambda: self.doorward(path),
            "better-auth": lambda: self.better_auth(path),
            "better-auth-rs": lambda: self.better_auth_rs(path),
            "fastapi": lambda: self.fastapi(path, "jose", "HS256"),
        }[kind]()
        with server:
            pass
        print(f"  filling {kind} with {people} people ...", flush=True)
        if kind == "fastapi":
            data.fill_tasks_only(path, people)
        elif kind == "better-auth-rs":
            data.fill_port(path, people)
        else:
            data.fill(path, people, tasks=kind == "doorward", hot_refresh=refresh if kind == "doorward" else 0)
        marker.write_text(shape)
        return path

    def copy(self, path, name):
        """A copy that may be written to."""
        target = self.folder / name
        for leftover in self.folder.glob(f"{name}*"):
            leftover.unlink()
        # With what a server that was stopped has left in the log beside the file.
        source, copied = sqlite3.connect(path), sqlite3.connect(target)
        source.backup(copied)
        copied.execute("PRAGMA journal_mode=WAL")
        source.close()
        copied.close()
        return target


def shape_of_files():
    """What a filled file depends on: the tables of the servers, and how they are filled."""
    sources = [Path(data.__file__), *sorted((BENCH.parent / "crates").rglob("*.sql")),
               BENCH.parent / "crates/tasks-api/src/store.rs", BENCH / "peers/better-auth/package.json"]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def tokens(server, numbers):
    """Access tokens of people, asked of Doorward itself."""
    found = {}
    for number in dict.fromkeys(numbers):
        status, _, body = server.get(f"{BASE}/token", {"Cookie": data.cookie_of(number)})
        if status != 200:
            raise RuntimeError(f"GET /token answered {status}: {body[:200]!r}")
        found[number] = json.loads(body)["token"]
    return found


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
