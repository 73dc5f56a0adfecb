"""Which files to solve, of which kind they are, and what their optimum is."""

from __future__ import annotations

import fnmatch
import gzip
import json
import math
import os
from dataclasses import dataclass
from pathlib import Path

from . import Mistake
from .arguments import PACKAGE

SUFFIXES = (".mps", ".qps", ".json")
VALUE_COLUMNS = ("computed optimum", "optimum", "published optimum", "best known", "value", "answer")
"""Columns of a folder's README.md that can hold the optimum, the best first."""

CORRECTIONS = Path(__file__).resolve().parent.parent / "optima.md"
"""Optima that replace published ones, with the reason."""

QUICK_FOLDERS = ("lp/netlib", "lp/infeasible", "mip/miplib3", "qp", "nlp/hs")
QUICK_COUNT = 5


@dataclass(frozen=True)
class Instance:
    name: str
    path: Path
    family: str
    """lp, mip, qp or nlp."""
    size: int
    """Bytes of text, uncompressed."""
    maximizes: bool
    reference: float | str | None
    """The optimum, `infeasible`, or None if nobody wrote it down."""
    tolerance: float = 0
    """Relative errors up to here count as right whatever is asked for."""


def find(paths, only, skip=()):
    """The instances in folders (with their subfolders) and files, in the order of their names; what doesn't exist is looked up in
    the data folder.
    """
    files = []
    for path in map(in_data, paths):
        if not path.exists():
            raise Mistake(f"{path}: no such file or folder")
        found = sorted(file for file in path.rglob("*") if is_instance(file)) if path.is_dir() else [path]
        if not found:
            raise Mistake(f"{path}: no instances; they end in {', '.join(SUFFIXES)}, or that with .gz")
        files += [file for file in found if fits(file, only or ["*"]) and not fits(file, skip)]
    if not files:
        raise Mistake(f"no instance is left; called {' or '.join(only or ['*'])} and not {' or '.join(skip) or 'skipped'}")
    return [inspect(file) for file in dict.fromkeys(files)]


def in_data(path):
    path = Path(path)
    inside = Path(os.environ.get("SOLVE_DATA", PACKAGE.parent / "shared/data")) / path
    return inside if inside.exists() and not path.exists() else path


def fits(file, patterns):
    return any(fnmatch.fnmatch(stem(file), pattern) for pattern in patterns)


def quick(data):
    """The smallest instances of each folder of the data set."""
    folders = [Path(data) / folder for folder in QUICK_FOLDERS if (Path(data) / folder).is_dir()]
    if not folders:
        raise Mistake(f"no data in {data}: name a folder of instances, or set SOLVE_DATA to the data set's place")
    return [instance for folder in folders for instance in smallest(find([folder], None))]


def smallest(instances):
    return sorted(instances, key=lambda instance: instance.size)[:QUICK_COUNT]


def is_instance(file):
    return file.is_file() and file.name.removesuffix(".gz").endswith(SUFFIXES)


def stem(file):
    name = file.name.removesuffix(".gz")
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)


def inspect(file):
    if file.name.endswith((".json", ".json.gz")):
        text = opened(file).read()
        maximizes = json.loads(text).get("sense", "min").startswith("max")
        return Instance(stem(file), file.resolve(), "nlp", len(text), maximizes, reference(file), least_tolerance(file))
    family, maximizes, size = scan(opened(file))
    return Instance(stem(file), file.resolve(), family, size, maximizes, reference(file), least_tolerance(file))


def opened(file):
    return gzip.open(file) if file.suffix == ".gz" else open(file, "rb")


QUADRATIC = (b"QUADOBJ", b"QMATRIX", b"QSECTION", b"QCMATRIX")
INTEGER_BOUNDS = (b"BV", b"LI", b"UI")


def scan(lines):
    """The family of an MPS file, whether it maximizes, and its size."""
    size, section, family, maximizes = 0, b"", "lp", False
    for line in lines:
        size += len(line)
        if line[:1].isalpha():
            section = line.split(None, 1)[0]
            if section in QUADRATIC:
                family = "qp"
        elif section == b"OBJSENSE":
            maximizes = line.strip().upper().startswith(b"MAX")
        elif family == "lp" and (b"'INTORG'" in line or (section == b"BOUNDS" and line.split(None, 1)[0] in INTEGER_BOUNDS)):
            family = "mip"
    return family, maximizes, size


def reference(file):
    """The optimum from `CORRECTIONS`, or the nearest README.md, the folder's own or one above it, with a table that lists the instance."""
    for readme in [CORRECTIONS, *(folder / "README.md" for folder in file.resolve().parents)]:
        if readme.is_file():
            value = tables(readme).get(stem(file).lower())
            if value is not None:
                return value
    return None


def least_tolerance(file):
    return tables(CORRECTIONS, ("tolerance",)).get(stem(file).lower(), 0)


_tables = {}


def tables(readme, wanted=VALUE_COLUMNS):
    """All tables of a README: name of the instance to the first of the wanted columns that holds a value."""
    if (readme, wanted) not in _tables:
        _tables[readme, wanted] = {}
        columns = []
        for line in readme.read_text().splitlines():
            cells = [cell.strip().lower() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("|"):
                columns = []
            elif not columns:
                columns = cells
            elif (name := first(columns, cells, ("instance", "name"))) is not None:
                values = (number(first(columns, cells, (column,))) for column in wanted)
                value = next((value for value in values if value is not None), None)
                if value is not None:
                    _tables[readme, wanted][name] = value
    return _tables[readme, wanted]


def first(columns, cells, names):
    return next((cells[columns.index(name)] for name in names if name in columns), None)


def number(cell):
    if cell is None or cell == "-":
        return None
    if cell.startswith("infeasible"):
        return "infeasible"
    try:
        return float(cell) if math.isfinite(float(cell)) else None
    except ValueError:
        return None
