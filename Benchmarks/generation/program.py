"""A nonlinear program by scalar expressions, and its JSON file."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import dataclass, field


@dataclass
class Size:
    constraints: int
    variables: int

    @property
    def scale(self):
        return self.variables

    def __str__(self):
        return f"{self.variables} variables, {self.constraints} constraints"


@dataclass
class Program:
    """minimize the sum of the terms subject to constraints and bounds; variables are called x1, x2, ..."""

    name: str
    bounds: list[tuple[float, float, float]] = field(default_factory=list)
    """Lower and upper bound and starting value of each variable."""
    terms: list[str] = field(default_factory=list)
    """Of the objective. A term doesn't begin with a sign."""
    rows: list[tuple[str, float, float]] = field(default_factory=list)
    """Expression, lower and upper side."""

    def variable(self, start=0.0, lower=-math.inf, upper=math.inf):
        """Adds one and returns its name."""
        self.bounds.append((lower, upper, start))
        return f"x{len(self.bounds)}"

    def equation(self, expression, value=0.0):
        self.rows.append((expression, value, value))

    def between(self, expression, lower=-math.inf, upper=math.inf):
        self.rows.append((expression, lower, upper))

    def write(self, file):
        """Writes JSON, compressed if the name ends in `.gz`, and returns the size; the same program gives the same bytes."""
        with open(file, "wb") as raw:
            if file.suffix != ".gz":
                raw.writelines(self.lines())
            else:
                with gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=raw, mtime=0) as packed:
                    packed.write(b"".join(self.lines()))
        return Size(len(self.rows), len(self.bounds))

    def lines(self):
        yield encoded(f'{{\n"name": {json.dumps(self.name)},\n"sense": "minimize",\n"variables": [\n')
        last = len(self.bounds)
        for count, (lower, upper, start) in enumerate(self.bounds, 1):
            yield encoded(
                f'{{"name": "x{count}", "lower": {number(lower)}, "upper": {number(upper)}, "start": {number(start)}}}'
                f"{',' if count < last else ''}\n")
        yield encoded(f'],\n"objective": "{" + ".join(self.terms)}",\n"constraints": [\n')
        last = len(self.rows)
        for count, (expression, lower, upper) in enumerate(self.rows, 1):
            yield encoded(
                f'{{"name": "e{count}", "expression": "{expression}", "lower": {number(lower)}, "upper": {number(upper)}}}'
                f"{',' if count < last else ''}\n")
        yield encoded("]\n}\n")


def number(value):
    return f"{value:.12g}" if math.isfinite(value) else "null"


def encoded(text):
    return text.encode("ascii")
