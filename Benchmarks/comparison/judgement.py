"""Whether an answer is right, and what a set of answers amounts to."""

from __future__ import annotations

import math
from statistics import median

CLAIMS = ("optimal", "locallyOptimal", "infeasible", "locallyInfeasible", "unbounded", "infeasibleOrUnbounded")
"""Statuses that claim to have finished."""

VIOLATION = 1e-6
"""How far a nonlinear answer may violate bounds and rows, relative to the larger of 1 and the side: where a better objective than
the published one counts as right, a point outside would win."""


def judge(answer, instance, tolerance):
    """The verdict and the relative error of the objective.

    Verdicts: right, wrong, local (a stationary point with another objective), unfinished, unsupported, failed.
    """
    status, objective, reference = answer["status"], answer.get("objective"), instance.reference
    if status in ("failed", "unsupported"):
        return status, None
    if status not in CLAIMS:
        return "unfinished", None
    if status in ("optimal", "locallyOptimal"):
        if objective is None or not math.isfinite(objective):
            return "wrong", None
        if instance.family == "nlp" and (answer.get("violation") or 0) > VIOLATION:
            return "wrong", None
        if reference is None:
            return "right", None
        if reference == "infeasible":
            return "wrong", None
        error = relative_error(objective, reference)
        better = objective > reference if instance.maximizes else objective < reference
        if error <= max(tolerance, instance.tolerance) or (better and instance.family == "nlp"):
            return "right", error
        return ("local" if status == "locallyOptimal" else "wrong"), error
    if reference is None:
        return "right", None
    if reference == "infeasible":
        return {"infeasible": "right", "unbounded": "wrong"}.get(status, "unfinished"), None
    return ("unfinished" if status == "locallyInfeasible" else "wrong"), None


def relative_error(value, reference):
    return abs(value - reference) / max(1.0, abs(reference))


def consensus(objectives, tolerance):
    """A value that at least two contestants claim, and more than claim any other; None if there is none."""
    groups = [[other for other in objectives if relative_error(other, value) <= tolerance] for value in objectives]
    largest = max(groups, key=len, default=[])
    return median(largest) if len(largest) >= 2 and 2 * len(largest) > len(objectives) else None


def shifted_mean(values, shift):
    """The shifted geometric mean."""
    values = list(values)
    if not values:
        return None
    return math.exp(sum(math.log(value + shift) for value in values) / len(values)) - shift


def median_effort(effort, name, base, records):
    """Of a count such as iterations: the median over the instances that everybody who counts it got right, and the median ratio to
    the first contestant's over those that both got right; None where nothing is left.
    """
    counts = {rival for record in records for rival, result in record["results"].items() if result.get(effort) is not None}

    def of(record, rivals):
        return all(record["results"][rival]["verdict"] == "right" for rival in rivals)

    def count(record, rival):
        return record["results"][rival].get(effort)

    if name not in counts:
        return None, None
    shared = [count(record, name) for record in records if of(record, counts)]
    pairs = [(count(record, name), count(record, base)) for record in records if of(record, (name, base))]
    ratios = [mine / max(theirs, 1) for mine, theirs in pairs if None not in (mine, theirs)]
    known = [value for value in shared if value is not None]
    return median(known) if known else None, median(ratios) if ratios else None


MEMORY_FLOOR = 20e6
"""Bytes that the yardstick must need on an instance: below, the start of a program is all there is to see."""


def memory_ratio(pairs):
    """Geometric mean of the first's peak memory over the second's, where both are right and the second needs enough to see it."""
    ratios = [
        mine["memory"] / theirs["memory"]
        for mine, theirs in pairs
        if mine["verdict"] == theirs["verdict"] == "right" and (theirs["memory"] or 0) >= MEMORY_FLOOR
    ]
    return shifted_mean(ratios, 0)


def primal_integral(incumbents, optimum, limit):
    """Seconds times gap: the integral of the primal gap, 1 before the first incumbent, from 0 to the limit."""
    total, since, gap = 0.0, 0.0, 1.0
    for time, objective in incumbents:
        time = min(time, limit)
        total += gap * (time - since)
        since, gap = time, primal_gap(objective, optimum)
    return total + gap * (limit - since)


def primal_gap(objective, optimum):
    largest = max(abs(objective), abs(optimum))
    if largest == 0 or objective == optimum:
        return 0.0
    if objective * optimum < 0:
        return 1.0
    return abs(objective - optimum) / largest
