#!/usr/bin/env python3
"""Counts the instructions of the hot paths with valgrind, and compares them with the recorded figures.

    bench/instructions.py            fails when a path takes 10 % more instructions than recorded
    bench/instructions.py --record   writes bench/instructions.json

A count does not depend on how busy the machine is. It depends on the compiler and the crates, so a figure is recorded
anew when they are changed on purpose. Valgrind shows programs a processor without SHA and AVX-512 instructions: the
counts are for comparing with each other, not for guessing times.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RECORD = HERE / "instructions.json"
PATHS = {"sign": 200, "verify": 200, "verify-again": 1000, "cookie": 1000, "get-session": 300, "jwks": 300}
TOLERANCE = 0.10


def count(program, name, repetitions):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, name, str(repetitions)]
    outcome = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Collected\s*:\s*(\d+)", outcome.stderr)
    if outcome.returncode != 0 or not found:
        sys.exit(f"{name} could not be counted:\n{outcome.stderr}")
    return int(found.group(1))


def main():
    if not shutil.which("valgrind"):
        print("instructions: SKIPPED, valgrind is not installed (apt-get install valgrind)")
        return
    target = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
    program = str(target / "release/examples/hot_paths")
    counted = {}
    for name, repetitions in PATHS.items():
        counted[name] = (count(program, name, repetitions) - count(program, name, 0)) // repetitions
    if "--record" in sys.argv:
        RECORD.write_text(json.dumps(counted, indent=2) + "\n")
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    grown = []
    for name, instructions in counted.items():
        before = recorded.get(name)
        change = f"{instructions / before - 1:+7.1%}" if before else "    new"
        print(f"{name:14} {instructions:>10,} instructions {change}")
        if not before or instructions > before * (1 + TOLERANCE):
            grown.append(name)
    if grown:
        sys.exit(f"more than {TOLERANCE:.0%} above bench/instructions.json: {', '.join(grown)}. "
                 "If it is worth it: make instructions-record, and say why in the commit.")


if __name__ == "__main__":
    main()
