"""One run of our own command with everything its answer tells about quality."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time

from .judgement import judge
from .runs import THREADS
from .tournament import TOLERANCE, set_clock

KILOBYTE = 1024 if os.uname().sysname != "Darwin" else 1
"""Unit of `ru_maxrss` in bytes."""


def solve_alone(program, instance, arguments):
    return set_clock(attempt(program, instance, arguments), arguments.clock)


def attempt(program, instance, arguments):
    """A record of the run: verdict, error, residuals, iterations, seconds, bytes."""
    limit = arguments.time_limit
    command = [str(program), "run", str(instance.path), "--json", "--time-limit", f"{limit:g}", *arguments.options]
    text, errors, code, seconds, cpu_seconds, memory, killed = run(command, limit + arguments.grace)
    record = {
        "name": instance.name, "file": str(instance.path), "status": "failed", "objective": None,
        "reference": instance.reference, "error": None, "violation": None, "dual_residual": None, "duality_gap": None,
        "iterations": None, "function_evaluations": None, "solve_seconds": None, "seconds": seconds, "cpu_seconds": cpu_seconds, "memory": memory, "complaint": "",
    }
    if killed:
        return {**record, "status": "timeout", "verdict": "timeout", "complaint": f"killed after {seconds:.0f} s"}
    try:
        result = json.loads(text)
    except json.JSONDecodeError:
        told = [line for line in errors.splitlines() if "error" in line.lower()] or errors.splitlines() or ["no output"]
        return {**record, "verdict": "failed", "complaint": f"exit code {code}: {told[-1].strip()[:160]}"}
    check, ending = result.get("check") or {}, result.get("termination") or {}
    objective = (result.get("objective") or {}).get("value")
    record.update(
        status=result["outcome"], objective=None if objective is None else float(objective),
        violation=check.get("largest_scaled"), dual_residual=check.get("dual_residual"), duality_gap=check.get("duality_gap"),
        iterations=(result.get("statistics") or {}).get("iterations"),
        function_evaluations=(result.get("statistics") or {}).get("function_evaluations"), solve_seconds=ending.get("seconds"),
        solver=(result.get("statistics") or {}).get("solver"),
    )
    tolerance = arguments.tolerance or TOLERANCE[instance.family]
    verdict, record["error"] = judge(record, instance, tolerance)
    if check.get("verdict") == "refuted":
        verdict = "refuted"
    elif verdict == "right" and check.get("verdict") != "confirmed":
        verdict = "unproved"
    record["verdict"] = verdict
    record["complaint"] = complaint(record, instance, ending, check)
    return record


def complaint(record, instance, ending, check):
    """What is known about an answer that is not right."""
    words = [record["status"]]
    if record["objective"] is not None and isinstance(instance.reference, float):
        words.append(f"{record['objective']:.10g} instead of {instance.reference:.10g}")
    elif instance.reference == "infeasible":
        words.append("instead of infeasible" if record["status"] != "infeasible" else "without a proof")
    words += [str(part) for part in (ending.get("reason"), ending.get("detail")) if part]
    if check.get("verdict") == "refuted":
        words.append(f"refuted: {check.get('reason', '')}")
    return "; ".join(words)


def run(command, limit):
    """Text, complaints, exit code, wall and processor seconds and peak bytes of a process, and whether it had to be killed."""
    environment = {**os.environ, **{name: "1" for name in THREADS}}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
        killed = threading.Event()

        def kill():
            killed.set()
            process.kill()

        timer = threading.Timer(limit, kill)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    return *texts, process.returncode, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KILOBYTE, killed.is_set()
