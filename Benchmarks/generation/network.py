"""Optimal power flow in alternating current, polar voltages, on random networks."""

from __future__ import annotations

from math import cos, hypot, inf, sin, sqrt

from .program import Program


def power_flow(variables, random):
    """A random spanning tree of a grid of buses with some of the other edges, generators at a third of the buses, quadratic costs.

    Loads are what is left over at a random state near the flat one, so that state is feasible. Angles of neighbours differ by
    at most 0.5, and the currents of lines are limited.
    """
    side = max(3, round(sqrt(variables / 2.67)))
    buses = [(row, column) for row in range(side) for column in range(side)]
    lines = {edge: admittance(random) for edge in edges(buses, random)}
    angle = {bus: random.uniform(-0.04, 0.04) for bus in buses}
    voltage = {bus: random.uniform(0.98, 1.03) for bus in buses}
    angle[buses[0]] = 0.0
    injected = {bus: [0.0, 0.0] for bus in buses}
    for (one, other), line in lines.items():
        for here, there in ((one, other), (other, one)):
            active, reactive = flow(voltage[here], voltage[there], angle[here] - angle[there], *line)
            injected[here][0] += active
            injected[here][1] += reactive

    program = Program("power-flow")
    angles = {bus: program.variable(0.0, *((0.0, 0.0) if bus == buses[0] else (-inf, inf))) for bus in buses}
    voltages = {bus: program.variable(1.0, 0.94, 1.06) for bus in buses}
    balances = {bus: ([], []) for bus in buses}
    for (one, other), line in lines.items():
        for here, there in ((one, other), (other, one)):
            for balance, text in zip(balances[here], flow_texts(voltages, angles, here, there, *line)):
                balance.append(text)
    for bus in buses:
        if random.random() < 1 / 3 or bus == buses[0]:
            active, reactive = injected[bus]
            load = random.uniform(0.0, 0.5)
            output = active + load
            low, high = min(0.0, output), max(1.0, 1.5 * output)
            power = program.variable((low + high) / 2, low, high)
            support = program.variable(0.0, reactive - random.uniform(0.2, 1), reactive + random.uniform(0.2, 1))
            program.terms.append(f"{random.uniform(0.5, 2):.9g}*{power} + {random.uniform(0.05, 0.5):.9g}*{power}^2")
            program.equation(" + ".join(balances[bus][0]) + f" - {power}", -load)
            program.equation(" + ".join(balances[bus][1]) + f" - {support}")
        else:
            for balance, value in zip(balances[bus], injected[bus]):
                program.equation(" + ".join(balance), value)
    for (one, other), (conductance, susceptance) in lines.items():
        apart = angles[one], angles[other]
        program.between(f"{apart[0]} - {apart[1]}", -0.5, 0.5)
        drop = voltage[one] ** 2 + voltage[other] ** 2 - 2 * voltage[one] * voltage[other] * cos(angle[one] - angle[other])
        most = max(2 * drop, (0.8 / hypot(conductance, susceptance)) ** 2)
        scale = 1 / most
        program.between(
            f"{scale:.12g}*({voltages[one]}^2 + {voltages[other]}^2 - 2*{voltages[one]}*{voltages[other]}*cos({apart[0]} - {apart[1]}))",
            -inf, 1.0)
    return program


def edges(buses, random):
    """Of the grid: a random spanning tree and a quarter of the others."""
    all_edges = [
        ((row, column), other) for row, column in buses for other in ((row, column + 1), (row + 1, column)) if max(other) <= max(buses[-1])
    ]
    random.shuffle(all_edges)
    root = {bus: bus for bus in buses}

    def find(bus):
        while root[bus] != bus:
            root[bus] = root[root[bus]]
            bus = root[bus]
        return bus

    chosen = []
    for one, other in all_edges:
        if find(one) != find(other):
            root[find(one)] = find(other)
            chosen.append((one, other))
        elif random.random() < 0.25:
            chosen.append((one, other))
    return sorted(chosen)


def admittance(random):
    """Series conductance and susceptance of a line, per unit."""
    reactance = random.uniform(0.05, 0.2)
    resistance = reactance * random.uniform(0.1, 0.4)
    square = resistance**2 + reactance**2
    return resistance / square, -reactance / square


def flow(here, there, apart, conductance, susceptance):
    """Active and reactive power that leaves one end of a line."""
    return (
        conductance * here**2 - here * there * (conductance * cos(apart) + susceptance * sin(apart)),
        -susceptance * here**2 - here * there * (conductance * sin(apart) - susceptance * cos(apart)),
    )


def flow_texts(voltages, angles, here, there, conductance, susceptance):
    apart = f"{angles[here]} - {angles[there]}"
    product = f"{voltages[here]}*{voltages[there]}"
    g, b = f"{conductance:.12g}", f"{-susceptance:.12g}"
    return (
        f"{g}*{voltages[here]}^2 + {product}*({b}*sin({apart}) - {g}*cos({apart}))",
        f"{b}*{voltages[here]}^2 - {product}*({g}*sin({apart}) + {b}*cos({apart}))",
    )
