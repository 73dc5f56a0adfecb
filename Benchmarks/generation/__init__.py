"""Families of generated problems. One line of `FAMILIES` registers one; its function takes nonzeros and a random source."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable

from . import linear, quadratic
from .problem import Problem, write

__all__ = ["FAMILIES", "Family", "Problem", "write"]


@dataclass(frozen=True)
class Family:
    kind: str
    """`lp` or `qp`."""
    about: str
    make: Callable

    def build(self, nonzeros, seed):
        return self.make(nonzeros, random.Random(seed))


FAMILIES = {
    "transport": Family("lp", "transportation, every source to every sink", linear.transport),
    "transport-near": Family("lp", "transportation, ten near sources a sink", linear.transport_near),
    "multicommodity": Family("lp", "multicommodity flow on a random graph", linear.multicommodity),
    "packing": Family("lp", "random sparse packing: factors fill in", linear.packing),
    "covering": Family("lp", "random sparse covering: factors fill in", linear.covering),
    "matching": Family("lp", "matching of samples with balanced moments: a few dense rows", linear.matching),
    "random-qp": Family("qp", "random positive definite Q, two-sided rows", quadratic.random_qp),
    "portfolio": Family("qp", "portfolio with a factor model", quadratic.portfolio),
    "svm": Family("qp", "support vector machine, soft margin", quadratic.svm),
    "lasso": Family("qp", "least squares with a 1-norm penalty", quadratic.lasso),
    "huber": Family("qp", "Huber fitting", quadratic.huber),
    "control": Family("qp", "linear optimal control with bounds", quadratic.control),
}
