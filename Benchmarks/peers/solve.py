"""Our own command. Options: `program`, `arguments`."""

import json

from .protocol import answer, measure_program


def command(file, limit, options):
    if options["read_only"]:
        return [options["program"], "check", file, "--json"]
    arguments = [options["program"], "run", file, "--json", "--time-limit", f"{limit:g}", *options["arguments"]]
    if options["family"] == "mip":
        arguments += ["--gap", str(options["gap"]), "--progress", "json"]
    return arguments


def interpret(finished, options):
    try:
        result = json.loads(finished.text)
    except json.JSONDecodeError:
        return answer("failed", message=finished.complaint)
    if options["read_only"]:
        return answer("unknown", read_seconds=result["read_seconds"], seconds=result["read_seconds"])
    objective = result.get("objective") or {}
    ending = result.get("termination") or {}
    statistics = result.get("statistics") or {}
    reason = ending.get("reason")
    return answer(
        result["outcome"],
        number(objective.get("value")),
        number(objective.get("bound")),
        message=reason if isinstance(reason, str) else json.dumps(reason),
        incumbents=incumbents(finished),
        solve_seconds=ending.get("seconds"),
        violation=(result.get("check") or {}).get("largest_scaled"),
        iterations=statistics.get("iterations"),
        function_evaluations=statistics.get("function_evaluations"),
        version="solve " + str((result.get("run") or {}).get("version", "")),
    )


def number(value):
    """Numbers without a value are the strings `inf` and `-inf`."""
    return None if value is None else float(value)


def incumbents(finished):
    events = (json.loads(line) for _, line in finished.err if line.startswith("{"))
    return [(event["time"], event["objective"]) for event in events if event.get("event") == "incumbent"]


if __name__ == "__main__":
    measure_program(command, interpret)
