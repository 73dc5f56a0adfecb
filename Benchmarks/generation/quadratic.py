"""Convex quadratic programs of the usual kinds.

Formulations as in B. Stellato, G. Banjac, P. Goulart, A. Bemporad, S. Boyd, "OSQP: an operator splitting solver for quadratic
programs", Mathematical Programming Computation 12 (2020), appendix A; sizes and data are our own.
"""

from __future__ import annotations

from math import inf, sqrt

from .problem import Problem

FREE = (-inf, inf)


def sparse_columns(rows, columns, density, random):
    """Normal entries at random places, column by column; every column has at least one."""
    for _ in range(columns):
        count = min(rows, max(1, round(density * rows + random.uniform(-0.5, 0.5))))
        yield [(row, random.gauss(0, 1)) for row in sorted(random.sample(range(rows), count))]


def diagonal(start, count, value):
    return ((index, index, value) for index in range(start, start + count))


def random_qp(nonzeros, random):
    """Q = MM' + I/100 with five entries a column of M, and as many two-sided rows as columns, seven nonzeros each."""
    columns = max(10, round(nonzeros / 22))
    few = min(columns, 5)
    hessian = [{} for _ in range(columns)]
    for column in range(columns):
        hessian[column][column] = 0.01
    for _ in range(columns):
        entries = sorted((row, random.gauss(0, 1)) for row in random.sample(range(columns), few))
        for place, (column, value) in enumerate(entries):
            for row, other in entries[place:]:
                hessian[column][row] = hessian[column].get(row, 0.0) + value * other
    rows = []
    for _ in range(columns):
        low = -random.random()
        rows.append(("G", low, random.random() - low))
    matrix = sparse_columns(columns, columns, min(1.0, 7 / columns), random)
    return Problem(
        "random-qp", rows, ((random.gauss(0, 1), entries, *FREE) for entries in matrix),
        ((row, column, value) for column in range(columns) for row, value in sorted(hessian[column].items())),
    )


