"""Ipopt with MUMPS through CasADi, on the nonlinear problems written as JSON with infix expressions."""

import json
import math
import sys
import threading

import casadi

from .protocol import answer, measure

FUNCTIONS = {name: getattr(casadi, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "erf")}
FUNCTIONS["abs"] = casadi.fabs
STATUS = {
    "Solve_Succeeded": "locallyOptimal",
    "Solved_To_Acceptable_Level": "feasible",
    "Infeasible_Problem_Detected": "locallyInfeasible",
    "Diverging_Iterates": "unbounded",
}


def read(file, options):
    with open(file) as stream:
        return json.load(stream)


def solve(problem, limit, options, incumbents):
    variables = problem["variables"]
    symbols = [casadi.SX.sym(variable["name"]) for variable in variables]
    scope = {**FUNCTIONS, **{variable["name"]: symbol for variable, symbol in zip(variables, symbols)}}

    def expression(text):
        return eval(text.replace("^", "**"), {"__builtins__": {}}, scope)

    sign = -1 if problem["sense"].startswith("max") else 1
    constraints = problem["constraints"]
    program = {
        "x": casadi.vertcat(*symbols),
        "f": sign * expression(problem["objective"]),
        "g": casadi.vertcat(*(expression(constraint["expression"]) for constraint in constraints)),
    }
    settings = {"ipopt.print_level": 0, "print_time": False, "ipopt.sb": "yes", "ipopt.max_wall_time": limit, "ipopt.max_iter": 1_000_000}
    if options["accuracy"]:
        settings["ipopt.tol"] = options["accuracy"]
    solver = casadi.nlpsol("ipopt", "ipopt", program, settings)
    result = solver(
        x0=[variable["start"] or 0 for variable in variables],
        lbx=sides(variables, "lower", -math.inf), ubx=sides(variables, "upper", math.inf),
        lbg=sides(constraints, "lower", -math.inf), ubg=sides(constraints, "upper", math.inf),
    )
    name = solver.stats()["return_status"]
    status = STATUS.get(name, "unknown")
    return answer(status, sign * float(result["f"]) if status in ("locallyOptimal", "feasible") else None, message=name)


def sides(rows, side, infinite):
    return [infinite if row[side] is None else row[side] for row in rows]


if __name__ == "__main__":
    # Long sums nest deeply in Python's parser.
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=measure, args=(read, solve, f"Ipopt in CasADi {casadi.__version__}"))
    thread.start()
    thread.join()
