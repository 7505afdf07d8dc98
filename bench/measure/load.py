"""wrk on a core of its own: one thread, some connections, a list of requests."""

import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "wrk" / "requests.lua"


def request(method, path, headers=None, body=None):
    """One line of a list that requests.lua reads."""
    fields = "|".join(f"{name}: {value}" for name, value in (headers or {}).items())
    return f"{method}\t{path}\t{fields}\t{'' if body is None else json.dumps(body)}"


class Requests:
    """A list of requests in a file, for as long as it is needed."""

    def __init__(self, lines):
        self.count = len(lines)
        self.file = tempfile.NamedTemporaryFile("w", prefix="doorward-bench-", suffix=".txt")
        self.file.write("\n".join(lines) + "\n")
        self.file.flush()


def start(server, requests, seconds, connections, core, timeout=30):
    return subprocess.Popen(
        ["taskset", "-c", str(core), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={timeout}s",
         "-s", str(SCRIPT), server.url, "--", requests.file.name],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )


def finish(process):
    output, _ = process.communicate()
    for line in output.splitlines():
        if line.startswith("RESULT "):
            result = json.loads(line[7:])
            result["rate"] = result["requests"] / result["seconds"] if result["seconds"] else 0.0
            return result
    raise RuntimeError(f"wrk said: {output}")


def settle(server, patience=15.0):
    """Waits until the server has done with what its last clients left behind: wrk goes without waiting for answers."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        before = server.processor_seconds()
        time.sleep(0.2)
        if server.processor_seconds() - before < 0.05:
            return


def run(server, requests, seconds, connections=32, core=1):
    """Plays the list and says rate, latencies, processor time of the server per request, and its memory at the peak."""
    before = server.processor_seconds()
    peak = {"resident_mib": 0.0, "own_mib": 0.0}
    process = start(server, requests, seconds, connections, core)
    watching = threading.Event()

    def watch():
        while not watching.wait(0.2):
            now = server.memory()
            for name in peak:
                peak[name] = max(peak[name], now[name])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = finish(process)
    finally:
        watching.set()
        watcher.join()
    spent = server.processor_seconds() - before
    result["processor_us"] = spent * 1e6 / max(1, result["requests"])
    result["memory"] = peak
    return result


def machine_noise(core, seconds=0.5):
    """How much of a core is ours: processor time of a busy loop over the wall clock. 1.0 is a quiet machine."""
    script = (f"import time\nbegan = time.process_time()\nstart = time.perf_counter()\nwhile time.perf_counter() - start < {seconds}: pass\n"
              "print(time.process_time() - began)")
    output = subprocess.run(["taskset", "-c", str(core), "python3", "-S", "-c", script], capture_output=True, text=True)
    return round(min(1.0, float(output.stdout) / seconds), 2)

