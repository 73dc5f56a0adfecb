"""Clp for LPs and Cbc for MIPs, through the C interfaces of the libraries in cbcbox."""

import ctypes
import sys
from importlib.metadata import version
from pathlib import Path

import cbcbox

from .mps import as_mps
from .protocol import answer, measure


def library(name):
    """The C functions of a COIN-OR library; those that return a pointer or a real number are declared."""
    folder = Path(cbcbox.cbc_dist_dir()) / "lib"
    suffix = "dylib" if sys.platform == "darwin" else "so"
    return ctypes.CDLL(str(folder / f"lib{name}.{suffix}"))


CLP, CBC = library("Clp"), library("Cbc")
for function in (CLP.Clp_newModel, CBC.Cbc_newModel):
    function.restype = ctypes.c_void_p
for function in (CLP.Clp_objectiveValue, CBC.Cbc_getObjValue, CBC.Cbc_getBestPossibleObjValue):
    function.restype = ctypes.c_double


def read(file, options):
    return (Clp if options["family"] == "lp" else Cbc)(as_mps(file).encode())


def solve(model, limit, options, incumbents):
    return model.solve(limit, options, incumbents)


class Clp:
    STATUS = {0: "optimal", 1: "infeasible", 2: "unbounded", 3: "unknown"}

    def __init__(self, file):
        self.model = ctypes.c_void_p(CLP.Clp_newModel())
        CLP.Clp_setLogLevel(self.model, 0)
        if CLP.Clp_readMps(self.model, file, 1, 0) != 0:
            raise ValueError("Clp can't read the file")

    def solve(self, limit, options, incumbents):
        model = self.model
        CLP.Clp_setMaximumSeconds(model, ctypes.c_double(limit))
        if options["accuracy"]:
            CLP.Clp_setPrimalTolerance(model, ctypes.c_double(options["accuracy"]))
            CLP.Clp_setDualTolerance(model, ctypes.c_double(options["accuracy"]))
        CLP.Clp_initialBarrierSolve(model) if options.get("barrier") else CLP.Clp_initialSolve(model)
        status = self.STATUS.get(CLP.Clp_status(model), "failed")
        return answer(status, CLP.Clp_objectiveValue(model) if status == "optimal" else None)


class Cbc:
    TIME_LIMIT, RELATIVE_GAP = 5, 9  # of `enum DblParam`

    def __init__(self, file):
        self.model = ctypes.c_void_p(CBC.Cbc_newModel())
        CBC.Cbc_setLogLevel(self.model, 1)  # it crashes at 0
        if CBC.Cbc_readMps(self.model, file) != 0:
            raise ValueError("Cbc can't read the file")

    def solve(self, limit, options, incumbents):
        model = self.model
        CBC.Cbc_setDblParam(model, self.TIME_LIMIT, ctypes.c_double(limit))
        CBC.Cbc_setDblParam(model, self.RELATIVE_GAP, ctypes.c_double(options["gap"]))
        CBC.Cbc_solve(model)
        objective = CBC.Cbc_getObjValue(model) if CBC.Cbc_numberSavedSolutions(model) else None
        if CBC.Cbc_isProvenOptimal(model):
            status = "optimal"
        elif CBC.Cbc_isProvenInfeasible(model):
            status = "infeasible"
        elif CBC.Cbc_isContinuousUnbounded(model):
            status = "infeasibleOrUnbounded"
        else:
            status = "unknown" if objective is None else "feasible"
        return answer(status, objective, CBC.Cbc_getBestPossibleObjValue(model), incumbents=None)


if __name__ == "__main__":
    measure(read, solve, f"COIN-OR in cbcbox {version('cbcbox')}")
