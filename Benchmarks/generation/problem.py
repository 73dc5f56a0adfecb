"""A problem by columns, and its MPS file, written as it is made so that size costs no memory."""

from __future__ import annotations

import gzip
import io
import math
from dataclasses import dataclass, field
from typing import Iterable

INFINITY = math.inf


@dataclass
class Problem:
    """minimize c'x + x'Qx/2 subject to rows and bounds."""

    name: str
    rows: list[tuple[str, float]]
    """Kind (L, G or E) and right-hand side. With a range, a third member: the width of a two-sided row."""
    columns: Iterable[tuple[float, list[tuple[int, float]], float, float]]
    """Cost, entries (row, value), lower and upper bound; made while they are written."""
    quadratic: Iterable[tuple[int, int, float]] = field(default_factory=list)
    """Lower triangle of Q: row, column, value, by columns."""


@dataclass
class Size:
    rows: int
    columns: int = 0
    entries: int = 0
    quadratic: int = 0

    @property
    def scale(self):
        """All nonzeros."""
        return self.entries + self.quadratic

    def __str__(self):
        return f"{self.rows} rows, {self.columns} columns, {self.entries} nonzeros" + (
            f", {self.quadratic} quadratic" if self.quadratic else "")


def write(problem, file):
    """Writes free-format MPS, compressed if the name ends in `.gz`; the same problem gives the same bytes."""
    with open(file, "wb") as raw:
        if file.suffix != ".gz":
            return _write(problem, io.TextIOWrapper(raw, write_through=True))
        with gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=raw, mtime=0) as packed:
            return _write(problem, io.TextIOWrapper(io.BufferedWriter(packed, 1 << 20), write_through=False))


def _write(problem, out):
    size = Size(len(problem.rows))
    bounds = []
    out.write(f"NAME {problem.name}\nROWS\n N COST\n")
    out.writelines(f" {row[0]} R{index}\n" for index, row in enumerate(problem.rows))
    out.write("COLUMNS\n")
    for index, (cost, entries, lower, upper) in enumerate(problem.columns):
        lines = [f" C{index} COST {cost:.9g}\n"] if cost or not entries else []
        lines += [f" C{index} R{row} {value:.9g}\n" for row, value in entries]
        out.write("".join(lines))
        size.columns += 1
        size.entries += len(entries)
        bounds += _bounds(index, lower, upper)
    out.write("RHS\n")
    out.writelines(f" RHS R{index} {row[1]:.9g}\n" for index, row in enumerate(problem.rows) if row[1])
    if any(len(row) > 2 for row in problem.rows):
        out.write("RANGES\n")
        out.writelines(f" RNG R{index} {row[2]:.9g}\n" for index, row in enumerate(problem.rows) if len(row) > 2)
    if bounds:
        out.write("BOUNDS\n")
        out.writelines(bounds)
    for count, (row, column, value) in enumerate(problem.quadratic, 1):
        if count == 1:
            out.write("QUADOBJ\n")
        out.write(f" C{column} C{row} {value:.9g}\n")
        size.quadratic = count
    out.write("ENDATA\n")
    out.flush()
    return size


def _bounds(index, lower, upper):
    if lower == -INFINITY:
        return [f" FR BND C{index}\n"] if upper == INFINITY else [f" MI BND C{index}\n", f" UP BND C{index} {upper:.9g}\n"]
    lines = [f" LO BND C{index} {lower:.9g}\n"] if lower else []
    return lines + ([f" UP BND C{index} {upper:.9g}\n"] if upper < INFINITY else [])
