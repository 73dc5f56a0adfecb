"""GLPK's own command. Option `arguments`: more arguments for `glpsol`."""

import os
import re
import subprocess
import tempfile

from .protocol import answer, measure_program

VERDICTS = [
    ("HAS NO PRIMAL FEASIBLE SOLUTION", "infeasible"),
    ("HAS NO INTEGER FEASIBLE SOLUTION", "infeasible"),
    ("HAS NO FEASIBLE SOLUTION", "infeasible"),
    ("HAS UNBOUNDED PRIMAL SOLUTION", "unbounded"),
    ("HAS UNBOUNDED SOLUTION", "unbounded"),
    ("HAS NO DUAL FEASIBLE SOLUTION", "infeasibleOrUnbounded"),
]
INCUMBENT = re.compile(r"(?:^\+ *\d+: >>>>> +|Solution found by heuristic: )(\S+)")
SOLUTION = tempfile.mkdtemp(prefix="compare-") + "/solution"


def command(file, limit, options):
    program = ["glpsol", dialect(file), file, "--tmlim", str(max(1, round(limit)))]
    if options["read_only"]:
        return program + ["--check"]
    return program + options.get("arguments", []) + ["--mipgap", str(options["gap"]), "-w", SOLUTION]


def dialect(file):
    """`glpsol` must be told strict fixed columns from free fields; finding out isn't measured."""
    check = subprocess.run(["glpsol", "--mps", file, "--check"], stdout=subprocess.DEVNULL)
    return "--mps" if check.returncode == 0 else "--freemps"


def interpret(finished, options):
    text = finished.text
    incumbents = [(stamp, float(match[1])) for stamp, line in finished.out for match in [INCUMBENT.search(line)] if match]
    version = (re.search(r"Solver (\S+)", text) or ["", "?"])[1]
    common = {"version": f"GLPK {version}", "incumbents": incumbents}
    if options["read_only"]:
        status = "unknown" if finished.code == 0 else "failed"
        return answer(status, message=finished.complaint, read_seconds=finished.seconds, **common)
    status = next((status for words, status in VERDICTS if words in text), None)
    if status:
        return answer(status, **common)
    if not os.path.exists(SOLUTION):
        return answer("failed", message=finished.complaint, **common)
    return {**written_solution(), **common}


def written_solution():
    """The line `s bas ROWS COLUMNS PRIMAL DUAL OBJECTIVE`, `s ipt ... STATUS OBJECTIVE` or `s mip ... STATUS OBJECTIVE`."""
    with open(SOLUTION) as lines:
        fields = next(line.split() for line in lines if line.startswith("s "))
    kind, states, objective = fields[1], fields[4:-1], float(fields[-1])
    if states in (["o"], ["f", "f"]):
        return answer("optimal", objective)
    if kind == "mip" and states == ["f"]:
        return answer("feasible", objective)
    if kind == "mip" and states == ["n"]:
        return answer("infeasible")
    return answer("unknown")


if __name__ == "__main__":
    measure_program(command, interpret)
