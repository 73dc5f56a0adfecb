"""A conic program and the geometry of its cones.

    minimize cᵀx   subject to   Ax = b,  Gx + h in K₁ × … × K_p

Cones are tuples: ("second-order", n), ("rotated", n), ("exponential",), ("power", a), ("semidefinite", order), with
coordinates as in `ConicForm.Cone`.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

ROOT = np.sqrt(2)


@dataclass
class Program:
    c: np.ndarray
    A: sparse.csr_matrix
    b: np.ndarray
    G: sparse.csr_matrix
    h: np.ndarray
    cones: list = field(default_factory=list)
    name: str = ""
    expected: str = "optimal"


def dimension(cone):
    match cone:
        case ("second-order" | "rotated" | "nonnegative", n):
            return n
        case ("semidefinite", order):
            return order * (order + 1) // 2
    return 3


def pack(matrix):
    """The upper triangle by columns, entries off the diagonal times √2."""
    order = len(matrix)
    return np.array([matrix[i, j] * (1 if i == j else ROOT) for j in range(order) for i in range(j + 1)])


def interior(cone, random, dual=False, margin=1.0):
    """A random point strictly inside the cone, or its dual."""
    inside = 1 + margin * random.uniform(0.1, 1)
    match cone:
        case ("second-order", n):
            x = random.normal(size=n - 1)
            return np.concatenate([[np.linalg.norm(x) * inside + 0.1 * margin], x])
        case ("rotated", n):
            x = random.normal(size=n - 2)
            t = np.exp(random.normal())
            return np.concatenate([[t, (x @ x + 0.1 * margin) / (2 * t) * inside], x])
        case ("exponential",):
            if dual:
                u, v = -np.exp(0.5 * random.normal()), random.normal()
                return np.array([u, v, -u * np.exp(v / u - 1) * inside])
            x, y = random.normal(), np.exp(0.5 * random.normal())
            return np.array([x, y, y * np.exp(x / y) * inside])
        case ("power", a):
            x, y = np.exp(random.normal(size=2))
            mean = (x / a) ** a * (y / (1 - a)) ** (1 - a) if dual else x**a * y ** (1 - a)
            return np.array([x, y, random.choice([-1, 1]) * mean / inside])
        case ("semidefinite", order):
            factor = random.normal(size=(order, max(1, order - 1)))
            return pack(factor @ factor.T + (inside - 1) * np.eye(order))
    raise ValueError(cone)
