"""SCS's operator splitting."""

import scs
from scipy import sparse

from .matrices import read
from .protocol import answer, measure

STATUS = {
    "solved": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
}


def solve(problem, limit, options, incumbents):
    A, b, equations = problem.as_cone_rows()
    accuracy = {"eps_abs": options["accuracy"], "eps_rel": options["accuracy"]} if options["accuracy"] else {}
    solver = scs.SCS(
        {"P": sparse.triu(problem.P, format="csc"), "A": A, "b": b, "c": problem.c},
        {"z": equations, "l": len(b) - equations},
        verbose=False, time_limit_secs=limit, max_iters=100_000_000, **accuracy,
    )
    solution = solver.solve()
    name = solution["info"]["status"]
    status = STATUS.get(name, "unknown")
    return answer(status, problem.objective(solution["x"]) if status == "optimal" else None, message=name)


if __name__ == "__main__":
    measure(read, solve, f"SCS {scs.__version__}")
