"""A result as one SVG: bars of requests per second (logarithmic), and the curve of growth."""

from html import escape
from math import log10
from statistics import median

WIDTH, ROW, LEFT = 860, 20, 320
COLOURS = {"doorward": "#0b6e4f", "better-auth-rs": "#c97b78", "better-auth": "#b0413e", "fastapi": "#d08c2f", "axum-hello": "#8a8f98"}


def colour(server):
    return next((value for name, value in COLOURS.items() if server.startswith(name)), "#444444")


def text(x, y, words, size=12, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'


def bars(figures, top):
    rows = [(workload, server, one["rate"]) for workload, servers in figures.items() for server, one in servers.items()]
    longest = max([rate for _, _, rate in rows], default=1)
    scale = (WIDTH - LEFT - 90) / max(1.0, log10(max(longest, 10)))
    parts, y, last = [text(10, top, "Requests per second on one core (logarithmic)", 15)], top + 12, None
    for workload, server, rate in rows:
        y += 6 if last not in (None, workload) else 0
        length = max(1.0, log10(max(rate, 1.0)) * scale)
        parts += [text(LEFT - 8, y + 14, f"{workload} · {server}", 12, "end"),
                  f'<rect x="{LEFT}" y="{y + 2}" width="{length:.1f}" height="{ROW - 5}" fill="{colour(server)}"/>',
                  text(LEFT + length + 6, y + 14, f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}")]
        y, last = y + ROW, workload
    return parts, y + 30


def growth(found, top):
    if not found:
        return [], top
    left, right, height = 80, WIDTH - 200, 200
    points = {name: [(int(people), median(rates)) for people, rates in sizes.items()] for name, sizes in found.items()}
    highest = max(rate for line in points.values() for _, rate in line)
    sizes = sorted({people for line in points.values() for people, _ in line})
    across = lambda people: left + (right - left) * ((log10(people) - log10(sizes[0])) / max(0.1, log10(sizes[-1] / sizes[0])))
    down = lambda rate: top + 36 + height * (1 - rate / highest)
    parts = [text(10, top, "Growth: requests per second by people in the file", 15),
             f'<path d="M{left},{top + 36} V{top + 36 + height} H{right}" fill="none" stroke="#8a8f98"/>']
    parts += [text(across(people), top + 54 + height, f"{people:,}", 12, "middle") for people in sizes]
    for (name, line), stroke in zip(points.items(), ("#0b6e4f", "#2f6db0", "#8a8f98")):
        path = " ".join(f"{across(people):.1f},{down(rate):.1f}" for people, rate in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(people):.1f}" cy="{down(rate):.1f}" r="3" fill="{stroke}"/>'
                  + text(across(people), down(rate) - 8, f"{rate:,.0f}", 11, "middle") for people, rate in line]
        parts.append(text(across(line[-1][0]) + 40, down(line[-1][1]) + 4, name))
    return parts, top + height + 76


def draw(result):
    parts, y = bars(result["figures"], 30)
    more, y = growth(result.get("growth"), y)
    body = "\n".join(parts + more)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y:.0f}" font-family="system-ui, sans-serif" fill="#1d2733">\n'
            f'<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n')
