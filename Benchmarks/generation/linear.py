"""Linear programs: networks, where factors stay sparse, and random patterns, where they fill in."""

from __future__ import annotations

from math import dist, sqrt

from .problem import INFINITY, Problem


def places(count, random):
    return [(random.random(), random.random()) for _ in range(count)]


def distance(one, other):
    """In units of a thousandth of the square's side, whole, so that costs tie as they do in practice."""
    return 1 + round(1000 * dist(one, other))


def transport(nonzeros, random):
    """Sources to three times as many sinks, each pair an arc; supplies exceed the demands by a tenth. Two nonzeros an arc."""
    sources = max(2, round(sqrt(nonzeros / 6)))
    sinks = 3 * sources
    at_source, at_sink = places(sources, random), places(sinks, random)
    demands = [random.randint(1, 100) for _ in range(sinks)]
    shares = [random.random() + 0.1 for _ in range(sources)]
    total = sum(shares)
    rows = [("L", float(round(1.1 * sum(demands) * share / total) + 1)) for share in shares]
    rows += [("G", float(demand)) for demand in demands]
    columns = (
        (distance(at_source[i], at_sink[j]), [(i, 1.0), (sources + j, 1.0)], 0.0, INFINITY)
        for i in range(sources)
        for j in range(sinks)
    )
    return Problem("transport", rows, columns)


def transport_near(nonzeros, random):
    """Each of the sinks has arcs from ten sources, most of them near; a known plan makes it feasible."""
    degree = 10
    sinks = max(4, round(nonzeros / (2 * degree)))
    sources = max(degree, sinks // 4)
    position = sorted(random.random() for _ in range(sources))
    supplies = [0] * sources
    arcs, rows = [], []
    for sink in range(sinks):
        middle = round(sink / sinks * (sources - 1))
        near = {min(sources - 1, max(0, middle + step)) for step in range(-3, 4)}
        while len(near) < degree:
            near.add(random.randrange(sources))
        demand = random.randint(1, 100)
        rows.append(("G", float(demand)))
        supplies[random.choice(sorted(near))] += demand
        for source in sorted(near):
            cost = 1 + round(1000 * abs(position[source] - sink / sinks)) + random.randint(0, 20)
            arcs.append((cost, [(sink, 1.0), (sinks + source, 1.0)], 0.0, INFINITY))
    rows += [("L", float(round(1.1 * supply) + 5)) for supply in supplies]
    return Problem("transport-near", rows, arcs)


def multicommodity(nonzeros, random):
    """Commodities from one node to another of a random graph with four arcs a node, all sharing the arcs' capacities.

    Three nonzeros for an arc and commodity. What can't be routed takes an expensive way around, so it is always feasible.
    """
    unit = sqrt(nonzeros / 12)
    nodes, commodities = max(4, round(2 * unit)), max(2, round(unit / 2))
    ring = [(node, (node + 1) % nodes) for node in range(nodes)]
    chords = []
    while len(chords) < 3 * nodes:
        tail, head = random.randrange(nodes), random.randrange(nodes)
        if tail != head:
            chords.append((tail, head))
    arcs = [(tail, head, random.randint(1, 100)) for tail, head in ring + chords]
    trades = []
    for _ in range(commodities):
        origin, target = random.sample(range(nodes), 2)
        trades.append((origin, target, random.randint(5, 50)))
    balance = [("E", 0.0)] * (nodes * commodities)
    for commodity, (origin, target, demand) in enumerate(trades):
        balance[commodity * nodes + origin] = ("E", float(demand))
        balance[commodity * nodes + target] = ("E", -float(demand))
    # A path has about log(nodes) arcs; twice that load, spread over all arcs, lets some capacities bind.
    load = sum(demand for _, _, demand in trades) * len(bin(nodes)) / len(arcs)
    capacities = [("L", float(max(1, round(load * random.uniform(0.5, 2.5))))) for _ in arcs]

    def columns():
        for commodity, (origin, target, _) in enumerate(trades):
            base = commodity * nodes
            for arc, (tail, head, cost) in enumerate(arcs):
                yield cost, [(base + tail, 1.0), (base + head, -1.0), (len(balance) + arc, 1.0)], 0.0, INFINITY
            yield 5000, [(base + origin, 1.0), (base + target, -1.0)], 0.0, INFINITY

    return Problem("multicommodity", balance + capacities, columns())


def pattern(columns, rows, a_column, random):
    for _ in range(columns):
        yield sorted(random.sample(range(rows), a_column))


def packing(nonzeros, random):
    """The most valuable fractional choice that respects random resources; eight nonzeros a column, twice as many columns as rows."""
    columns = max(16, round(nonzeros / 8))
    rows = max(8, columns // 2)
    return Problem("packing", [("L", float(random.randint(4, 16))) for _ in range(rows)], (
        (-round(random.uniform(1, 10), 2), [(row, round(random.uniform(0.5, 2), 2)) for row in entries], 0.0, 1.0)
        for entries in pattern(columns, rows, 8, random)
    ))


def covering(nonzeros, random):
    """The cheapest fractional choice that covers every demand; eight nonzeros a column, twice as many columns as rows."""
    columns = max(16, round(nonzeros / 8))
    rows = max(8, columns // 2)
    entries = list(pattern(columns, rows, 8, random))
    covered = [0] * rows
    for column in entries:
        for row in column:
            covered[row] += 1
    return Problem("covering", [("G", float(min(cover, random.randint(1, 3)))) for cover in covered], (
        (round(random.uniform(1, 10), 2), [(row, 1.0) for row in column], 0.0, 2.0) for column in entries
    ))


def matching(nonzeros, random):
    """Each treated unit with at most two of its candidate controls, every control once at most, so that the moments
    of ten covariates stay balanced; a prize for each pair makes pairs worthwhile. 22 nonzeros a pair, 20 dense rows.
    """
    covariates, candidates = 10, 20
    treated = max(4, round(nonzeros / (candidates * (2 + 2 * covariates))))
    controls = max(candidates, 3 * treated)
    feature = [[random.gauss(0.2, 1) for _ in range(covariates)] for _ in range(treated)]
    other = [[random.gauss(0, 1) for _ in range(covariates)] for _ in range(controls)]
    rows = [("L", 2.0)] * treated + [("L", 1.0)] * controls
    first = len(rows)
    rows += [("L", 0.0)] * (2 * covariates)

    def columns():
        for unit in range(treated):
            for control in sorted(random.sample(range(controls), candidates)):
                gaps = [mine - theirs for mine, theirs in zip(feature[unit], other[control])]
                entries = [(unit, 1.0), (treated + control, 1.0)]
                for covariate, gap in enumerate(gaps):
                    entries += [(first + 2 * covariate, round(gap - 0.05, 4)), (first + 2 * covariate + 1, round(-gap - 0.05, 4))]
                yield round(sqrt(sum(gap * gap for gap in gaps)) - 6, 3), entries, 0.0, INFINITY

    return Problem("matching", rows, columns())
