#!/usr/bin/env python3
"""Checks the licences and sources of all crates against deny.toml, where cargo-deny is not installed.

It reads the two lists that matter from deny.toml, so that there is one truth: `licenses.allow` and `bans.deny`.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path


def allowed(expression, allow):
    """Whether an SPDX expression can be met with the allowed licences; `AND` binds tighter than `OR`."""
    if not expression:
        return False
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def alternatives(at):
        met, at = conjunction(at)
        while at < len(tokens) and tokens[at] == "OR":
            other, at = conjunction(at + 1)
            met = met or other
        return met, at

    def conjunction(at):
        met, at = term(at)
        while at < len(tokens) and tokens[at] == "AND":
            other, at = term(at + 1)
            met = met and other
        return met, at

    def term(at):
        if tokens[at] == "(":
            met, at = alternatives(at + 1)
            return met, at + 1
        name, at = tokens[at], at + 1
        if at < len(tokens) and tokens[at] == "WITH":
            name, at = f"{name} WITH {tokens[at + 1]}", at + 2
        return name in allow, at

    return alternatives(0)[0]


def main():
    rules = tomllib.loads(Path("deny.toml").read_text())
    allow = set(rules["licenses"]["allow"])
    banned = {ban["crate"] for ban in rules["bans"]["deny"]}
    command = ["cargo", "tree", "--workspace", "--locked", "--target", "x86_64-unknown-linux-gnu", "--prefix", "none"]
    listing = subprocess.run([*command, "--format", "{p}|{l}"], check=True, capture_output=True, text=True).stdout
    problems, crates = [], set()
    for line in filter(None, listing.splitlines()):
        package, licence = line.removesuffix(" (*)").split("|")
        name, version, *rest = package.split(" ")
        if any(part.startswith("(/") for part in rest) or (name, version) in crates:
            continue
        crates.add((name, version))
        if not allowed(licence.removesuffix(" (*)"), allow):
            problems.append(f"{name} {version}: licence {licence!r} is not allowed")
        if name in banned:
            problems.append(f"{name} {version}: is banned")
        if any("git+" in part or "registry" in part for part in rest):
            problems.append(f"{name} {version}: does not come from crates.io")
    print("\n".join(problems) or f"licences, bans and sources of {len(crates)} crates are in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
