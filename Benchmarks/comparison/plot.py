"""Logarithmic line plots as SVG."""

from __future__ import annotations

import math
from html import escape

COLORS = ("#0b5fa5", "#d1495b", "#2e8b57", "#e08e0b", "#7b4fa3", "#4c4c4c", "#00a0a0", "#a0522d", "#c71585", "#708238")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, GAP = 430, 330, 62, 46, 56, 24
SUPERSCRIPTS = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
STYLE = "font-family: system-ui, sans-serif; font-size: 12px"


def growth(title, size_label, panels):
    """An SVG of panels side by side. A panel is its axis label and, for each series, name, (x, y) pairs and slope."""
    names = list(dict.fromkeys(series[0] for _, all_series in panels for series in all_series))
    height = HEIGHT + 18 * len(names) + 20
    width = len(panels) * (WIDTH + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" style="{STYLE}">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        text(LEFT, 24, title, "start", "font-weight: bold; font-size: 15px"),
    ]
    for place, (label, all_series) in enumerate(panels):
        parts.append(f'<g transform="translate({place * (WIDTH + GAP)} 0)">')
        parts += panel(size_label, label, all_series, names)
        parts.append("</g>")
    return "\n".join(parts + ["</svg>", ""])


def panel(size_label, label, all_series, names):
    points = [pair for _, pairs, _ in all_series for pair in pairs]
    if not points:
        return [text(LEFT, TOP + 20, f"{label}: nothing to show", "start")]
    x_range, y_range = (decades([pair[side] for pair in points]) for side in (0, 1))
    right, low = WIDTH - 12, HEIGHT - BOTTOM

    def place(x, y):
        return (
            LEFT + (right - LEFT) * (math.log10(x) - x_range[0]) / (x_range[1] - x_range[0]),
            low - (low - TOP) * (math.log10(y) - y_range[0]) / (y_range[1] - y_range[0]),
        )

    parts = [text((LEFT + right) / 2, HEIGHT - 8, size_label), text(LEFT, TOP - 10, label, "start")]
    for power in range(x_range[0], x_range[1] + 1):
        x, _ = place(10.0**power, 10.0 ** y_range[0])
        parts += [line(x, TOP, x, low), text(x, low + 16, power_of_ten(power))]
    for power in range(y_range[0], y_range[1] + 1):
        _, y = place(10.0 ** x_range[0], 10.0**power)
        parts += [line(LEFT, y, right, y), text(LEFT - 6, y + 4, power_of_ten(power), "end")]
    for name, pairs, exponent in all_series:
        number = names.index(name)
        color, below = COLORS[number % len(COLORS)], HEIGHT + 18 * number + 14
        dots = [place(x, y) for x, y in pairs]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.8"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in dots]
        parts.append(f'<rect x="{LEFT}" y="{below - 9}" width="14" height="4" fill="{color}"/>')
        parts.append(text(LEFT + 22, below, name + (f", slope {exponent:.2f}" if exponent is not None else ""), "start"))
    return parts


def decades(values):
    """The powers of ten that enclose the values, at least one decade."""
    low, high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
    return low, max(high, low + 1)


def power_of_ten(power):
    return "10" + str(power).translate(SUPERSCRIPTS) if power not in (0, 1) else str(10**power)


def line(x1, y1, x2, y2):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def text(x, y, words, anchor="middle", style=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="{style}">{escape(words)}</text>'
