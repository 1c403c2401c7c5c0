"""A bar chart of a benchmark's variants as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

_ROW, _LABEL, _BARS, _MARGIN = 34, 210, 620, 20


def bars(title: str, results: Mapping[str, Mapping[str, Any]], about: str) -> str:
    """One bar per variant: time per transaction as seen by the client, and within it the processor time of the server."""
    shown = {name: result for name, result in results.items() if "wall_us" in result}
    longest = max(result["wall_us"] for result in shown.values())
    width, height = _LABEL + _BARS + 110, 74 + _ROW * len(shown) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="Helvetica, Arial, sans-serif" font-size="14" role="img" aria-labelledby="t d">',
        f'  <title id="t">{escape(title)}</title>',
        f'  <desc id="d">{escape(about)}</desc>',
        f'  <rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'  <text x="{_MARGIN}" y="30" font-weight="bold" fill="#0f172a">{escape(title)}</text>',
        f'  <text x="{_MARGIN}" y="52" font-size="12" fill="#475569">{escape(about)}</text>',
    ]
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
