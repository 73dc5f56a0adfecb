"""Times of earlier runs, to compare with."""

from __future__ import annotations

import json
from pathlib import Path

from . import Mistake


def earlier_times(source):
    """Seconds and whose they are for each instance that was solved: of a run of `check`, or of the fastest contestant of a
    comparison; `FILE:CONTESTANT` takes that one.
    """
    file, wanted = (Path(source), None) if Path(source).exists() else split(source)
    try:
        content = json.loads(file.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise Mistake(f"{file}: {error}") from None
    names = [contestant["name"] for family in content.get("families", []) for contestant in family["contestants"]]
    if wanted is not None and wanted not in names:
        raise Mistake(f"{file}: no contestant is called {wanted!r}; there are {', '.join(dict.fromkeys(names)) or 'none'}")
    if "runs" in content:
        return {run["name"]: (run["seconds"], "") for run in content["runs"] if run["verdict"] == "right"}
    if "families" not in content:
        raise Mistake(f"{file}: neither `check` nor `compare` wrote this")
    times = {}
    for family in content["families"]:
        for instance in family["instances"]:
            right = [
                (result["seconds"], name)
                for name, result in instance["results"].items()
                if result["verdict"] == "right" and wanted in (None, name)
            ]
            if right:
                times[instance["name"]] = min(right)
    return times


def split(source):
    file, colon, name = source.rpartition(":")
    return (Path(file), name) if colon else (Path(source), None)
