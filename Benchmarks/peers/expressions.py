"""Infix expressions of the nonlinear JSON format, evaluated with whatever numbers a library has.

Python's own `eval` gives up on the long sums of large problems; this reader works with stacks and takes time proportional to
the text. `^` binds tighter than unary minus and is right-associative.
"""

from __future__ import annotations

import operator
import re

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/^()]))")
BINARY = {
    "+": (1, operator.add), "-": (1, operator.sub), "*": (2, operator.mul), "/": (2, operator.truediv), "^": (4, operator.pow),
}
NEGATION = (3, operator.neg)
OPENING = (0, None)


def evaluate(text, variables, functions):
    """The value of the text, where `variables` and `functions` say what names stand for."""
    values, pending = [], []
    wants_operand = True
    place, end = 0, len(text.rstrip())

    def reduce(strength):
        while pending and pending[-1][0] >= strength:
            weight, apply = pending.pop()
            if weight == NEGATION[0]:
                values[-1] = apply(values[-1])
            else:
                right = values.pop()
                values[-1] = apply(values[-1], right)

    while place < end:
        match = TOKEN.match(text, place)
        if not match:
            raise ValueError(f"can't read {text[place:place + 20]!r}")
        place = match.end()
        number, name, symbol = match.groups()
        if wants_operand:
            if number:
                values.append(float(number))
                wants_operand = False
            elif name in variables:
                values.append(variables[name])
                wants_operand = False
            elif name:
                pending.append((0, functions[name]))
                place = text.index("(", place) + 1
            elif symbol == "(":
                pending.append(OPENING)
            elif symbol == "-":
                pending.append(NEGATION)
            elif symbol != "+":
                raise ValueError(f"an operand is missing before {text[place - 1:place + 20]!r}")
        elif symbol == ")":
            reduce(1)
            if not pending:
                raise ValueError(f"no parenthesis is open at {text[place - 1:place + 20]!r}")
            function = pending.pop()[1]
            if function:
                values[-1] = function(values[-1])
        elif not symbol or symbol == "(":
            raise ValueError(f"an operator is missing before {match.group().strip()!r}")
        else:
            strength, apply = BINARY["^" if symbol == "**" else symbol]
            reduce(strength + (strength == 4))
            pending.append((strength, apply))
            wants_operand = True
    if not wants_operand:
        reduce(1)
    if pending or wants_operand:
        raise ValueError(f"the expression ends too early: {text[-20:]!r}")
    return values[0]
