"""Least squares with nonlinear constraints."""

from __future__ import annotations

from math import cos, exp, hypot, inf, pi, sin

from .program import Program


def bundle(variables, random):
    """Poses of a vehicle in the plane and landmarks, from noisy sightings in the vehicle's own frame, and the place of every fifth
    pose; residuals are variables.

    The distances of consecutive poses are known to lie in narrow intervals, and the first pose is known.
    """
    poses = max(4, round(variables / 13.4))
    program = Program("bundle")
    truth, heading, place = [], 0.0, (0.0, 0.0)
    for _ in range(poses):
        truth.append((*place, heading))
        heading += random.gauss(0, 0.2)
        stride = random.uniform(0.8, 1.2)
        place = (place[0] + stride * cos(heading), place[1] + stride * sin(heading))
    guesses = []
    for index, (x, y, turn) in enumerate(truth):
        if index == 0:
            guesses.append(tuple(program.variable(value, value, value) for value in (x, y, turn)))
        else:
            noisy = (x + random.gauss(0, 0.2), y + random.gauss(0, 0.2), turn + random.gauss(0, 0.1))
            guesses.append(tuple(program.variable(value) for value in noisy))

    def measured(value, text):
        residual = program.variable()
        program.terms.append(f"{residual}^2")
        program.equation(f"{text} - {residual}", value)

    for pose in range(5, poses, 5):
        for actual, guess in zip(truth[pose][:2], guesses[pose]):
            measured(actual + random.gauss(0, 0.1), guess)
    for first in range(poses):
        x, y, turn = truth[first]
        side = random.choice((-1, 1)) * random.uniform(1, 3)
        mark = (x + cos(turn) - side * sin(turn), y + sin(turn) + side * cos(turn))
        across, up = (program.variable(value + random.gauss(0, 0.3)) for value in mark)
        for pose in range(first, min(first + 4, poses)):
            x, y, turn = truth[pose]
            px, py, pt = guesses[pose]
            ahead = cos(turn) * (mark[0] - x) + sin(turn) * (mark[1] - y) + random.gauss(0, 0.02)
            left = cos(turn) * (mark[1] - y) - sin(turn) * (mark[0] - x) + random.gauss(0, 0.02)
            measured(ahead, f"cos({pt})*({across} - {px}) + sin({pt})*({up} - {py})")
            measured(left, f"cos({pt})*({up} - {py}) - sin({pt})*({across} - {px})")
    for (before, after), (one, other) in zip(zip(truth, truth[1:]), zip(guesses, guesses[1:])):
        distance = hypot(after[0] - before[0], after[1] - before[1])
        program.between(
            f"({other[0]} - {one[0]})^2 + ({other[1]} - {one[1]})^2", (0.995 * distance) ** 2, (1.005 * distance) ** 2)
    return program


def curve_fit(variables, random):
    """Damped oscillations a exp(-b t) cos(c t) fitted to five noisy values each, all in one objective.

    The decay falls along the curves, each a and b share a budget, and the squares of all a have a known sum.
    """
    curves = max(5, round(variables / 3))
    program = Program("curve-fit")
    rates = sorted((random.uniform(0.3, 1.5) for _ in range(curves)), reverse=True)
    before, total, sizes = None, 0.0, []
    for rate in rates:
        size, turn = random.uniform(1, 3), random.uniform(1.0, 2.0)
        a = program.variable(size * random.uniform(0.7, 1.3), 0.0)
        b = program.variable(1.0, 0.0, 5.0)
        c = program.variable(turn * random.uniform(0.9, 1.1), 0.0, pi)
        for step in range(5):
            time = 0.4 * step + random.uniform(0.0, 0.3)
            value = size * exp(-rate * time) * cos(turn * time) + random.gauss(0, 0.05)
            program.terms.append(f"({a}*exp(-{time:.6g}*{b})*cos({time:.6g}*{c}){-value:+.9g})^2")
        program.between(f"{a}*{b}", -inf, size * rate * random.uniform(0.9, 1.3))
        if before:
            program.between(f"{before} - {b}", 0.0)
        before = b
        sizes.append(a)
        total += size * size
    program.equation(f"{1 / total:.12g}*(" + " + ".join(f"{a}^2" for a in sizes) + ")", 1.0)
    return program
