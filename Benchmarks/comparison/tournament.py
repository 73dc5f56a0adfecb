"""All contestants over all instances of one family."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import median

from .judgement import consensus, judge, median_effort, memory_ratio, primal_integral, shifted_mean
from .runs import run

TOLERANCE = {"lp": 1e-6, "mip": 1e-6, "qp": 1e-5, "nlp": 1e-6}
ACCURACY = {"lp": None, "mip": None, "qp": 1e-8, "nlp": None}


def play(family, instances, contestants, arguments, say):
    """Everything about one family as plain values, ready for the report and for JSON."""
    options = {
        "accuracy": arguments.accuracy or ACCURACY[family],
        "gap": arguments.gap,
        "read_only": arguments.read_only,
    }
    tolerance = arguments.tolerance or TOLERANCE[family]
    records = [
        compete(instance, contestants, options, tolerance, arguments, say) for instance in instances
    ]
    yardstick = next((contestant.name for contestant in contestants if contestant.script == "highs"), None)
    return {
        "family": family,
        "tolerance": tolerance,
        "accuracy": options["accuracy"],
        "contestants": [standing(contestant, contestants[0], yardstick, records, arguments) for contestant in contestants],
        "instances": records,
    }


def compete(instance, contestants, options, tolerance, arguments, say):
    """The contestants take turns; one that doesn't come to a right answer isn't asked again."""
    runs = {contestant.name: [] for contestant in contestants}
    for _ in range(arguments.repeat):
        for contestant in contestants:
            earlier = runs[contestant.name]
            if earlier and earlier[-1]["verdict"] != "right":
                continue
            say(f"{instance.name}: {contestant.name}")
            answer = run(contestant, instance, arguments.time_limit, arguments.grace, options)
            answer = set_clock(answer, arguments.clock)
            verdict, error = judge(answer, instance, tolerance)
            if arguments.read_only and verdict == "unfinished" and answer.get("read_seconds"):
                verdict = "right"
            earlier.append({**answer, "verdict": verdict, "error": error})
    results = {name: combine(answers, arguments.pick) for name, answers in runs.items()}
    claimed = [r["objective"] for r in results.values() if r["status"] in ("optimal", "locallyOptimal") and r["objective"] is not None]
    agreed = consensus(claimed, tolerance)
    if instance.reference is None and agreed is not None:
        for result in results.values():
            result["verdict"], result["error"] = judge(result, replace(instance, reference=agreed), tolerance)
    is_number = isinstance(instance.reference, float)
    optimum = instance.reference if is_number else agreed
    if instance.family == "mip" and optimum is not None and not arguments.read_only:
        for result in results.values():
            add_primal_integral(result, optimum, arguments.time_limit)
    contradicts = is_number and agreed is not None and judge(
        {"status": "optimal", "objective": agreed}, instance, tolerance)[0] == "wrong"
    return {
        "name": instance.name,
        "file": str(instance.path),
        "size": instance.size,
        "reference": agreed if instance.reference is None else instance.reference,
        "disputed": agreed if contradicts else None,
        "results": results,
    }


CLOCKS = {"all": "seconds", "solving": "solve_seconds", "cpu": "cpu_seconds"}


def set_clock(answer, clock):
    """The answer with the time that counts as `seconds`, where it is known, and `wall_seconds` for the whole."""
    counts = answer.get(CLOCKS[clock])
    return answer if counts is None else {**answer, "wall_seconds": answer.get("seconds"), "seconds": counts}


def combine(answers, pick):
    """One result for the repeated runs: the last answer with the chosen times and the most memory."""
    choose = min if pick == "min" else median
    result = dict(answers[-1])
    rules = {name: choose for name in ("seconds", "wall_seconds", "cpu_seconds", "read_seconds", "solve_seconds")}
    for key, rule in {**rules, "memory": max}.items():
        values = [answer[key] for answer in answers if answer.get(key) is not None]
        result[key] = rule(values) if values else None
    result.setdefault("objective", None)
    result["all_seconds"] = [answer.get("seconds") for answer in answers]
    return result


def add_primal_integral(result, optimum, limit):
    """Nothing for a solver that doesn't tell its incumbents; the whole limit for a run that said nothing at all."""
    incumbents = result.get("incumbents", [])
    if incumbents is None:
        return
    if result["objective"] is not None:
        incumbents = incumbents + [(result["seconds"], result["objective"])]
    result["primal_integral"] = primal_integral(incumbents, optimum, limit)


def standing(contestant, base, yardstick, records, arguments):
    """What a contestant's results amount to. An instance without a right answer counts with the time limit."""
    results = [record["results"][contestant.name] for record in records]
    verdicts = Counter(result["verdict"] for result in results)
    pairs = [
        (result["seconds"], other["seconds"])
        for record, result in zip(records, results)
        for other in [record["results"][base.name]]
        if result["verdict"] == other["verdict"] == "right"
    ]
    mine, theirs = (shifted_mean(side, arguments.shift) for side in zip(*pairs)) if pairs else (None, None)
    integrals = [
        result.get("primal_integral") for record, result in zip(records, results) if record["reference"] != "infeasible"
    ]
    return {
        "name": contestant.name,
        "version": next((result["version"] for result in results if result.get("version")), "?"),
        "options": contestant.options,
        **{verdict: verdicts[verdict] for verdict in ("right", "wrong", "local", "unfinished", "unsupported", "failed")},
        "mean": shifted_mean(
            (result["seconds"] if result["verdict"] == "right" else arguments.time_limit for result in results),
            arguments.shift,
        ),
        "ratio_both": mine / theirs if pairs else None,
        "memory_ratio": memory_ratio(
            (record["results"][contestant.name], record["results"][yardstick]) for record in records
        ) if yardstick else None,
        "memory": max((result["memory"] for result in results if result["memory"] is not None), default=None),
        "primal_integral": None if None in integrals else shifted_mean(integrals, arguments.shift),
        **{
            f"{effort}_{what}": value
            for effort in ("iterations", "function_evaluations")
            for what, value in zip(("median", "ratio"), median_effort(effort, contestant.name, base.name, records))
        },
    }
