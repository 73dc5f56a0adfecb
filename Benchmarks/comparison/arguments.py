"""The command line of `compare`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

CLOCKS = ("all", "solving", "cpu")
PACKAGE = Path(__file__).resolve().parent.parent.parent

DESCRIPTION = """\
Runs `solve` and other solvers over the same files, one thread each, in turn, each in a process of its own.
Checks every answer against the published optimum and prints counts, times, ratios and memory.
"""

EPILOG = """\
examples:
  Benchmarks/compare --quick
  Benchmarks/compare ../shared/data/lp/netlib --peers highs,glpsol --time-limit 120
  Benchmarks/compare ../shared/data/mip --solve auto --solve "glpk:--no-presolve" --json mip.json
  Benchmarks/compare ../shared/data/lp/large --read-only --peers highs

Exit status: 0; 1 if `solve` gave a wrong answer; 2 if the comparison could not run.
Benchmarks/README.md says what is measured and how a peer is added.
"""


def parse():
    parser = argparse.ArgumentParser(
        prog="Benchmarks/compare", description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument_group("what to solve")
    what.add_argument(
        "paths", nargs="*", metavar="PATH", help="folders of instances, or single ones: .mps, .qps, .json, also with .gz; here or in SOLVE_DATA")
    what.add_argument(
        "--only", action="append", metavar="PATTERN", help="only instances whose name fits, as in 'ken-*'; may be repeated")
    what.add_argument("--quick", action="store_true", help="the five smallest of each folder, few peers, a limit of 10 s")

    who = parser.add_argument_group("who solves")
    who.add_argument(
        "--peers", metavar="NAMES",
        help="comma-separated; 'none' for none; without it, the usual ones for the instances' kind")
    who.add_argument("--list-peers", action="store_true", help="show all peers and leave")
    who.add_argument(
        "--solve", action="append", metavar="NAME[:OPTIONS]",
        help="a way to run our command: --solver SOLVER and more options, or NAME:OPTIONS if those have a --solver; "
        "may be repeated (default: auto)")
    who.add_argument("--solve-options", default="", metavar="OPTIONS", help="options for all of our ways")
    who.add_argument(
        "--solve-binary", type=Path, default=PACKAGE / ".build/release/solve", metavar="FILE",
        help="our command (default: .build/release/solve)")
    who.add_argument("--no-solve", action="store_true", help="leave our command out")

    how = parser.add_argument_group("how")
    how.add_argument("--time-limit", type=positive, metavar="SECONDS", help="for each run (default: 60)")
    how.add_argument(
        "--grace", type=positive, default=10, metavar="SECONDS", help="a run is killed this long after its limit (default: 10)")
    how.add_argument(
        "--repeat", type=int, default=1, metavar="COUNT",
        help="runs of each pair; one without a right answer is not repeated (default: 1)")
    how.add_argument(
        "--pick", choices=("min", "median"), default="min", help="which of the repeated times counts (default: min)")
    how.add_argument(
        "--accuracy", type=positive, metavar="EPS",
        help="tolerance every continuous peer is asked for (default: 1e-8 for qp, their own for others)")
    how.add_argument(
        "--gap", type=float, default=1e-6, metavar="GAP", help="relative gap every integer solver may leave (default: 1e-6)")
    how.add_argument("--read-only", action="store_true", help="only read the files and measure that")

    result = parser.add_argument_group("what counts and where it goes")
    result.add_argument(
        "--tolerance", type=positive, metavar="EPS",
        help="relative error of a right objective (default: 1e-6; 1e-5 for qp, whose published values have few digits)")
    result.add_argument(
        "--shift", type=positive, default=0.01, metavar="SECONDS", help="shift of the geometric means (default: 0.01)")
    result.add_argument(
        "--clock", choices=CLOCKS, default="all",
        help="what counts: wall time of reading and solving; of solving alone; or processor time of both (default: all)")
    result.add_argument("--json", type=Path, metavar="FILE", help="write everything there")

    arguments = parser.parse_args()
    arguments.time_limit = arguments.time_limit or (10 if arguments.quick else 60)
    arguments.data = os.environ.get("SOLVE_DATA", PACKAGE.parent / "shared/data")
    if not (arguments.paths or arguments.quick or arguments.list_peers):
        parser.error("name a folder or file to solve, or ask for --quick")
    if arguments.repeat < 1:
        parser.error("--repeat needs at least 1")
    return arguments


def positive(text):
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value
