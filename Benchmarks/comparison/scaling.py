"""Growth of time and memory with size: the runs, and the slopes fitted to them."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, fields

from .instances import inspect
from .judgement import MEMORY_FLOOR
from .tournament import compete

SECONDS_FLOOR = 0.05
"""Below, the start of a program hides how time grows."""


@dataclass(frozen=True)
class Point:
    """What one contestant did at one size; all numbers are None without a right answer, counts also if it keeps them to itself."""

    contestant: str
    size: int
    verdict: str
    seconds: float | None
    memory: float | None
    iterations: int | None = None
    evaluations: int | None = None
    """Of the objective."""


def climb(files, contestants, options, tolerance, arguments, say):
    """Points of growing size. A contestant that doesn't solve one size isn't asked for larger ones."""
    points, running = [], list(contestants)
    for size, file in files:
        if not running:
            break
        record = compete(inspect(file), running, options, tolerance, arguments, say)
        for contestant in list(running):
            result = record["results"][contestant.name]
            right = result["verdict"] == "right"
            known = result if right else {}
            points.append(Point(
                contestant.name, size, result["verdict"], known.get("seconds"), known.get("memory"), known.get("iterations"),
                known.get("function_evaluations"),
            ))
            if not right:
                running.remove(contestant)
    return points


def slope(pairs, floor):
    """Exponent p of the least-squares fit value = c size^p in logarithms; None for fewer than two values.

    Counts values of at least the floor and twice the first, which at small sizes is what any run takes.
    """
    known = [(size, value) for size, value in pairs if value is not None]
    least = max(floor, 2 * known[0][1]) if known else floor
    logs = [(math.log(size), math.log(value)) for size, value in known if value >= least]
    if len(logs) < 2:
        return None
    middle_x, middle_y = (sum(side) / len(logs) for side in zip(*logs))
    spread = sum((x - middle_x) ** 2 for x, _ in logs)
    return sum((x - middle_x) * (y - middle_y) for x, y in logs) / spread if spread else None


def slopes(points):
    """For each contestant, in order: exponents of time and of memory."""
    result = {}
    for name in dict.fromkeys(point.contestant for point in points):
        mine = [point for point in points if point.contestant == name]
        result[name] = (
            slope([(point.size, point.seconds) for point in mine], SECONDS_FLOOR),
            slope([(point.size, point.memory) for point in mine], MEMORY_FLOOR),
        )
    return result


def write_csv(points, unit, file):
    with open(file, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["contestant", unit, "verdict", "seconds", "memory_bytes", "iterations", "function_evaluations"])
        writer.writerows(
            [getattr(point, field.name) for field in fields(Point)] for point in points
        )
