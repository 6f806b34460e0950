# SPDX-License-Identifier: MIT
"""The benchmark's part of docs/SPEED.md: a table for each mode between two marks, and the plot."""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SPEED = TOP / "docs/SPEED.md"
PLOT = TOP / "docs/speed.svg"
PLOTTED = "loaded -d 31"

WIDTH, HEIGHT, LEFT, BOTTOM, ROOM = 760, 440, 60, 50, 20
COLOURS = {"makedumpfile": "#b03a2e", "codec": "#7d7d7d", "kdump-dumper": "#1f618d"}


def short(seconds):
    """Seconds with three digits that say something."""
    return f"{seconds:.2f}" if seconds > 1 else f"{seconds:.3f}"


def cells(m, base):
    """What the table says of one row."""
    ret = [short(m["wall_s"]), f"{m['time']:.2f}"]
    if "rss_bytes" not in m:
        return ret
    work = m["user_s"] + m["sys_s"]
    ret += [short(work), f"{m['cpu']:.2f}"]
    ret += [f"{m['size'] / 1e6:.0f}", f"{m['size'] / base['size']:.3f}"] if base["size"] else ["", ""]
    return ret + [f"{m['rss_bytes'] / 2**20:.1f}"]


def table(result):
    """The rows of a mode in Markdown; the first is the measure of the others."""
    base = next(iter(result.values()))
    heads = ["program", "s", "time"]
    if "rss_bytes" in base:
        heads += ["CPU s", "CPU", "MB", "size", "peak MiB"]
    lines = [heads, ["---"] * len(heads)]
    lines += [[name.replace("|", "\\|"), *cells(m, base)] for name, m in result.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def place(text, mode, body):
    """text with body between the marks of a mode."""
    begin, end = f"<!-- bench: {mode} -->\n", "<!-- end -->"
    if begin not in text:
        raise SystemExit(f"bench: {SPEED.name} has no mark for {mode}: {begin.strip()}")
    head, rest = text.split(begin, 1)
    return head + begin + body + "\n" + end + rest.split(end, 1)[1]


# ---------------------------------------------------------------- the plot

def _point(x, y, x_max, y_min, y_max):
    return (LEFT + x / x_max * (WIDTH - LEFT - ROOM),
            HEIGHT - BOTTOM - (y - y_min) / (y_max - y_min) * (HEIGHT - BOTTOM - ROOM))


def _text(x, y, text, more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{text}</text>'


def _axes(x_max, y_min, y_max):
    left, low = _point(0, y_min, x_max, y_min, y_max)
    right, high = _point(x_max, y_max, x_max, y_min, y_max)
    yield f'<path d="M{left:.0f} {high:.0f} V{low:.0f} H{right:.0f}" fill="none" stroke="#444"/>'
    for i in range(0, int(x_max / 0.2) + 1):
        x, _ = _point(i * 0.2, y_min, x_max, y_min, y_max)
        yield _text(x, low + 18, f"{i * 0.2:.1f}", 'text-anchor="middle"')
    for i in range(int(y_min * 10), int(y_max * 10) + 1):
        _, y = _point(0, i / 10, x_max, y_min, y_max)
        yield _text(left - 8, y + 4, f"{i / 10:.1f}", 'text-anchor="end"')
    yield _text((left + right) / 2, HEIGHT - 12, "time, as a part of makedumpfile -z", 'text-anchor="middle"')
    yield _text(14, (low + high) / 2, "size, as a part of makedumpfile -z",
                f'text-anchor="middle" transform="rotate(-90 14 {(low + high) / 2:.0f})"')


def plot(result):
    """Time and size of each row but those that took over twice makedumpfile -z's time."""
    base = next(iter(result.values()))
    points = [(name, m["time"], m["size"] / base["size"]) for name, m in result.items()
              if m["time"] < 1.2 and "two at once" not in name]
    x_max = 1.2
    y_min = int(min(y for _, _, y in points) * 10) / 10 - 0.1
    y_max = int(max(y for _, _, y in points) * 10) / 10 + 0.1
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>', *_axes(x_max, y_min, y_max)]
    for i, (name, time, size) in enumerate(sorted(points, key=lambda p: p[1])):
        x, y = _point(time, size, x_max, y_min, y_max)
        colour = COLOURS[name.split()[0]]
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>',
                _text(x + 7, y + (15 if i % 2 else -5), re.sub(r"^kdump-dumper ", "", name), f'fill="{colour}"')]
    return "\n".join([*out, "</svg>"]) + "\n"


def write(where, results):
    """Puts what was measured into docs/SPEED.md; where: the machine, in a line."""
    text = SPEED.read_text()
    for mode, result in results.items():
        text = place(text, mode, f"{where}\n\n{table(result)}")
        if mode == PLOTTED:
            PLOT.write_text(plot(result))
    SPEED.write_text(text)
