"""How a peer's script talks to `compare`.

    python -m peers.NAME FILE LIMIT OPTIONS

LIMIT is in seconds, OPTIONS a JSON object. The script prints one JSON object, its answer, as the only line
on standard output. Keys: `status` (an outcome word of `solve`, or `unsupported`, `failed`), `objective`, `bound`,
`read_seconds`, `solve_seconds`, `seconds` (the two together: what is compared), `cpu_seconds`, `memory` (bytes),
`incumbents` (pairs of seconds and objective; null where the solver doesn't tell), `version`, `message`; of nonlinear solvers
also `iterations` and `function_evaluations` (of the objective). `unmeasured` is a function that `measure` calls after the
clocks have stopped, for more keys.

A library is measured inside this process by `measure`: reading and solving count, starting Python and importing
don't, and memory is what reading and solving add. A program is measured by `measure_program`: the whole
process counts, memory too.

Common OPTIONS: `accuracy` (tolerance on residuals, null for the solver's own), `gap` (relative, for
integers), `read_only` (stop after reading).
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import threading
import time

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def peak_memory():
    """Of this process, in bytes. What `getrusage` says on Linux includes the process that started this one."""
    try:
        with open("/proc/self/status") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT


class Unsupported(Exception):
    """The solver can't take this problem."""


def answer(status, objective=None, bound=None, **more):
    return {"status": status, "objective": finite(objective), "bound": finite(bound), **more}


def finite(value):
    """JSON has no infinities."""
    return value if value is not None and math.isfinite(value) else None


class Incumbents(list):
    """Objective values with the seconds since reading began; it keeps the clocks of a run."""

    def __init__(self):
        self.started, self.cpu_started = time.perf_counter(), time.process_time()
        self.read_seconds = 0.0

    @property
    def elapsed(self):
        return time.perf_counter() - self.started

    def found(self, objective):
        self.append((self.elapsed, objective))


def measure(read, solve, version):
    """Runs `read(file, options)` and `solve(problem, limit, options, incumbents)` of a library and prints the answer."""
    file, limit, options = _arguments()
    out = _silence_standard_output()
    imported = peak_memory()
    incumbents = Incumbents()
    try:
        problem = read(file, options)
        read_seconds = incumbents.read_seconds = incumbents.elapsed
        result = answer("unknown") if options.get("read_only") else solve(problem, limit, options, incumbents)
        seconds = incumbents.elapsed
        cpu_seconds = time.process_time() - incumbents.cpu_started
        memory = peak_memory() - imported
        result.update(result.pop("unmeasured", dict)())
        result.update(
            read_seconds=read_seconds, solve_seconds=seconds - read_seconds, seconds=seconds, cpu_seconds=cpu_seconds,
            memory=memory,
        )
    except Unsupported as reason:
        result = answer("unsupported", message=str(reason))
    except Exception as error:
        result = answer("failed", message=f"{type(error).__name__}: {error}")
    result.setdefault("memory", peak_memory() - imported)
    result.update(version=version)
    result.setdefault("incumbents", incumbents)
    _finish(out, result)


def measure_program(command, interpret):
    """Runs `command(file, limit, options)` and prints what `interpret(finished, options)` makes of it."""
    file, limit, options = _arguments()
    finished = Finished(command(file, limit, options))
    result = interpret(finished, options)
    result.setdefault("seconds", finished.seconds)
    result.update(memory=finished.memory, cpu_seconds=finished.cpu_seconds)
    _finish(sys.stdout, result)


class Finished:
    """A program that ran: exit code, lines of both streams stamped with seconds, wall and processor time and peak memory."""

    def __init__(self, command):
        self.out, self.err = [], []
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def collect(stream, lines):
            for line in stream:
                lines.append((time.perf_counter() - started, line.decode("utf-8", "replace")))

        readers = [
            threading.Thread(target=collect, args=pair)
            for pair in ((process.stdout, self.out), (process.stderr, self.err))
        ]
        for reader in readers:
            reader.start()
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.perf_counter() - started
        for reader in readers:
            reader.join()
        self.code = process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss * _PEAK_UNIT

    @property
    def text(self):
        return "".join(line for _, line in self.out)

    @property
    def complaint(self):
        """The exit code with the first line that speaks of an error, or else the last one."""
        lines = [line.strip() for _, line in self.out + self.err if line.strip()]
        errors = [line for line in lines if "error" in line.lower()]
        return ": ".join([f"exit code {self.code}", *(errors[:1] or lines[-1:])])


def _arguments():
    if len(sys.argv) != 4:
        sys.exit(f"usage: python -m peers.NAME FILE LIMIT OPTIONS\n\n{__doc__}")
    return sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])


def _silence_standard_output():
    """What a library prints goes nowhere; the answer keeps the real standard output."""
    out = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    return out


def _finish(out, result):
    print(json.dumps(result), file=out, flush=True)
    os._exit(0)
