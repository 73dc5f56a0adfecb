"""Sparse SDPA files: minimize cᵀx with F₁x₁ + … + Fₘxₘ - F₀ positive semidefinite; blocks of negative size are diagonal."""

import gzip
import re

import numpy as np
from scipy import sparse

from .program import ROOT, Program


def read(path):
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt") as file:
        lines = [line for line in file if line.strip() and line.lstrip()[0] not in '"*']
    numbers = lambda line: [word for word in re.split(r"[\s,(){}]+", line) if word]
    m = int(numbers(lines[0])[0])
    count = int(numbers(lines[1])[0])
    sizes = [int(float(word)) for word in numbers(lines[2])[:count]]
    rest = [word for line in lines[3:] for word in numbers(line)]
    c = np.array([float(word) for word in rest[:m]])
    entries = np.array(rest[m:], dtype=float).reshape(-1, 5)
    starts = np.concatenate([[0], np.cumsum([-n if n < 0 else n * (n + 1) // 2 for n in sizes])]).astype(int)
    matrix, block, i, j = (entries[:, k].astype(int) for k in range(4))
    value = entries[:, 4].copy()
    high, low = np.maximum(i, j) - 1, np.minimum(i, j) - 1
    isDiagonal = np.array([n < 0 for n in sizes])[block - 1]
    row = starts[block - 1] + np.where(isDiagonal, high, high * (high + 1) // 2 + low)
    value[(high != low)] *= ROOT
    h = np.zeros(starts[-1])
    constant = matrix == 0
    np.add.at(h, row[constant], -value[constant])
    G = sparse.csr_matrix((value[~constant], (row[~constant], matrix[~constant] - 1)), shape=(starts[-1], m))
    cones = [("nonnegative", -n) if n < 0 else ("semidefinite", n) for n in sizes]
    return Program(c, sparse.csr_matrix((0, m)), np.zeros(0), G, h, cones, name=str(path))
