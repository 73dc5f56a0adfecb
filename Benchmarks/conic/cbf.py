"""The conic benchmark format (Friberg, "CBLIB 2014", Mathematical Programming Computation 8, 2016), without whole numbers."""

import gzip

import numpy as np
from scipy import sparse

from .program import ROOT, Program, dimension


class _Lines:
    def __init__(self, path):
        opener = gzip.open if str(path).endswith(".gz") else open
        with opener(path, "rt") as file:
            kept = (line.split() for line in file if not line.startswith("#"))
            self.lines = iter([words for words in kept if words])

    def __iter__(self):
        return self.lines

    def next(self):
        return next(self.lines)

    def table(self):
        return [self.next() for _ in range(int(self.next()[0]))]


def read(path):
    """A program that minimizes, and the sign and constant that lead back to the file's objective."""
    lines = _Lines(path)
    data = {"OBJSENSE": "MIN", "VAR": [], "CON": [], "PSDVAR": [], "PSDCON": [], "POWCONES": []}
    for (section,) in lines:
        if section in ("VER", "OBJSENSE", "OBJBCOORD"):
            data[section] = lines.next()[0]
        elif section in ("VAR", "CON"):
            count, blocks = map(int, lines.next())
            data[section] = [(domain, int(size)) for domain, size in (lines.next() for _ in range(blocks))]
        elif section == "POWCONES":
            count = int(lines.next()[0])
            data[section] = [[float(w[0]) for w in lines.table()] for _ in range(count)]
        elif section in ("PSDVAR", "PSDCON"):
            data[section] = [int(words[0]) for words in lines.table()]
        elif section in ("OBJACOORD", "OBJFCOORD", "ACOORD", "BCOORD", "FCOORD", "HCOORD", "DCOORD"):
            data[section] = [[float(word) for word in words] for words in lines.table()]
        else:
            raise ValueError(f"section {section} of {path}")
    return _assemble(data, str(path))


