"""Optimal control by direct collocation."""

from __future__ import annotations

from math import inf, pi

from .program import Program


def robot_arm(variables, random):
    """Least time for an arm of length 5 to turn, by the trapezoidal rule; nine variables a node and the time.

    From E. D. Dolan, J. J. Moré, "Benchmarking optimization software with COPS", Argonne National Laboratory ANL/MCS-246
    (2000), problem 8; the angle to turn and the reach at the ends are random.
    """
    steps = max(4, round((variables - 1) / 9) - 1)
    length, turn, reach = 5.0, random.uniform(1.6, 2.4), random.uniform(4.2, 4.6)
    program = Program("robot-arm")
    time = program.variable(1.0, 0.0)
    ends = {"rho": (reach, reach), "theta": (0.0, turn), "phi": (pi / 4, pi / 4)}
    boxes = {"rho": (0.0, length), "theta": (-pi, pi), "phi": (0.0, pi)}
    nodes = []
    for step in range(steps + 1):
        part, node = step / steps, {}
        for name, (first, last) in ends.items():
            fixed = {0: first, steps: last}.get(step)
            start = turn * part * part if name == "theta" else first
            low, high = boxes[name] if fixed is None else (fixed, fixed)
            node[name] = program.variable(start if fixed is None else fixed, low, high)
            still = step in (0, steps)
            speed = 2 * turn * part if name == "theta" and not still else 0.0
            node[name, "speed"] = program.variable(speed, 0.0 if still else -inf, 0.0 if still else inf)
            node[name, "push"] = program.variable(0.0, -1.0, 1.0)
        nodes.append(node)
    for before, after in zip(nodes, nodes[1:]):
        for name in ends:
            rates = " + ".join(node[name, "speed"] for node in (before, after))
            program.equation(f"{after[name]} - {before[name]} - {0.5 / steps:.12g}*{time}*({rates})")
            forces = " + ".join(acceleration(name, node, length) for node in (before, after))
            program.equation(f"{after[name, 'speed']} - {before[name, 'speed']} - {0.5 / steps:.12g}*{time}*({forces})")
    program.terms.append(time)
    return program


def acceleration(name, node, length):
    push, reach = node[name, "push"], node["rho"]
    if name == "rho":
        return f"{push}/{length:g}"
    inertia = f"(({length:g} - {reach})^3 + {reach}^3)"
    return f"3*{push}/{inertia}" if name == "phi" else f"3*{push}/({inertia}*sin({node['phi']})^2)"


def cart_pole(variables, random):
    """Least effort to swing a pole on a cart up, by the separated Hermite-Simpson rule; accelerations are variables.

    Dynamics as in M. Kelly, "An introduction to trajectory optimization: how to do your own direct collocation", SIAM Review
    59 (2017), section 6 and appendix E; masses, length and the distance to travel are random.
    """
    intervals = max(4, round(variables / 14))
    duration, width = 2.0, 2.0 / intervals
    cart, pole, length = random.uniform(0.9, 1.1), random.uniform(0.25, 0.35), random.uniform(0.45, 0.55)
    distance, gravity = random.uniform(0.8, 1.0), 9.81
    program = Program("cart-pole")
    points = []
    for index in range(2 * intervals + 1):
        part, at_end = index / (2 * intervals), index in (0, 2 * intervals)

        def state(start, bound):
            return program.variable(start, start if at_end else -bound, start if at_end else bound)

        place, angle = state(distance * part, 2.0), state(pi * part, inf)
        speed, spin = state(0.0, inf), state(0.0, inf)
        push = program.variable(0.0, -20.0, 20.0)
        pull, twist = program.variable(), program.variable()
        sway = f"{length * pole:.12g}*sin({angle})*{spin}^2"
        program.equation(
            f"{pull}*({cart:.12g} + {pole:.12g}*sin({angle})^2) - {sway} - {push} - {pole * gravity:.12g}*cos({angle})*sin({angle})")
        program.equation(
            f"{length:.12g}*{twist}*({cart:.12g} + {pole:.12g}*sin({angle})^2) + ({sway} + {push})*cos({angle})"
            f" + {(cart + pole) * gravity:.12g}*sin({angle})")
        points.append(((place, speed), (angle, spin), (speed, pull), (spin, twist)))
        weight = width / 6 * (4 if index % 2 else 1 if at_end else 2)
        program.terms.append(f"{weight:.12g}*{push}^2")
    for before, middle, after in zip(points[::2], points[1::2], points[2::2]):
        for (value, rate), (half, half_rate), (next_value, next_rate) in zip(before, middle, after):
            program.equation(f"{half} - 0.5*({value} + {next_value}) - {width / 8:.12g}*({rate} - {next_rate})")
            program.equation(f"{next_value} - {value} - {width / 6:.12g}*({rate} + 4*{half_rate} + {next_rate})")
    return program
