"""Optimal control of semilinear elliptic equations on the unit square.

Of the kind of H. Maurer, H. D. Mittelmann, "Optimization techniques for solving elliptic control problems with control and state
constraints, part 2: distributed control", Computational Optimization and Applications 18 (2001); data are our own.
"""

from __future__ import annotations

from math import exp, sqrt

from .program import Program


def elliptic_cubic(variables, random):
    """-Laplace y + y^3 = u, tracking random bumps with a cheap control, bounds on control and state."""
    return elliptic("elliptic-cubic", variables, random, lambda state: f"{state}^3")


def elliptic_exp(variables, random):
    """-Laplace y + exp(y) = 1 + u, otherwise the same."""
    return elliptic("elliptic-exp", variables, random, lambda state: f"(exp({state}) - 1)")


def elliptic(name, variables, random, reaction):
    """Five-point stencil, y = 0 around; rows are multiplied by the square of the mesh width."""
    side = max(4, round(sqrt(variables / 2)))
    width = 1 / (side + 1)
    bumps = [(random.uniform(0.2, 0.8), random.uniform(0.2, 0.8), random.uniform(0.5, 1.5)) for _ in range(4)]
    highest = random.uniform(0.6, 0.8)
    effort = 1e-3
    program = Program(name)
    states, controls = {}, {}
    for row in range(side):
        for column in range(side):
            across, up = (column + 1) * width, (row + 1) * width
            wanted = sum(height * exp(-40 * ((across - x) ** 2 + (up - y) ** 2)) for x, y, height in bumps)
            state = states[row, column] = program.variable(0.0, -1.0, highest)
            control = controls[row, column] = program.variable(0.0, -5.0, 30.0)
            program.terms.append(f"{width * width / 2:.9g}*({state} - {wanted:.9g})^2 + {effort * width * width / 2:.9g}*{control}^2")
    for (row, column), state in states.items():
        around = ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
        neighbours = "".join(f" - {states[place]}" for place in around if place in states)
        program.equation(f"4*{state}{neighbours} + {width * width:.12g}*({reaction(state)} - {controls[row, column]})")
    return program
