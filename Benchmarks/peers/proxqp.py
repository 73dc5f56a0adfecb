"""ProxQP's sparse augmented Lagrangian method. It has no time limit of its own."""

from importlib.metadata import version

from proxsuite import proxqp

from .matrices import read
from .protocol import answer, measure

STATUS = {
    "PROXQP_SOLVED": "optimal",
    "PROXQP_PRIMAL_INFEASIBLE": "infeasible",
    "PROXQP_DUAL_INFEASIBLE": "unbounded",
}


def solve(problem, limit, options, incumbents):
    A, low, high = problem.with_bounds_as_rows()
    A, equal = A.tocsr(), low == high
    solver = proxqp.sparse.QP(len(problem.c), int(equal.sum()), int((~equal).sum()))
    solver.settings.max_iter = 1_000_000
    if options["accuracy"]:
        solver.settings.eps_abs = solver.settings.eps_rel = options["accuracy"]
        solver.settings.check_duality_gap = True
        solver.settings.eps_duality_gap_abs = solver.settings.eps_duality_gap_rel = options["accuracy"]
    solver.init(
        problem.P, problem.c, A[equal].tocsc(), high[equal], A[~equal].tocsc(), low[~equal], high[~equal]
    )
    solver.solve()
    name = solver.results.info.status.name
    status = STATUS.get(name, "unknown")
    return answer(status, problem.objective(solver.results.x) if status == "optimal" else None, message=name)


if __name__ == "__main__":
    measure(read, solve, f"ProxQP {version('proxsuite')}")
