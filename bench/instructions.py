#!/usr/bin/env python3
"""Counts the instructions of the hot paths with valgrind, and compares them with the recorded figures.

    bench/instructions.py            fails when a path takes 10 % more instructions than recorded
    bench/instructions.py --record   writes bench/instructions.json

A count does not depend on how busy the machine is. It depends on the compiler and the crates, which are pinned, and on the
processor that valgrind shows to the program: of the machine's own it lets pass whether there is AVX2, and never SHA or
AVX-512. What was recorded on one with AVX2 is not compared on one without, nor with another architecture. The counts are
for comparing with each other, not for guessing times: the hash of a cookie takes far fewer instructions outside.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
RECORD = HERE / "instructions.json"
#: How often each path is walked: enough for what differs between two runs (the order of a hash table) not to matter.
PATHS = {"cookie": 1000, "session-lookup": 500, "get-session": 300, "token": 300, "jwks": 300, "sign": 200,
         "verify": 200, "verify-again": 1000, "tasks": 300, "tasks-again": 300}
TOLERANCE = 0.10


def version(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent).stdout.strip()


def circumstances():
    """What counts depend on besides the code."""
    features = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "").split()
    return {"processor": platform.machine() + (" with AVX2" if "avx2" in features else ""),
            "rustc": version("rustc", "--version"), "valgrind": version("valgrind", "--version")}


def count(program, name, repetitions):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, name, str(repetitions)]
    outcome = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Collected\s*:\s*(\d+)", outcome.stderr)
    if outcome.returncode != 0 or not found:
        sys.exit(f"{name} could not be counted:\n{outcome.stderr}")
    return int(found.group(1))


def count_all(program):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        none = {name: pool.submit(count, program, name, 0) for name in PATHS}
        some = {name: pool.submit(count, program, name, repetitions) for name, repetitions in PATHS.items()}
        return {name: (some[name].result() - none[name].result()) // repetitions for name, repetitions in PATHS.items()}


def main():
    if not shutil.which("valgrind"):
        print("instructions: SKIPPED, valgrind is not installed (apt-get install valgrind)")
        return
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
    program, here = str(target / "release/examples/hot_paths"), circumstances()
    if "--record" in sys.argv:
        record = {**here, "instructions": count_all(program)}
        RECORD.write_text(json.dumps(record, indent=2) + "\n")
        print(RECORD.read_text(), end="")
        return
    record = json.loads(RECORD.read_text())
    if here["processor"] != record["processor"]:
        print(f"instructions: SKIPPED, recorded on {record['processor']}, this is {here['processor']}")
        return
    for what in ("rustc", "valgrind"):
        if here[what] != record[what]:
            print(f"instructions: recorded with {record[what]}, counted with {here[what]}; a jump may be due to that")
    grown = []
    for name, instructions in count_all(program).items():
        before = record["instructions"].get(name)
        change = f"{instructions / before - 1:+7.1%}" if before else "    new"
        print(f"{name:14} {instructions:>10,} instructions {change}")
        if not before or instructions > before * (1 + TOLERANCE):
            grown.append(name)
    if grown:
        sys.exit(f"more than {TOLERANCE:.0%} above bench/instructions.json: {', '.join(grown)}. "
                 "If it is worth it: make instructions-record, and say why in the commit.")


if __name__ == "__main__":
    main()
