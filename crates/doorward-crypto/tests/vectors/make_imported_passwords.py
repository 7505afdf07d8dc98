"""Known answers for password hashes that imported users bring, made by the libraries that usually write them.

    pip install passlib bcrypt argon2-cffi django
    python make_imported_passwords.py

writes imported_passwords.json beside this script. Costs are far below what anybody should use, to keep tests fast.
"""

import json
import pathlib

import argon2.low_level
import bcrypt
import django.conf
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher
from passlib.hash import pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512

django.conf.settings.configure()

PASSWORDS = ["correct horse", "finance\u0301 not normalized \ufb01", "\U0001f512" * 20, "p" * 100]
ARGON2 = {"argon2id": argon2.low_level.Type.ID, "argon2i": argon2.low_level.Type.I, "argon2d": argon2.low_level.Type.D}


def hashes(password):
    salt = b"0123456789abcdef"
    for kind in ARGON2.values():
        for lanes, version in ((1, 19), (2, 19), (1, 16)):
            stored = argon2.low_level.hash_secret(
                password.encode(), salt, time_cost=2, memory_cost=64, parallelism=lanes, hash_len=32, type=kind, version=version
            )
            yield "argon2-cffi", stored.decode()
    short = password.encode()[:72]
    for prefix in (b"2a", b"2b"):
        yield "bcrypt", bcrypt.hashpw(short, bcrypt.gensalt(5, prefix=prefix)).decode()
    yield "bcrypt", bcrypt.hashpw(short, bcrypt.gensalt(5)).decode().replace("$2b$", "$2y$")
    for scheme in (pbkdf2_sha1, pbkdf2_sha256, pbkdf2_sha512):
        yield "passlib", scheme.using(rounds=100).hash(password)
    for hasher in (PBKDF2PasswordHasher(), PBKDF2SHA1PasswordHasher()):
        yield "django", hasher.encode(password, hasher.salt(), iterations=100)


vectors = [
    {"writer": writer, "password": password, "stored": stored} for password in PASSWORDS for writer, stored in hashes(password)
]
target = pathlib.Path(__file__).with_name("imported_passwords.json")
target.write_text(json.dumps(vectors, indent="\t", ensure_ascii=False) + "\n", encoding="utf-8")
