"""Clarabel on a conic program."""

import clarabel
import numpy as np
from scipy import sparse

from .program import dimension

STATUS = {
    "Solved": "optimal",
    "AlmostSolved": "nearly optimal",
    "PrimalInfeasible": "infeasible",
    "DualInfeasible": "unbounded",
    "AlmostPrimalInfeasible": "nearly infeasible",
    "AlmostDualInfeasible": "nearly unbounded",
}


def solve(program, accuracy=1e-8, limit=60):
    """Status word, objective, iterations, seconds."""
    n = len(program.c)
    map_rows = []
    cones = []
    if len(program.b):
        cones.append(clarabel.ZeroConeT(len(program.b)))
    for cone in program.cones:
        size = dimension(cone)
        block = sparse.identity(size, format="lil")
        match cone:
            case ("nonnegative", _):
                cones.append(clarabel.NonnegativeConeT(size))
            case ("second-order", _):
                cones.append(clarabel.SecondOrderConeT(size))
            case ("rotated", _):
                root = np.sqrt(0.5)
                block[0, 0] = block[0, 1] = block[1, 0] = root
                block[1, 1] = -root
                cones.append(clarabel.SecondOrderConeT(size))
            case ("exponential",):
                cones.append(clarabel.ExponentialConeT())
            case ("power", exponent):
                cones.append(clarabel.PowerConeT(exponent))
            case ("semidefinite", order):
                cones.append(clarabel.PSDTriangleConeT(order))
        map_rows.append(block)
    T = sparse.block_diag(map_rows, format="csc") if map_rows else sparse.csc_matrix((0, 0))
    A = sparse.vstack([program.A, -(T @ program.G)], format="csc")
    b = np.concatenate([program.b, T @ program.h])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.time_limit = limit
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = accuracy
    result = clarabel.DefaultSolver(sparse.csc_matrix((n, n)), program.c, A, b, cones, settings).solve()
    return STATUS.get(str(result.status), "unknown"), result.obj_val, result.iterations, result.solve_time
