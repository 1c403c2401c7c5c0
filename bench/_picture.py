"""Pictures of a benchmark's results as SVG."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_ROW, _LABEL, _BARS, _MARGIN = 34, 210, 620, 20


def bars(title: str, results: Mapping[str, Mapping[str, Any]], about: str) -> str:
    """A bar per variant: time per transaction as seen by the client, including the CPU time of the server."""
    shown = {name: result for name, result in results.items() if "wall_us" in result}
    longest = max(result["wall_us"] for result in shown.values())
    width, height = _LABEL + _BARS + 110, 74 + _ROW * len(shown) + _MARGIN
    parts = _frame(title, about, width, height)
    for row, (name, result) in enumerate(shown.items()):
        top = 70 + row * _ROW
        wall, cpu = (max(1.0, result.get(key, 0) / longest * _BARS) for key in ("wall_us", "cpu_us"))
        figure = f"{result['wall_us']:,.0f} µs"
        parts += [
            f'  <text x="{_LABEL - 10}" y="{top + 16}" text-anchor="end" fill="#1e293b">{escape(name)}</text>',
            f'  <rect x="{_LABEL}" y="{top}" width="{wall:.1f}" height="22" rx="3" fill="#cbd5e1"/>',
            f'  <rect x="{_LABEL}" y="{top}" width="{cpu:.1f}" height="22" rx="3" fill="#334155"/>',
            f'  <text x="{_LABEL + wall + 8:.1f}" y="{top + 16}" fill="#1e293b">{figure}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _frame(title: str, about: str, width: int, height: int) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="Helvetica, Arial, sans-serif" font-size="14" role="img" aria-labelledby="t d">',
        f'  <title id="t">{escape(title)}</title>',
        f'  <desc id="d">{escape(about)}</desc>',
        f'  <rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'  <text x="{_MARGIN}" y="30" font-weight="bold" fill="#0f172a">{escape(title)}</text>',
        f'  <text x="{_MARGIN}" y="52" font-size="12" fill="#475569">{escape(about)}</text>',
    ]


_COLOURS = ("#334155", "#f59e0b")
_STEPS_PER_DOUBLING = 4


def histogram(title: str, series: Mapping[str, Sequence[float]], about: str) -> str:
    """Shares of values (milliseconds) on a logarithmic scale, at most two series over each other."""
    low, bottom, tall = -2.0, 290, 200
    high = max(math.log2(max(values)) for values in series.values()) + 0.25
    columns = max(1, math.ceil((high - low) * _STEPS_PER_DOUBLING))
    wide = _LABEL + _BARS - 2 * _MARGIN
    shares = {}
    for name, values in series.items():
        counts = [0] * columns
        for value in values:
            place = int((math.log2(max(value, 2**low)) - low) * _STEPS_PER_DOUBLING)
            counts[min(columns - 1, place)] += 1
        shares[name] = [number / len(values) for number in counts]
    highest = max(max(each) for each in shares.values())
    parts = _frame(title, about, _LABEL + _BARS, bottom + 50)
    for number, (name, each) in enumerate(shares.items()):
        colour = _COLOURS[number]
        for column, share in enumerate(each):
            if share:
                x, y = _MARGIN + column * wide / columns, share / highest * tall
                parts.append(
                    f'  <rect x="{x:.1f}" y="{bottom - y:.1f}" width="{wide / columns - 1:.1f}" height="{y:.1f}"'
                    f' fill="{colour}" fill-opacity="0.6"/>'
                )
        middle = statistics.median(series[name])
        x = _MARGIN + (math.log2(max(middle, 2**low)) - low) / (columns / _STEPS_PER_DOUBLING) * wide
        parts += [
            f'  <line x1="{x:.1f}" y1="{bottom - tall}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}" stroke-dasharray="4 3"/>',
            f'  <text x="{_LABEL + _BARS - _MARGIN}" y="{84 + 20 * number}" text-anchor="end" fill="{colour}">'
            f"{escape(name)}: median {middle:.2f} ms</text>",
        ]
    for power in range(int(low), math.ceil(high)):
        x = _MARGIN + (power - low) / (columns / _STEPS_PER_DOUBLING) * wide
        parts.append(f'  <text x="{x:.1f}" y="{bottom + 20}" font-size="12" fill="#475569">{2.0**power:g}</text>')
    return "\n".join([*parts, "</svg>", ""])


def columns(title: str, values: Mapping[str, float], unit: str, about: str) -> str:
    """A horizontal bar per value, with its number."""
    longest = max(values.values())
    parts = _frame(title, about, _LABEL + _BARS + 110, 74 + _ROW * len(values) + _MARGIN)
    for row, (name, value) in enumerate(values.items()):
        top, width = 70 + row * _ROW, max(1.0, value / longest * _BARS)
        parts += [
            f'  <text x="{_LABEL - 10}" y="{top + 16}" text-anchor="end" fill="#1e293b">{escape(name)}</text>',
            f'  <rect x="{_LABEL}" y="{top}" width="{width:.1f}" height="22" rx="3" fill="#334155"/>',
            f'  <text x="{_LABEL + width + 8:.1f}" y="{top + 16}" fill="#1e293b">{value:,.1f} {escape(unit)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
