"""A nonlinear problem of the JSON format as CasADi's scalar expressions."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import dataclass

import casadi

from .expressions import evaluate

FUNCTIONS = {name: getattr(casadi, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "erf")}
FUNCTIONS.update(abs=casadi.fabs, arctan=casadi.atan)


@dataclass
class Model:
    """minimize the objective subject to lower <= x <= upper and row_lower <= rows <= row_upper."""

    x: casadi.SX
    objective: casadi.SX
    rows: casadi.SX
    start: list[float]
    lower: list[float]
    upper: list[float]
    row_lower: list[float]
    row_upper: list[float]
    sign: float
    """-1 if the file maximizes; the objective here is the negated one then."""

    @classmethod
    def read(cls, file):
        with (gzip.open(file) if str(file).endswith(".gz") else open(file, "rb")) as stream:
            problem = json.load(stream)
        variables, constraints = problem["variables"], problem["constraints"]
        x = casadi.SX.sym("x", len(variables))
        symbols = {variable["name"]: symbol for variable, symbol in zip(variables, casadi.vertsplit(x))}
        sign = -1.0 if problem["sense"].startswith("max") else 1.0
        rows = [casadi.SX(evaluate(row["expression"], symbols, FUNCTIONS)) for row in constraints]
        return cls(
            x, casadi.SX(sign * evaluate(problem["objective"], symbols, FUNCTIONS)), casadi.vertcat(*rows) if rows else casadi.SX(0, 1),
            [variable["start"] or 0.0 for variable in variables],
            sides(variables, "lower", -math.inf), sides(variables, "upper", math.inf),
            sides(constraints, "lower", -math.inf), sides(constraints, "upper", math.inf), sign,
        )


def sides(rows, side, infinite):
    return [infinite if row[side] is None else row[side] for row in rows]
