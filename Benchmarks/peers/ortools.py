"""OR-tools through its model builder. Option `solver`: glop, pdlp, scip or sat."""

import ortools
from ortools.linear_solver.python import model_builder

from .mps import text_of
from .protocol import Unsupported, answer, measure

STATUS = {
    "OPTIMAL": "optimal",
    "FEASIBLE": "feasible",
    "INFEASIBLE": "infeasible",
    "UNBOUNDED": "unbounded",
}


def read(file, options):
    model = model_builder.Model()
    if not model.import_from_mps_string(text_of(file)):
        raise ValueError("OR-tools can't read the file")
    return model


def parameters(options):
    """One thread, the accuracy and the gap, in each solver's own words."""
    accuracy, gap = options["accuracy"], options["gap"]
    if options["solver"] == "glop":
        return f"primal_feasibility_tolerance: {accuracy} dual_feasibility_tolerance: {accuracy}" if accuracy else ""
    if options["solver"] == "pdlp":
        eps = f"eps_optimal_absolute: {accuracy} eps_optimal_relative: {accuracy}" if accuracy else ""
        return f"num_threads: 1 termination_criteria {{ simple_optimality_criteria {{ {eps} }} }}"
    if options["solver"] == "sat":
        return f"num_workers: 1 relative_gap_limit: {gap}"
    return f"limits/gap = {gap}"


def solve(model, limit, options, incumbents):
    solver = model_builder.Solver(options["solver"])
    if not solver.solver_is_supported():
        raise Unsupported(f"this OR-tools has no {options['solver']}")
    solver.set_time_limit_in_seconds(limit)
    solver.set_solver_specific_parameters(parameters(options))
    name = solver.solve(model).name
    status = STATUS.get(name, "unknown")
    has_point = status in ("optimal", "feasible")
    return answer(
        status,
        solver.objective_value if has_point else None,
        solver.best_objective_bound if has_point and options["family"] == "mip" else None,
        message=name,
        incumbents=None,
    )


if __name__ == "__main__":
    measure(read, solve, f"OR-tools {ortools.__version__}")
