"""Seeded random programs over one kind of cone or several, most solvable, some infeasible or unbounded."""

import numpy as np
from scipy import sparse

from .program import Program, dimension, interior

FAMILIES = ("second-order", "rotated", "exponential", "power", "semidefinite", "mixed")


def _cone(family, random):
    kind = random.choice(FAMILIES[:-1]) if family == "mixed" else family
    match kind:
        case "second-order":
            return ("second-order", int(random.choice([2, 3, 4, 6, 15])))
        case "rotated":
            return ("rotated", int(random.choice([3, 4, 7, 15])))
        case "exponential":
            return ("exponential",)
        case "power":
            return ("power", float(random.choice([0.5, 1 / 3, 0.1, 0.75, round(random.uniform(0.02, 0.98), 3)])))
    return ("semidefinite", int(random.choice([1, 2, 3, 5, 8])))


def _matrix(rows, columns, random):
    """Random entries, about four a row, every column hit."""
    density = min(1.0, 4 / max(1, columns))
    dense = random.normal(size=(rows, columns)) * (random.random((rows, columns)) < density)
    for j in range(columns):
        if rows and not dense[:, j].any():
            dense[random.integers(rows), j] = random.normal()
    return dense


def random_program(family, seed):
    random = np.random.default_rng([FAMILIES.index(family), seed])
    cones = [_cone(family, random) for _ in range(random.integers(1, 7))]
    rows = sum(dimension(cone) for cone in cones)
    n = int(random.integers(1, max(2, rows)))
    equations = int(random.integers(0, max(1, n // 2)))
    A, G = _matrix(equations, n, random), _matrix(rows, n, random)
    # One in four is badly scaled, by rows of cones and by columns.
    if random.random() < 0.25:
        G = G * np.exp(1.5 * random.normal(size=n))
        A = A * np.exp(1.5 * random.normal(size=(equations, 1)))
    margin = 10.0 ** random.choice([0, 0, -1, -3])
    s = np.concatenate([interior(cone, random, margin=margin) for cone in cones])
    z = np.concatenate([interior(cone, random, dual=True, margin=margin) for cone in cones])
    x, y = random.normal(size=n), random.normal(size=equations)
    b, h, c = A @ x, s - G @ x, A.T @ y + G.T @ z
    expected = "optimal"
    kind = random.random()
    if kind < 0.1:
        # Multipliers that prove infeasibility: Aᵀy + Gᵀz = 0 and bᵀy - hᵀz = 1.
        j = np.arange(n)
        G = G - np.outer(z, (G.T @ z + A.T @ y)[j]) / (z @ z)
        h = h - z * (h @ z - b @ y + 1) / (z @ z)
        # What is left where entries should cancel would make the program feasible far out.
        G[np.abs(G) < 1e-12] = 0
        expected = "infeasible"
    elif kind < 0.2:
        # A direction along which the cost falls without end.
        direction = random.normal(size=n)
        G = G + np.outer(s - G @ direction, direction) / (direction @ direction)
        A = A - np.outer(A @ direction, direction) / (direction @ direction)
        h, b = s - G @ x, A @ x
        c = c - direction * (c @ direction + 1) / (direction @ direction)
        expected = "unbounded"
    return Program(
        c, sparse.csr_matrix(A), b, sparse.csr_matrix(G), h, cones, name=f"{family}-{seed}", expected=expected)
