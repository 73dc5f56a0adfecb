"""Families of generated problems. One line of `FAMILIES` registers one; its function takes a size and a random source.

The size of an LP or QP is its number of nonzeros, of a nonlinear program its number of variables.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable

from . import elliptic, fitting, linear, network, problem, quadratic, trajectories
from .program import Program

__all__ = ["FAMILIES", "Family", "write"]


def write(made, file):
    """Writes the file of a problem or program and returns its size."""
    return made.write(file) if isinstance(made, Program) else problem.write(made, file)


@dataclass(frozen=True)
class Family:
    kind: str
    """`lp`, `qp` or `nlp`."""
    about: str
    make: Callable

    @property
    def suffix(self):
        return ".json" if self.kind == "nlp" else ".mps"

    @property
    def unit(self):
        """What sizes count."""
        return "variables" if self.kind == "nlp" else "nonzeros"

    def build(self, size, seed):
        return self.make(size, random.Random(seed))


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
    "robot-arm": Family("nlp", "optimal control, trapezoidal rule, least time", trajectories.robot_arm),
    "cart-pole": Family("nlp", "optimal control, Hermite-Simpson rule, least effort", trajectories.cart_pole),
    "elliptic-cubic": Family("nlp", "elliptic control in the plane with y^3, bounds on control and state", elliptic.elliptic_cubic),
    "elliptic-exp": Family("nlp", "elliptic control in the plane with exp(y), bounds on control and state", elliptic.elliptic_exp),
    "power-flow": Family("nlp", "optimal power flow, alternating current, on a random network", network.power_flow),
    "bundle": Family("nlp", "poses and landmarks by least squares with given distances", fitting.bundle),
    "curve-fit": Family("nlp", "damped oscillations by least squares, one dense and many sparse constraints", fitting.curve_fit),
}
