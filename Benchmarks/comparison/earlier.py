"""Times of earlier runs, to compare with."""

from __future__ import annotations

import json

from . import Mistake


def earlier_times(file):
    """Seconds and whose they are for each instance that was solved; of a comparison, the fastest right peer."""
    try:
        content = json.loads(file.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise Mistake(f"{file}: {error}") from None
    if "runs" in content:
        return {run["name"]: (run["seconds"], "") for run in content["runs"] if run["verdict"] == "right"}
    if "families" not in content:
        raise Mistake(f"{file}: neither `check` nor `compare` wrote this")
    times = {}
    for family in content["families"]:
        for instance in family["instances"]:
            right = [
                (result["seconds"], name) for name, result in instance["results"].items() if result["verdict"] == "right"
            ]
            if right:
                times[instance["name"]] = min(right)
    return times
