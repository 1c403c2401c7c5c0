"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, noun: str, ending: str = "s") -> str:
    """The number with its noun, in the plural unless it is 1."""
    return f"{number} {noun}{'' if number == 1 else ending}"
