"""Clarabel's interior point method."""

import clarabel
from scipy import sparse

from .matrices import read
from .protocol import answer, measure

STATUS = {
    "Solved": "optimal",
    "PrimalInfeasible": "infeasible",
    "DualInfeasible": "unbounded",
}


def solve(problem, limit, options, incumbents):
    A, b, equations = problem.as_cone_rows()
    cones = [clarabel.ZeroConeT(equations), clarabel.NonnegativeConeT(len(b) - equations)]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.time_limit = limit
    settings.max_threads = 1
    if options["accuracy"]:
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = options["accuracy"]
    solution = clarabel.DefaultSolver(sparse.triu(problem.P, format="csc"), problem.c, A, b, cones, settings).solve()
    name = str(solution.status)
    return answer(
        STATUS.get(name, "unknown"),
        problem.sign * solution.obj_val + problem.constant if name == "Solved" else None,
        message=name,
    )


if __name__ == "__main__":
    measure(read, solve, f"Clarabel {clarabel.__version__}")
