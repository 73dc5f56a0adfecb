"""Tables for people."""

from __future__ import annotations

import sys

MEGABYTE = 1e6


def table(rows, header, left=(0,)):
    """Rows of cells as aligned text; the columns `left` to the left, the others to the right."""
    rows = [header] + [[cell if cell is not None else "-" for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def seconds(value):
    return None if value is None else f"{value:.3f}" if value < 100 else f"{value:.0f}"


def ratio(value, base):
    return f"{value / base:.2f}" if value is not None and base else None


def count(value):
    return None if value is None else f"{value:g}"


def megabytes(value):
    return None if value is None else f"{value / MEGABYTE:.1f}"


def optimum(value):
    return value if isinstance(value, str) or value is None else f"{value:.10g}"


def cell(result):
    """Seconds if the answer is right, else the verdict."""
    return seconds(result["seconds"]) if result["verdict"] == "right" else result["verdict"]


def answers(family):
    """One line an instance, one column a contestant."""
    names = [contestant["name"] for contestant in family["contestants"]]
    rows = [
        [instance["name"], optimum(instance["reference"])] + [cell(instance["results"][name]) for name in names]
        for instance in family["instances"]
    ]
    return table(rows, ["instance", "optimum"] + names)


def troubles(family):
    """Every wrong or failed answer, and every published value that the contestants agree to contradict."""
    lines = []
    for instance in family["instances"]:
        for name, result in instance["results"].items():
            if result["verdict"] == "wrong":
                claim = f"{result['status']} {optimum(result.get('objective')) or ''}".strip()
                error = f", relative error {result['error']:.1e}" if result["error"] is not None else ""
                published = optimum(instance["reference"])
                lines.append(f"wrong: {name} on {instance['name']}: {claim} instead of {published}{error}")
            elif result["verdict"] == "failed":
                lines.append(f"failed: {name} on {instance['name']}: {result.get('message')}")
        if instance["disputed"] is not None:
            lines.append(
                f"disputed: {instance['name']}: the contestants agree on {optimum(instance['disputed'])}, "
                f"{optimum(instance['reference'])} is published"
            )
    return "\n".join(lines)


def summary(family):
    """One line a contestant; ratios are to the first."""
    base = family["contestants"][0]

    def columns(contestant):
        yield "contestant", contestant["name"]
        yield "right", f"{contestant['right']}/{len(family['instances'])}"
        yield "wrong", str(contestant["wrong"])
        if family["family"] == "nlp":
            yield "local", str(contestant["local"])
        yield "unfinished", str(contestant["unfinished"])
        yield "failed", str(contestant["failed"] + contestant["unsupported"])
        yield "mean s", seconds(contestant["mean"])
        yield "ratio", ratio(contestant["mean"], base["mean"])
        yield "both right", ratio(contestant["ratio_both"], 1)
        yield "peak MB", megabytes(contestant["memory"])
        yield "memory ratio", ratio(contestant["memory_ratio"], 1)
        if family["family"] == "nlp":
            yield "iterations", count(contestant["iterations_median"])
            yield "evaluations", count(contestant["function_evaluations_median"])
            yield "evaluation ratio", ratio(contestant["function_evaluations_ratio"], 1)
        if family["family"] == "mip":
            yield "primal integral", seconds(contestant["primal_integral"])
        yield "version", contestant["version"]

    rows = [dict(columns(contestant)) for contestant in family["contestants"]]
    return table([list(row.values()) for row in rows], list(rows[0]))


def reading(family):
    """Megabytes of uncompressed text a second, and peak memory as a multiple of the text."""
    names = [contestant["name"] for contestant in family["contestants"]]

    def speed(instance, name):
        size, result = instance["size"], instance["results"][name]
        if not result.get("read_seconds"):
            return result["verdict"]
        return f"{size / MEGABYTE / result['read_seconds']:.0f} ({result['memory'] / size:.1f}x)"

    rows = [
        [instance["name"], megabytes(instance["size"])] + [speed(instance, name) for name in names]
        for instance in family["instances"]
    ]
    return table(rows, ["instance", "MB"] + [f"{name} MB/s (memory)" for name in names])


def say(text):
    """One line of progress that the next one replaces; nothing if nobody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