def _assemble(data, name):
    scalars = sum(size for _, size in data["VAR"])
    starts = scalars + np.concatenate([[0], np.cumsum([n * (n + 1) // 2 for n in data["PSDVAR"]])]).astype(int)
    columns = int(starts[-1])
    rows = sum(size for _, size in data["CON"])

    def packed(i, j):
        i, j = int(max(i, j)), int(min(i, j))
        return i * (i + 1) // 2 + j

    # Matrix variables are packed with √2 off the diagonal, so that products are those of vectors.
    def inner(k, i, j, value):
        return int(starts[int(k)]) + packed(i, j), value * (1 if i == j else ROOT)

    entries = [(i, j, v) for i, j, v in data.get("ACOORD", [])]
    entries += [(i, *inner(k, p, q, v)) for i, k, p, q, v in data.get("FCOORD", [])]
    F = _matrix(entries, rows, columns)
    f = np.zeros(rows)
    for i, v in data.get("BCOORD", []):
        f[int(i)] += v
    c = np.zeros(columns)
    for j, v in data.get("OBJACOORD", []):
        c[int(j)] += v
    for k, i, j, v in data.get("OBJFCOORD", []):
        column, value = inner(k, i, j, v)
        c[column] += value

    identity = sparse.identity(columns, format="csr")
    equations, sides, parts, offsets, cones = [], [], [], [], []

    def add(domain, F, f):
        size = F.shape[0]
        if domain == "L=":
            equations.append(F)
            sides.append(-f)
        elif domain != "F":
            if domain == "L-":
                F, f = -F, -f
            if domain == "EXP":
                F, f = F[::-1], f[::-1]
            kind = {"L+": "nonnegative", "L-": "nonnegative", "Q": "second-order", "QR": "rotated"}.get(domain)
            if kind:
                cones.append((kind, size))
            elif domain == "EXP":
                cones.append(("exponential",))
            else:
                weights = data["POWCONES"][int(domain[1:].split(":")[0])]
                cones.append(("power", weights[0] / sum(weights)))
            parts.append(F)
            offsets.append(f)

    first = 0
    for domain, size in data["VAR"]:
        add(domain, identity[first : first + size], np.zeros(size))
        first += size
    first = 0
    for domain, size in data["CON"]:
        add(domain, F[first : first + size], f[first : first + size])
        first += size
    for k, n in enumerate(data["PSDVAR"]):
        parts.append(identity[starts[k] : starts[k + 1]])
        offsets.append(np.zeros(n * (n + 1) // 2))
        cones.append(("semidefinite", n))
    for k, n in enumerate(data["PSDCON"]):
        size = n * (n + 1) // 2
        mine = [(packed(i, j), x, v * (1 if i == j else ROOT)) for m, x, i, j, v in data.get("HCOORD", []) if m == k]
        parts.append(_matrix(mine, size, columns))
        offset = np.zeros(size)
        for m, i, j, v in data.get("DCOORD", []):
            if m == k:
                offset[packed(i, j)] += v * (1 if i == j else ROOT)
        offsets.append(offset)
        cones.append(("semidefinite", n))

    sign = -1 if data["OBJSENSE"] == "MAX" else 1
    stack = lambda list: sparse.vstack(list, format="csr") if list else sparse.csr_matrix((0, columns))
    join = lambda list: np.concatenate(list) if list else np.zeros(0)
    program = Program(sign * c, stack(equations), join(sides), stack(parts), join(offsets), cones, name=name)
    return program, sign, float(data.get("OBJBCOORD", 0))


def _matrix(entries, rows, columns):
    if not entries:
        return sparse.csr_matrix((rows, columns))
    i, j, v = np.array(entries).T
    return sparse.csr_matrix((v, (i.astype(int), j.astype(int))), shape=(rows, columns))


def write(program, path):
    """Writes a program; matrices become matrix inequalities."""
    n = len(program.c)
    exponents = [cone[1] for cone in program.cones if cone[0] == "power"]
    rows, constants, blocks, orders, coefficients, shifts = [], [], [], [], [], []
    if len(program.b):
        rows.append(program.A)
        constants.append(-program.b)
        blocks.append(("L=", len(program.b)))
    first = power = 0
    G = program.G.tocsr()
    for cone in program.cones:
        size = dimension(cone)
        F, f = G[first : first + size], program.h[first : first + size]
        first += size
        if cone[0] == "semidefinite":
            k = 0
            for i in range(cone[1]):
                for j in range(i + 1):
                    scale = 1 if i == j else ROOT
                    row = F[k]
                    coefficients += [(len(orders), x, i, j, v / scale) for x, v in zip(row.indices, row.data)]
                    if f[k]:
                        shifts.append((len(orders), i, j, f[k] / scale))
                    k += 1
            orders.append(cone[1])
            continue
        domain = {"nonnegative": "L+", "second-order": "Q", "rotated": "QR", "exponential": "EXP"}.get(cone[0])
        if cone[0] == "power":
            domain = f"@{power}:POW"
            power += 1
        if domain == "EXP":
            F, f = F[::-1], f[::-1]
        rows.append(F)
        constants.append(f)
        blocks.append((domain, size))
    F = sparse.vstack(rows, format="coo") if rows else sparse.coo_matrix((0, n))
    f = np.concatenate(constants) if constants else np.zeros(0)

    with open(path, "w") as file:

        def section(name, lines):
            if lines:
                print(f"\n{name}\n{len(lines)}", *(" ".join(map(_text, line)) for line in lines), sep="\n", file=file)

        print("VER\n3\n\nOBJSENSE\nMIN", file=file)
        if exponents:
            print(f"\nPOWCONES\n{len(exponents)} {2 * len(exponents)}", file=file)
            for a in exponents:
                print(f"2\n{_text(a)}\n{_text(1 - a)}", file=file)
        print(f"\nVAR\n{n} 1\nF {n}", file=file)
        section("PSDCON", [(order,) for order in orders])
        if blocks:
            print(f"\nCON\n{len(f)} {len(blocks)}", *(f"{domain} {size}" for domain, size in blocks), sep="\n", file=file)
        section("OBJACOORD", [(j, v) for j, v in enumerate(program.c) if v])
        section("ACOORD", [(i, j, v) for i, j, v in zip(F.row, F.col, F.data) if v])
        section("BCOORD", [(i, v) for i, v in enumerate(f) if v])
        section("HCOORD", coefficients)
        section("DCOORD", shifts)


def _text(value):
    return repr(float(value)) if isinstance(value, float) else str(value)
