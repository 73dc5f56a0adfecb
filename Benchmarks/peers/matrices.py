"""LPs and QPs as matrices, for the solvers that read no files. HiGHS reads them.

    minimize  c'x + x'Px/2 + constant   subject to   rows_lower <= Ax <= rows_upper,  lower <= x <= upper

`sign` is -1 where the file maximizes: `c` and `P` are negated then, `objective` gives the file's own value.
"""

import highspy
import numpy as np
from scipy import sparse

from .mps import as_mps
from .protocol import Unsupported


class Matrices:
    def __init__(self, file):
        highs = highspy.Highs()
        highs.silent()
        if highs.readModel(as_mps(file)) == highspy.HighsStatus.kError:
            raise ValueError("HiGHS can't read the file")
        model = highs.getModel()
        lp, hessian = model.lp_, model.hessian_
        if any(kind != highspy.HighsVarType.kContinuous for kind in lp.integrality_):
            raise Unsupported("integer variables")
        columns, rows = lp.num_col_, lp.num_row_
        self.sign = -1.0 if lp.sense_ == highspy.ObjSense.kMaximize else 1.0
        self.constant = lp.offset_
        self.c = self.sign * np.array(lp.col_cost_)
        self.A = _compressed(lp.a_matrix_, (rows, columns))
        self.rows_lower, self.rows_upper = _bounds(lp.row_lower_, lp.row_upper_)
        self.lower, self.upper = _bounds(lp.col_lower_, lp.col_upper_)
        if hessian.dim_:
            triangle = _compressed(hessian, (columns, columns))
            self.P = self.sign * (triangle + sparse.tril(triangle, -1).T + sparse.triu(triangle, 1).T).tocsc()
        else:
            self.P = sparse.csc_matrix((columns, columns))

    def objective(self, x):
        return self.sign * (self.c @ x + x @ (self.P @ x) / 2) + self.constant

    def with_bounds_as_rows(self):
        """`A`, lower and upper side, with one more row for each bounded column."""
        bounded = np.flatnonzero(np.isfinite(self.lower) | np.isfinite(self.upper))
        A = sparse.vstack([self.A, sparse.eye(len(self.c), format="csr")[bounded]], format="csc")
        return (
            A,
            np.concatenate([self.rows_lower, self.lower[bounded]]),
            np.concatenate([self.rows_upper, self.upper[bounded]]),
        )

    def as_cone_rows(self):
        """`A`, `b` and the number of equations for `Ax + s = b`, with `s` zero on the equations, then nonnegative."""
        A, low, high = self.with_bounds_as_rows()
        A = A.tocsr()
        equal = low == high
        above, below = np.isfinite(high) & ~equal, np.isfinite(low) & ~equal
        rows = sparse.vstack([A[equal], A[above], -A[below]], format="csc")
        return rows, np.concatenate([high[equal], high[above], -low[below]]), int(equal.sum())


def _compressed(matrix, shape):
    start, index, value = (np.array(part) for part in (matrix.start_, matrix.index_, matrix.value_))
    entries = (value[: start[-1]], index[: start[-1]], start)
    if getattr(matrix, "format_", None) == highspy.MatrixFormat.kRowwise:
        return sparse.csr_matrix(entries, shape=shape).tocsc()
    return sparse.csc_matrix(entries, shape=shape)


def _bounds(lower, upper):
    return np.array(lower, dtype=float), np.array(upper, dtype=float)


def read(file, options):
    return Matrices(file)
