"""SCIP through PySCIPOpt."""

from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model

from .mps import as_mps
from .protocol import answer, measure

STATUS = {
    "optimal": "optimal",
    "gaplimit": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "inforunbd": "infeasibleOrUnbounded",
}


class NewIncumbent(Eventhdlr):
    def __init__(self, incumbents):
        self.incumbents = incumbents

    def eventinit(self):
        self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexit(self):
        self.model.dropEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexec(self, event):
        self.incumbents.found(self.model.getSolObjVal(self.model.getBestSol()))


def read(file, options):
    model = Model()
    model.hideOutput()
    model.readProblem(as_mps(file))
    return model


def solve(model, limit, options, incumbents):
    model.setParams({
        "limits/time": limit, "limits/gap": options["gap"], "lp/threads": 1, "parallel/maxnthreads": 1,
    })
    model.includeEventhdlr(NewIncumbent(incumbents), "incumbents", "notes each new incumbent")
    model.optimize()
    name = model.getStatus()
    has_point = model.getNSols() > 0
    status = STATUS.get(name, "feasible" if has_point else "unknown")
    return answer(status, model.getObjVal() if has_point else None, model.getDualbound(), message=name)


if __name__ == "__main__":
    version = Model()
    measure(read, solve, f"SCIP {version.getMajorVersion()}.{version.getMinorVersion()}.{version.getTechVersion()}")
