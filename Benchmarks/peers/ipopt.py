"""Ipopt with MUMPS through CasADi, on the nonlinear problems written as JSON with infix expressions.

Reading makes CasADi's expressions, one scalar operation after the other; solving differentiates them and runs Ipopt. The
answer tells `iterations`, `function_evaluations` (of the objective, by Ipopt), `setup_seconds` (differentiation, within
`solve_seconds`) and, from CasADi's own derivatives at the point, `violation`, `dual_residual` and `complementarity`.
"""

import math

import casadi

from .casadi_model import Model
from .protocol import answer, measure

STATUS = {
    "Solve_Succeeded": "locallyOptimal",
    "Solved_To_Acceptable_Level": "feasible",
    "Infeasible_Problem_Detected": "locallyInfeasible",
    "Diverging_Iterates": "unbounded",
}


def read(file, options):
    return Model.read(file)


def solve(model, limit, options, incumbents):
    settings = {"ipopt.print_level": 0, "print_time": False, "ipopt.sb": "yes", "ipopt.max_wall_time": limit, "ipopt.max_iter": 1_000_000}
    if options["accuracy"]:
        settings["ipopt.tol"] = options["accuracy"]
    solver = casadi.nlpsol("ipopt", "ipopt", {"x": model.x, "f": model.objective, "g": model.rows}, settings)
    setup = incumbents.elapsed
    result = solver(x0=model.start, lbx=model.lower, ubx=model.upper, lbg=model.row_lower, ubg=model.row_upper)
    statistics = solver.stats()
    name = statistics["return_status"]
    status = STATUS.get(name, "unknown")
    value = model.sign * float(result["f"])
    return answer(
        status, value if status in ("locallyOptimal", "feasible") else None, message=name,
        iterations=statistics["iter_count"], function_evaluations=statistics["n_call_nlp_f"],
        setup_seconds=setup - incumbents.read_seconds, unmeasured=lambda: quality(solver, model, result),
    )


def quality(solver, model, result):
    """Largest entries: violation of bounds and rows, relative to the larger of 1 and the side; the gradient of the Lagrangian;
    complementarity.
    """
    point, rows = result["x"].full().ravel(), result["g"].full().ravel()
    bound_dual, row_dual = result["lam_x"].full().ravel(), result["lam_g"].full().ravel()
    sides = [*zip(point, model.lower, model.upper, bound_dual), *zip(rows, model.row_lower, model.row_upper, row_dual)]
    slope = casadi.gradient(model.objective + casadi.dot(casadi.DM(row_dual), model.rows), model.x)
    residual = casadi.Function("slope", [model.x], [slope])(point).full().ravel() + bound_dual
    return {
        "violation": max((outside(value, low, high) for value, low, high, _ in sides), default=0.0),
        "dual_residual": float(max(abs(residual), default=0.0)),
        "complementarity": max((complementarity(*side) for side in sides), default=0.0),
    }


def outside(value, low, high):
    gaps = ((low - value, low), (value - high, high))
    return max((gap / max(1.0, abs(side)) for gap, side in gaps if gap > 0), default=0.0)


def complementarity(value, low, high, dual):
    """CasADi's multipliers are positive at the upper side; where there is no side, all of the multiplier is an error."""
    distance = abs(high - value if dual > 0 else value - low)
    return abs(dual) * distance if math.isfinite(distance) else abs(dual)


if __name__ == "__main__":
    measure(read, solve, f"Ipopt in CasADi {casadi.__version__}")
