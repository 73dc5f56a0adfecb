"""HiGHS through highspy. Options: `solver` and `run_crossover`, as HiGHS knows them."""

import highspy

from .mps import as_mps
from .protocol import answer, measure

STATUS = {
    "kOptimal": "optimal",
    "kModelEmpty": "optimal",
    "kInfeasible": "infeasible",
    "kUnbounded": "unbounded",
    "kUnboundedOrInfeasible": "infeasibleOrUnbounded",
}


def read(file, options):
    highs = highspy.Highs()
    highs.silent()
    if highs.readModel(as_mps(file)) == highspy.HighsStatus.kError:
        raise ValueError("HiGHS can't read the file")
    return highs


def solve(highs, limit, options, incumbents):
    settings = {"time_limit": limit, "threads": 1, "parallel": "off", "mip_rel_gap": options["gap"]}
    if options["accuracy"]:
        settings["kkt_tolerance"] = options["accuracy"]
    settings.update({name: options[name] for name in ("solver", "run_crossover") if name in options})
    for name, value in settings.items():
        highs.setOptionValue(name, value)
    is_mip = any(kind != highspy.HighsVarType.kContinuous for kind in highs.getLp().integrality_)
    if is_mip:
        highs.cbMipImprovingSolution.subscribe(lambda event: incumbents.found(event.data_out.objective_function_value))
    highs.run()
    info = highs.getInfo()
    status = STATUS.get(highs.getModelStatus().name, "unknown")
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if status == "unknown" and has_point and is_mip:
        status = "feasible"
    return answer(
        status,
        info.objective_function_value if has_point else None,
        info.mip_dual_bound if is_mip else None,
        message=highs.modelStatusToString(highs.getModelStatus()),
    )


if __name__ == "__main__":
    measure(read, solve, "HiGHS " + highspy.Highs().version())
