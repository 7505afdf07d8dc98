"""What is asked of the servers: lists of requests, and the measurements that are more than one rate."""

import random
import subprocess
import time

from . import data, load
from .load import Requests, request
from .peers import BASE, ORIGIN

JSON = {"Content-Type": "application/json", "Origin": ORIGIN}
#: People whose sessions rotate in a list.
HOT = 1000


def get_session(people):
    return Requests([request("GET", f"{BASE}/get-session", {"Cookie": data.cookie_of(n)}) for n in data.sample(people, HOT)])


def token(people):
    return Requests([request("GET", f"{BASE}/token", {"Cookie": data.cookie_of(n)}) for n in data.sample(people, HOT)])


def jwks():
    return Requests([request("GET", f"{BASE}/jwks")])


def hello():
    return Requests([request("GET", "/")])


def read_tasks(bearers):
    return Requests([request("GET", "/api/tasks", {"Authorization": f"Bearer {bearer}"}) for bearer in bearers])


def read_tasks_anew(bearers):
    """Each person asks for another number of tasks than before: pages that Doorward does not remember."""
    return Requests([
        request("GET", f"/api/tasks?limit={limit}", {"Authorization": f"Bearer {bearer}"}) for limit in (100, 101) for bearer in bearers])


def write_tasks(bearers):
    return Requests([
        request("POST", "/api/tasks", {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
                {"title": f"Water the plants {index}"}) for index, bearer in enumerate(bearers)])


def sign_in(people):
    return Requests([
        request("POST", f"{BASE}/sign-in/email", JSON, {"email": data.email_of(n), "password": data.PASSWORD})
        for n in data.sample(people, HOT, seed=2)])


def sign_up(count=20_000):
    run = f"{time.time_ns():x}"
    return Requests([
        request("POST", f"{BASE}/sign-up/email", JSON,
                {"name": "New", "email": f"new-{run}-{n}@example.com", "password": data.PASSWORD}) for n in range(count)])


def refresh(first, count):
    """Each refresh token is good once, so every request has its own."""
    return Requests([
        request("POST", f"{BASE}/refresh", {"Content-Type": "application/json"}, {"refreshToken": data.refresh_token_of(n)})
        for n in range(first, first + count)])


def mixed_day(people, bearers):
    """95 % reads of sessions and tasks, half each, 4 % new tasks, 1 % sign-ins."""
    draw = random.Random(3)
    lines = []
    numbers = data.sample(people, HOT, seed=4)
    for index in range(20_000):
        number, bearer, chance = numbers[index % len(numbers)], bearers[index % len(bearers)], draw.random()
        authorization = {"Authorization": f"Bearer {bearer}"}
        if chance < 0.475:
            lines.append(request("GET", f"{BASE}/get-session", {"Cookie": data.cookie_of(number)}))
        elif chance < 0.95:
            lines.append(request("GET", "/api/tasks?limit=20", authorization))
        elif chance < 0.99:
            lines.append(request("POST", "/api/tasks", {**authorization, "Content-Type": "application/json"}, {"title": "A task"}))
        else:
            lines.append(request("POST", f"{BASE}/sign-in/email", JSON, {"email": data.email_of(number), "password": data.PASSWORD}))
    return Requests(lines)


def storm(server, people, seconds, client_core):
    """One client reads its session in peace, and then while 16 others sign in."""
    alone, crowd = get_session(people), sign_in(people)
    load.settle(server)
    quiet = load.run(server, alone, seconds, connections=1, core=client_core)
    hashing = load.start(server, crowd, seconds + 1, 16, client_core)
    time.sleep(0.5)
    loud = load.run(server, alone, seconds, connections=1, core=client_core)
    signed_in = load.finish(hashing)
    return {
        "quiet_p50_ms": quiet["p50_ms"], "quiet_p99_ms": quiet["p99_ms"], "storm_p50_ms": loud["p50_ms"],
        "storm_p99_ms": loud["p99_ms"], "sign_ins_per_second": signed_in["rate"], "refused": signed_in["refused"],
        "memory": loud["memory"],
    }


def hashes_per_second(program, core, seconds=2.0):
    """How many of Better Auth's scrypt hashes the core can do, without a server around them."""
    output = subprocess.run(["taskset", "-c", str(core), program, "hash", str(seconds)], capture_output=True, text=True, check=True)
    return float(output.stdout)
