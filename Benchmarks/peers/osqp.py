"""OSQP's operator splitting."""

import osqp
from scipy import sparse

from .matrices import read
from .protocol import answer, measure

STATUS = {
    "solved": "optimal",
    "primal infeasible": "infeasible",
    "dual infeasible": "unbounded",
}


def solve(problem, limit, options, incumbents):
    A, low, high = problem.with_bounds_as_rows()
    accuracy = {"eps_abs": options["accuracy"], "eps_rel": options["accuracy"]} if options["accuracy"] else {}
    solver = osqp.OSQP()
    solver.setup(
        sparse.triu(problem.P, format="csc"), problem.c, A, low, high,
        verbose=False, time_limit=limit, max_iter=100_000_000, **accuracy,
    )
    solution = solver.solve()
    status = STATUS.get(solution.info.status, "unknown")
    return answer(status, problem.objective(solution.x) if status == "optimal" else None, message=solution.info.status)


if __name__ == "__main__":
    measure(read, solve, f"OSQP {osqp.__version__}")
