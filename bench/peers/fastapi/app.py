"""The contract of /api/tasks as one would write it in FastAPI: PyJWT or python-jose, SQLite, no ORM.

Handlers are `async` and read SQLite inline, because that measured faster than FastAPI's thread pool.
Environment: VERIFIER (jose or pyjwt), ALGORITHM, SECRET or JWKS (a file), AUDIENCE, DATABASE, SYNCHRONOUS.
"""

import json
import os
import secrets
import sqlite3
from datetime import datetime, timezone

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from jose import jwt as jose_jwt
from pydantic import BaseModel

ALGORITHM, AUDIENCE = os.environ["ALGORITHM"], os.environ["AUDIENCE"]
USES_JOSE = os.environ["VERIFIER"] == "jose"

database = sqlite3.connect(os.environ["DATABASE"], isolation_level=None)
database.executescript(f"""
PRAGMA journal_mode=WAL; PRAGMA synchronous={os.environ.get("SYNCHRONOUS", "FULL")}; PRAGMA mmap_size=1073741824;
CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, title TEXT NOT NULL, completed INTEGER NOT NULL,
    user_id TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS task_user ON task (user_id, created_at);
""")

if ALGORITHM == "HS256":
    keys = {None: os.environ["SECRET"]}
else:
    with open(os.environ["JWKS"]) as file:
        published = json.load(file)["keys"]
    keys = {key["kid"]: key if USES_JOSE else jwt.PyJWK(key, algorithm=ALGORITHM).key for key in published}

app = FastAPI()


def owner(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401)
    library = jose_jwt if USES_JOSE else jwt
    try:
        key = keys.get(None) or keys[library.get_unverified_header(token)["kid"]]
        claims = library.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=AUDIENCE)
        return claims["sub"]
    except Exception as error:
        raise HTTPException(401) from error


async def person(request: Request) -> str:
    return owner(request)


class NewTask(BaseModel):
    title: str
    completed: bool = False


@app.get("/health")
async def health():
    return {"ok": True}


@app.get("/api/tasks")
async def tasks(user: str = Depends(person)):
    rows = database.execute(
        "SELECT id, title, completed FROM task WHERE user_id = ? ORDER BY created_at DESC LIMIT 1000", (user,))
    return JSONResponse([
        {"id": row[0], "title": row[1], "completed": bool(row[2]), "userId": user} for row in rows])


@app.post("/api/tasks", status_code=201)
async def create(task: NewTask, user: str = Depends(person)):
    identifier = secrets.token_hex(16)
    database.execute("INSERT INTO task VALUES (?, ?, ?, ?, ?)",
                     (identifier, task.title, task.completed, user, datetime.now(timezone.utc).isoformat()))
    return JSONResponse({"id": identifier, "title": task.title, "completed": task.completed, "userId": user}, 201)
