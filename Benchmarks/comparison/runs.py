"""One contestant on one instance, in a process of its own."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .environment import PYTHON

SCRIPTS = Path(__file__).resolve().parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True)
class Contestant:
    name: str
    script: str
    families: tuple[str, ...]
    python: str
    options: dict = field(default_factory=dict)
    ours: bool = False


def contestant_from_peer(peer):
    python = str(PYTHON) if peer.requires else sys.executable
    return Contestant(peer.name, peer.script, peer.families, python, peer.options)


def contestant_from_solve(variant, program, more):
    """`auto`, `SOLVER:OPTIONS`, or a mere `NAME:OPTIONS` if the options choose the solver, becomes a way to run our own command."""
    name, _, text = variant.partition(":")
    options = shlex.split(text)
    names_solver = any(option.split("=")[0] == "--solver" for option in options)
    choice = [] if name == "auto" or names_solver else ["--solver", name]
    arguments = choice + options + shlex.split(more)
    return Contestant(
        f"solve {name if names_solver else variant}", "solve", ("lp", "mip", "qp", "nlp"), sys.executable,
        {"program": str(program), "arguments": arguments}, ours=True,
    )


def run(contestant, instance, limit, grace, options):
    """The answer of a peer's script; `timeout` if it had to be stopped, `failed` if it said nothing."""
    options = {**options, **contestant.options, "family": instance.family}
    module = f"peers.{contestant.script}"
    command = [contestant.python, "-m", module, str(instance.path), str(limit), json.dumps(options)]
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        environment = {**os.environ, **{name: "1" for name in THREADS}, "TMPDIR": scratch, "PYTHONPATH": str(SCRIPTS)}
        process = subprocess.Popen(
            command, cwd=scratch, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=limit + grace)
        except subprocess.TimeoutExpired:
            stop(process)
            return {"status": "timeout", "message": f"stopped {grace:g} s after its limit"}
        except BaseException:
            stop(process)
            raise
    try:
        return json.loads(out.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        complaints = err.strip().splitlines() or ["no output"]
        return {"status": "failed", "message": f"exit code {process.returncode}: {complaints[-1]}"}


def stop(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
