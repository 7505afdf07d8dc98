"""Databases of any size, by plain SQL: what the servers would have written, without asking them a million times.

The tables are made by the servers themselves. Everything is derived from the number of a person, so that cookies,
passwords and refresh tokens need not be stored beside the file.
"""

import base64
import hashlib
import hmac
import json
import random
import sqlite3
import time
import urllib.parse
from datetime import datetime, timedelta, timezone

SECRET = "bench-only-secret-0123456789abcdef-0123456789"
PASSWORD = "correct horse battery"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TASKS_EACH = 20


def name_of(kind, number):
    """32 letters and digits that look drawn, and are always the same."""
    digest = hashlib.sha256(f"{kind} {number}".encode()).digest()
    return "".join(LETTERS[byte % 62] for byte in digest)


def email_of(number):
    return f"person{number:07d}@example.com"


def refresh_token_of(number):
    return base64.urlsafe_b64encode(hashlib.sha256(f"refresh {number}".encode()).digest()).rstrip(b"=").decode()


def stored_password():
    """Better Auth's form: the salt is used as its hexadecimal text."""
    salt = "00112233445566778899aabbccddeeff"
    key = hashlib.scrypt(PASSWORD.encode(), salt=salt.encode(), n=16384, r=16, p=1, dklen=64, maxmem=64 << 20)
    return f"{salt}:{key.hex()}"


def cookie_of(number, name="better-auth.session_token"):
    token = name_of("token", number)
    signature = base64.b64encode(hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).digest()).decode()
    return f"{name}={urllib.parse.quote(f'{token}.{signature}', safe='')}"


def hs256(claims):
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=")
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def sample(people, count, seed=1):
    """People spread over the whole file, in an order of no meaning."""
    chosen = random.Random(seed)
    return [chosen.randrange(people) for _ in range(min(count, max(people, 1)))]


def fill(path, people, tasks=True, hot_refresh=0):
    """Fills the tables of a server with people, their password accounts, a session each, and 20 tasks each."""
    started = time.perf_counter()
    database = sqlite3.connect(path, isolation_level=None)
    # Nobody else has the file open, and a half-filled file is thrown away.
    database.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; PRAGMA foreign_keys=OFF;")
    now = datetime.now(timezone.utc)
    made, ends = stamp(now), stamp(now + timedelta(days=7))
    hashed = stored_password()
    numbers = range(people)
    database.execute("BEGIN")
    database.executemany(
        'INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt") VALUES (?, ?, ?, 1, NULL, ?, ?)',
        ((name_of("user", n), f"Person {n}", email_of(n), made, made) for n in numbers))
    database.executemany(
        'INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ((name_of("session", n), ends, name_of("token", n), made, made, "127.0.0.1", "bench", name_of("user", n)) for n in numbers))
    database.executemany(
        'INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt") VALUES (?, ?, \'credential\', ?, ?, ?, ?)',
        ((name_of("account", n), name_of("user", n), name_of("user", n), hashed, made, made) for n in numbers))
    if tasks:
        database.execute(
            """INSERT INTO task (id, title, completed, "userId", "createdAt", "updatedAt")
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ? - 1)
            SELECT printf('t%08x%02d%s', p.rowid, n, substr(p.id, 1, 21)), 'Task number ' || n, n % 2, p.id, ?, ?
            FROM (SELECT rowid, id FROM "user" ORDER BY id) p CROSS JOIN numbers""", (TASKS_EACH, made, made))
    for n in range(hot_refresh):
        digest = base64.urlsafe_b64encode(hashlib.sha256(refresh_token_of(n).encode()).digest()).rstrip(b"=").decode()
        database.execute(
            'INSERT INTO doorward_refresh (digest, "sessionId", "expiresAt", "familyEndsAt", "createdAt") VALUES (?, ?, ?, ?, ?)',
            (digest, name_of("session", n % people), ends, stamp(now + timedelta(days=30)), made))
    database.execute("COMMIT")
    database.executescript("PRAGMA wal_checkpoint(TRUNCATE);")
    database.close()
    return time.perf_counter() - started


def fill_port(path, people):
    """The tables of the Rust port of Better Auth: the same people, passwords and sessions under its own names."""
    database = sqlite3.connect(path, isolation_level=None)
    now = datetime.now(timezone.utc)
    made, ends, hashed = stamp(now), stamp(now + timedelta(days=7)), stored_password()
    numbers = range(people)
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO users (id, name, email, email_verified, created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?)",
        ((name_of("user", n), f"Person {n}", email_of(n), made, made) for n in numbers))
    database.executemany(
        "INSERT INTO sessions (id, expires_at, token, created_at, updated_at, ip_address, user_agent, user_id, active) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
        ((name_of("session", n), ends, name_of("token", n), made, made, "127.0.0.1", "bench", name_of("user", n)) for n in numbers))
    database.executemany(
        "INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at) VALUES (?, ?, 'credential', ?, ?, ?, ?)",
        ((name_of("account", n), name_of("user", n), name_of("user", n), hashed, made, made) for n in numbers))
    database.execute("COMMIT")
    database.close()


def fill_tasks_only(path, people):
    """The file of the FastAPI peer: the same tasks in the table that its own migration makes."""
    database = sqlite3.connect(path, isolation_level=None)
    made = stamp(datetime.now(timezone.utc))
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000;")
    database.execute("BEGIN")
    for n in range(people):
        database.executemany("INSERT INTO task VALUES (?, ?, ?, ?, ?)", (
            (name_of("task", n * TASKS_EACH + k), f"Task number {k}", k % 2, name_of("user", n), made) for k in range(TASKS_EACH)))
    database.execute("COMMIT")
    database.close()
