"""PIQP's proximal interior point method. It has no time limit of its own."""

from importlib.metadata import version

import piqp

from .matrices import read
from .protocol import answer, measure

STATUS = {
    "PIQP_SOLVED": "optimal",
    "PIQP_PRIMAL_INFEASIBLE": "infeasible",
    "PIQP_DUAL_INFEASIBLE": "unbounded",
}


def solve(problem, limit, options, incumbents):
    equal = problem.rows_lower == problem.rows_upper
    rows = problem.A.tocsr()
    solver = piqp.SparseSolver()
    if options["accuracy"]:
        settings = solver.settings
        settings.eps_abs = settings.eps_rel = options["accuracy"]
        settings.eps_duality_gap_abs = settings.eps_duality_gap_rel = options["accuracy"]
    solver.setup(
        problem.P, problem.c,
        rows[equal].tocsc(), problem.rows_upper[equal],
        rows[~equal].tocsc(), problem.rows_lower[~equal], problem.rows_upper[~equal],
        problem.lower, problem.upper,
    )
    name = solver.solve().name
    status = STATUS.get(name, "unknown")
    return answer(status, problem.objective(solver.result.x) if status == "optimal" else None, message=name)


if __name__ == "__main__":
    measure(read, solve, f"PIQP {version('piqp')}")
