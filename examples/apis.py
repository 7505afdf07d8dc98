"""How each API is started, and an address of it that answers without a token. `{port}` is where it listens."""

import sys

from real_server import ROOT

UVICORN = [sys.executable, "-m", "uvicorn", "main:app", "--port", "{port}"]
APIS = {
    "axum-api": ([ROOT / "target/debug/axum-api"], "/"),
    "express-jose": (["node", "server.mjs"], "/"),
    "fastapi-jose": (UVICORN, "/openapi.json"),
    "fastapi-pyjwt": (UVICORN, "/openapi.json"),
}