def portfolio(nonzeros, random):
    """Assets with one factor for each hundred: maximize mu'x - x'Dx - y'y, y = F'x, 1'x = 1, x >= 0; F is half full."""
    assets = max(20, round(sqrt(200 * nonzeros)))
    factors = max(1, assets // 100)
    rows = [("E", 0.0)] * factors + [("E", 1.0)]

    def columns():
        for loadings in sparse_columns(factors, assets, 0.5, random):
            yield -random.gauss(0.1, 1), loadings + [(factors, 1.0)], 0.0, inf
        for factor in range(factors):
            yield 0.0, [(factor, -1.0)], *FREE

    def hessian():
        for asset in range(assets):
            yield asset, asset, 2 * random.uniform(0, sqrt(factors)) + 0.01
        yield from diagonal(assets, factors, 2.0)

    return Problem("portfolio", rows, columns(), hessian())


def svm(nonzeros, random):
    """Ten samples a feature, features 15 % full, two Gaussian classes: x'x/2 + 1't, t >= 1 - b (a'x), t >= 0."""
    features = max(3, round(sqrt(nonzeros / 1.5)))
    samples = 10 * features
    rows = [("G", 1.0)] * samples

    def columns():
        for feature in range(features):
            entries = []
            for row, value in next(sparse_columns(samples, 1, 0.15, random)):
                label = 1 if row % 2 else -1
                entries.append((row, label * (value / sqrt(features) + label / features)))
            yield 0.0, entries, *FREE
        for sample in range(samples):
            yield 1.0, [(sample, 1.0)], 0.0, inf

    return Problem("svm", rows, columns(), diagonal(0, features, 1.0))


def regression(nonzeros, random, outliers):
    """Data columns, 15 % full, with ten samples a feature, and observations of a half sparse truth."""
    features = max(3, round(sqrt(nonzeros / 1.5)))
    samples = 10 * features
    data = list(sparse_columns(samples, features, 0.15, random))
    observed = [0.0] * samples
    for column in data:
        if random.random() < 0.5:
            truth = random.gauss(0, 1) / sqrt(features)
            for row, value in column:
                observed[row] += value * truth
    noisy = [
        value + (random.uniform(0, 10) if random.random() < outliers else random.gauss(0, 0.25)) for value in observed
    ]
    return features, samples, data, noisy


def lasso(nonzeros, random):
    """y'y + weight 1't, y = Ax - b, -t <= x <= t; the weight is a fifth of the one at which x = 0 is best."""
    features, samples, data, observed = regression(nonzeros, random, 0)
    weight = 2 / 5 * max(abs(sum(value * observed[row] for row, value in column)) for column in data)
    rows = [("E", value) for value in observed] + [("L", 0.0), ("L", 0.0)] * features

    def columns():
        for feature, column in enumerate(data):
            side = samples + 2 * feature
            yield 0.0, column + [(side, 1.0), (side + 1, -1.0)], *FREE
        for sample in range(samples):
            yield 0.0, [(sample, -1.0)], *FREE
        for feature in range(features):
            side = samples + 2 * feature
            yield weight, [(side, -1.0), (side + 1, -1.0)], *FREE

    return Problem("lasso", rows, columns(), diagonal(features, samples, 2.0))


def huber(nonzeros, random):
    """u'u + 2 1'(r + s), Ax - u - r + s = b, r and s >= 0; one observation in twenty is an outlier."""
    features, samples, data, observed = regression(nonzeros, random, 0.05)
    rows = [("E", value) for value in observed]

    def columns():
        for column in data:
            yield 0.0, column, *FREE
        for sample in range(samples):
            yield 0.0, [(sample, -1.0)], *FREE
        for sign in (-1.0, 1.0):
            for sample in range(samples):
                yield 2.0, [(sample, sign)], 0.0, inf

    return Problem("huber", rows, columns(), diagonal(features, samples, 2.0))


def control(nonzeros, random):
    """Stable linear dynamics over ten steps from a random start, half as many inputs as states, box bounds on both."""
    steps = 10
    states = max(2, round(sqrt(nonzeros / (1.5 * steps))))
    inputs = max(1, states // 2)
    dynamics = [
        [(row, (1.0 if row == column else 0.0) * 0.9 + random.gauss(0, 0.3 / sqrt(states))) for row in range(states)]
        for column in range(states)
    ]
    gains = list(sparse_columns(states, inputs, 1.0, random))
    start = [random.uniform(-0.5, 0.5) for _ in range(states)]
    weights = [random.uniform(0, 10) if random.random() < 0.7 else 0.0 for _ in range(states)]
    limit = [random.uniform(1, 2) for _ in range(states)]
    push = [random.uniform(0.05, 0.1) for _ in range(inputs)]
    # x(k+1) - A x(k) - B u(k) = 0, with A x(0) on the right of the first step.
    arrived = [0.0] * states
    for value, column in zip(start, dynamics):
        for row, entry in column:
            arrived[row] += entry * value
    rows = [("E", value) for value in arrived] + [("E", 0.0)] * (states * (steps - 1))

    def columns():
        for step in range(steps):
            base = step * states
            for state in range(states):
                after = [(base + states + row, -entry) for row, entry in dynamics[state]] if step + 1 < steps else []
                # The start may drift out of a narrow box before the inputs can act, so states get room.
                yield 0.0, [(base + state, 1.0)] + after, -5 * limit[state], 5 * limit[state]
            for index in range(inputs):
                yield 0.0, [(base + row, -entry) for row, entry in gains[index]], -push[index], push[index]

    def hessian():
        column = 0
        for step in range(steps):
            last = 10.0 if step + 1 == steps else 1.0
            for state in range(states):
                if weights[state]:
                    yield column, column, weights[state] * last
                column += 1
            for _ in range(inputs):
                yield column, column, 0.1
                column += 1

    return Problem("control", rows, columns(), hessian())
