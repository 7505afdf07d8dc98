"""Starting a server on a core and a port of its own, watching it, and stopping it.

A server is a command, an environment and a path that answers. What it costs is read from /proc: processor time of the
process and its children, resident memory, and the part of it that is not a mapped file.
"""

import http.client
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Server:
    name: str
    command: list
    environment: dict
    ready: str
    core: int = 0
    port: int = 0
    log: str = os.devnull
    process: subprocess.Popen = field(default=None, repr=False)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, patience=120.0):
        """Starts it and returns the seconds until the first answer."""
        with open(self.log, "ab") as log:
            started = time.perf_counter()
            self.process = subprocess.Popen(
                ["taskset", "-c", str(self.core), *self.command],
                env={**os.environ, **self.environment}, stdout=log, stderr=log, start_new_session=True,
            )
        while True:
            try:
                self.get(self.ready)
                return time.perf_counter() - started
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.name} ended with {self.process.returncode}; see {self.log}") from None
                if time.perf_counter() - started > patience:
                    self.stop()
                    raise RuntimeError(f"{self.name} did not answer; see {self.log}") from None
                time.sleep(0.001)

    def get(self, path, headers=None, method="GET", body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def stop(self):
        if self.process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                break
            try:
                self.process.wait(10)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def processes(self):
        """The process and its descendants."""
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            try:
                with open(f"/proc/{pid}/task/{pid}/children") as children:
                    waiting += [int(child) for child in children.read().split()]
            except OSError:
                pass
        return found

    def processor_seconds(self):
        total = 0
        for pid in self.processes():
            try:
                with open(f"/proc/{pid}/stat") as stat:
                    columns = stat.read().rsplit(")", 1)[1].split()
                total += int(columns[11]) + int(columns[12])
            except OSError:
                pass
        return total / TICK

    def memory(self):
        """MiB: everything resident, and the part of it that is no mapped file."""
        sums = {"VmRSS": 0, "RssAnon": 0}
        for pid in self.processes():
            try:
                with open(f"/proc/{pid}/status") as status:
                    for line in status:
                        name, _, value = line.partition(":")
                        if name in sums:
                            sums[name] += int(value.split()[0])
            except OSError:
                pass
        return {"resident_mib": round(sums["VmRSS"] / 1024, 1), "own_mib": round(sums["RssAnon"] / 1024, 1)}
