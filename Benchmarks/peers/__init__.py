"""The solvers that `compare` can run. One line of `PEERS` registers one way to run one solver.

A script `peers/NAME.py` reads and solves one file and prints one JSON line; `protocol.py` says how.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    name: str
    script: str
    """The module in this folder that runs it."""
    families: tuple[str, ...]
    about: str
    requires: tuple[str, ...] = ()
    """Pinned PyPI packages."""
    program: str = ""
    """A program that must be on the path."""
    default: bool = True
    """Whether it runs when `--peers` is not given."""
    options: dict = field(default_factory=dict)
    """Handed to the script as they are."""


LP, MIP, QP, NLP = ("lp",), ("mip",), ("qp",), ("nlp",)

HIGHS = ("highspy==1.15.1",)
HIPO = HIGHS + ("highspy-extras==1.15.1",)
ORTOOLS = ("ortools==9.15.6755",)
COIN = ("cbcbox==2.935",)
MATRICES = HIGHS + ("numpy", "scipy")
CLARABEL = ("clarabel==0.11.1",) + MATRICES

PEERS = [
    Peer("highs", "highs", LP + MIP + QP, "HiGHS as it chooses: simplex for LP, branch and cut for MIP", HIGHS),
    Peer("highs-simplex", "highs", LP, "HiGHS simplex", HIGHS, default=False, options={"solver": "simplex"}),
    Peer("highs-ipm", "highs", LP, "HiGHS interior point (IPX) with crossover", HIGHS, options={"solver": "ipx"}),
    Peer("highs-ipx", "highs", LP, "HiGHS interior point (IPX), no crossover", HIGHS, options={"solver": "ipx", "run_crossover": "off"}),
    Peer("highs-hipo", "highs", LP, "HiGHS newer interior point (HiPO), no crossover", HIPO, default=False, options={"solver": "hipo", "run_crossover": "off"}),
    Peer("highs-hipo-qp", "highs", QP, "HiGHS newer interior point (HiPO) on QPs", HIPO, default=False, options={"solver": "hipo"}),
    Peer("highs-pdlp", "highs", LP, "HiGHS first-order method", HIGHS, default=False, options={"solver": "pdlp"}),
    Peer("glop", "ortools", LP, "OR-tools simplex", ORTOOLS, options={"solver": "glop"}),
    Peer("pdlp", "ortools", LP, "OR-tools first-order method, to 1e-6", ORTOOLS, options={"solver": "pdlp"}),
    Peer("pdlp-1e-4", "ortools", LP, "OR-tools first-order method, to 1e-4", ORTOOLS, default=False, options={"solver": "pdlp", "accuracy": 1e-4}),
    Peer("clp", "coin", LP, "COIN-OR simplex, as it chooses", COIN),
    Peer("clp-barrier", "coin", LP, "COIN-OR interior point with crossover", COIN, default=False, options={"barrier": True}),
    Peer("cbc", "coin", MIP, "COIN-OR branch and cut", COIN),
    Peer("scip", "scip", MIP, "SCIP branch and cut", ("pyscipopt==6.3.0",)),
    Peer("ortools-scip", "ortools", MIP, "the SCIP inside OR-tools, where pyscipopt can't be had", ORTOOLS, default=False, options={"solver": "scip"}),
    Peer("cp-sat", "ortools", MIP, "OR-tools CP-SAT on the scaled MIP", ORTOOLS, default=False, options={"solver": "sat"}),
    Peer("glpsol", "glpsol", LP + MIP, "GLPK simplex; MIP with all its cuts", program="glpsol", options={"arguments": ["--cuts"]}),
    Peer("glpsol-plain", "glpsol", LP + MIP, "GLPK as it comes, without cuts", program="glpsol", default=False),
    Peer("glpsol-best", "glpsol", MIP, "GLPK with cuts, feasibility pump and pseudo-costs", program="glpsol", default=False, options={"arguments": ["--cuts", "--fpump", "--pcost"]}),
    Peer("glpsol-interior", "glpsol", LP, "GLPK interior point", program="glpsol", default=False, options={"arguments": ["--interior"]}),
    Peer("clarabel", "clarabel", LP + QP, "Clarabel interior point", CLARABEL),
    Peer("piqp", "piqp", QP, "PIQP proximal interior point", ("piqp==0.6.4",) + MATRICES),
    Peer("proxqp", "proxqp", QP, "ProxQP augmented Lagrangian", ("proxsuite==0.8.0",) + MATRICES),
    Peer("osqp", "osqp", QP, "OSQP operator splitting", ("osqp==1.1.3",) + MATRICES),
    Peer("scs", "scs", QP, "SCS operator splitting", ("scs==3.3.1",) + MATRICES),
    Peer("ipopt", "ipopt", NLP, "Ipopt with MUMPS through CasADi", ("casadi==3.8.2",)),
]

QUICK = ("highs", "glpsol", "clarabel", "ipopt")
"""The peers of `--quick`."""
