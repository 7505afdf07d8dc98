"""A result as a page: the targets first, then every figure."""

from statistics import median


def targets(result):
    """(what, target, measured, met) for everything that was measured."""
    figures, found = result["figures"], []

    def rate(workload, server):
        """A figure with refusals is not a figure."""
        one = figures.get(workload, {}).get(server, {})
        return None if one.get("refused") or one.get("broken") else one.get("rate")

    def ratio(what, ours, theirs, least):
        if ours and theirs:
            found.append((what, f"at least {least:g} x", f"{ours / theirs:.2f} x", ours / theirs >= least))

    def at_most(what, value, most, unit):
        found.append((what, f"at most {most:g} {unit}", f"{value:.1f} {unit}", value <= most))

    hello = rate("hello", "axum-hello")
    ratio("get-session / better-auth", rate("get-session", "doorward"), rate("get-session", "better-auth"), 100)
    ratio("get-session / better-auth-rs", rate("get-session", "doorward"), rate("get-session", "better-auth-rs"), 6)
    ratio("get-session / axum hello", rate("get-session", "doorward"), hello, 0.5)
    ratio("token / better-auth", rate("token", "doorward"), rate("token", "better-auth"), 60)
    ratio("jwks / axum hello", rate("jwks", "doorward"), hello, 0.8)
    for algorithm, verifier in (("HS256", "jose"), ("HS256", "pyjwt"), ("EdDSA", "pyjwt"), ("RS256", "jose")):
        ours = "doorward" if algorithm == "EdDSA" else f"doorward-{algorithm}"
        theirs = f"fastapi-{verifier}-{algorithm}"
        ratio(f"tasks {algorithm} / FastAPI + {verifier}", rate(f"tasks {algorithm}", ours), rate(f"tasks {algorithm}", theirs), 8)
        ratio(f"new task {algorithm} / FastAPI + {verifier}", rate(f"new task {algorithm}", ours), rate(f"new task {algorithm}", theirs), 5)
    ratio("sign-in / better-auth", rate("sign-in", "doorward"), rate("sign-in", "better-auth"), 2)
    if result.get("hashes_per_second"):
        ratio("sign-in / what the core can hash", rate("sign-in", "doorward"), median(result["hashes_per_second"]), 0.9)
    storm = result.get("storm", {}).get("doorward")
    if storm:
        middle = {name: median(run[name] for run in storm) for name in storm[0] if name.endswith("_ms")}
        at_most("get-session while 16 sign in: p50 / quiet", middle["storm_p50_ms"] / max(middle["quiet_p50_ms"], 0.001), 2, "x")
        at_most("get-session while 16 sign in: p99 / quiet", middle["storm_p99_ms"] / max(middle["quiet_p99_ms"], 0.001), 5, "x")
        # The server has one core here, so one thread that hashes, two passwords at once: what it holds under load, and 32 MiB for each.
        at_most("memory while 16 sign in, mapped files apart", max(run["memory"]["own_mib"] for run in storm), 64 + 2 * 32, "MiB")
    for name, times in result.get("start_ms", {}).items():
        if name.startswith("doorward"):
            at_most(f"start to first answer: {name}", times["median"], 50, "ms")
    for name, limit in (("idle_memory", 20), ("loaded_memory", 64)):
        runs = result.get(name, {}).get("doorward")
        if runs:
            at_most(name.replace("_", " ") + ", mapped files apart", median(one["own_mib"] for one in runs), limit, "MiB")
    for name, largest, grown, small in grown_rates(result):
        if name in ("get-session", "tasks"):
            ratio(f"{name} at {largest:,} people / at 1,000", grown, small, 0.8)
    at_most("binary with the pages", result["binary_bytes"] / 1e6, 25, "MB")
    return found


def grown_rates(result):
    """(what, people, rate among them, rate among a thousand) for the largest file that was measured."""
    for name, sizes in result.get("growth", {}).items():
        if len(sizes) > 1:
            largest = max(sizes, key=int)
            yield name, int(largest), median(sizes[largest]), median(sizes["1000"])


def write(result, picture):
    machine = result["machine"]
    lines = [
        f"# Measured on {result['date']}", "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_mib']} MiB, Linux {machine['kernel']}; "
        f"Node {machine['node']}, Python {machine['python']}, {machine['rustc']}.",
        f"Medians of {result['rounds']} rounds of {result['seconds']} s; server on one core, wrk on the other; SQLite with "
        f"`synchronous={result['synchronous']}` on all sides.",
        f"Share of the cores that was ours (1.0: a quiet machine), per round: {result.get('noise')}.", "",
        *[f"**{name} is left out**: {reason}" for name, reason in result.get("left_out", {}).items()],
        *[f"**Not a figure**: {workload}, {server}: {one['refused']} refused, {one['broken']} broken."
          for workload, servers in result["figures"].items() for server, one in servers.items() if one["refused"] or one["broken"]],
        *([] if result["whole"] else ["**This run was not finished.**"]), "",
        f"![bars and growth]({picture})", "", "| what | target | measured | met |", "|---|---|---|---|",
    ]
    lines += [f"| {what} | {target} | {measured} | {'yes' if met else '**no**'} |" for what, target, measured, met in targets(result)]
    lines += ["", "| workload | server | requests/s (lowest to highest) | p50 ms | p99 ms | CPU us/request | peak MiB (own) | refused, broken |",
              "|---|---|---|---|---|---|---|---|"]
    for workload, servers in result["figures"].items():
        for server, one in servers.items():
            lines.append(
                f"| {workload} | {server} | {one['rate']:,.0f} ({one['lowest_rate']:,.0f} to {one['highest_rate']:,.0f}) | {one['p50_ms']:.2f} | "
                f"{one['p99_ms']:.2f} | {one['processor_us']:,.1f} | {one['memory']['resident_mib']:.0f} ({one['memory']['own_mib']:.0f}) | "
                f"{one['refused']}, {one['broken']} |")
    if result.get("hashes_per_second"):
        lines += ["", f"Password hashes per second on the server's core without a server: {median(result['hashes_per_second']):.1f}."]
    for kind, runs in result.get("storm", {}).items():
        one = {name: round(median(run[name] for run in runs), 2) for name in runs[0] if name != "memory"}
        lines += ["", f"One client reads its session while 16 sign in, {kind}: {one}; peak {max(run['memory']['own_mib'] for run in runs)} MiB."]
    for name, largest, grown, small in grown_rates(result):
        lines += ["", f"{name} at {largest:,} people: {grown:,.0f}/s, {grown / small:.2f} of the {small:,.0f}/s at 1,000."]
    for name, times in result.get("start_ms", {}).items():
        lines += ["", f"Start to first answer, {name}: {times['median']} ms ({times['lowest']} to {times['highest']})."]
    for name in ("idle_memory", "loaded_memory"):
        for kind, runs in result.get(name, {}).items():
            lines += ["", f"{name.replace('_', ' ').capitalize()}, {kind}: {median(one['resident_mib'] for one in runs)} MiB, "
                      f"of it {median(one['own_mib'] for one in runs)} MiB no mapped file."]
    return "\n".join(lines) + "\n"
