"""One object per benchmark: bench, results, ratios, targets, met, spread, machine. As JSON, or as tables for people."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _picture import bars
from _rounds import Rounds, ratio
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a ratio, either a minimum or a maximum."""

    at_least: float | None = None
    at_most: float | None = None

    def met_by(self, value: float) -> bool:
        """Whether the value meets the target."""
        return value >= self.at_least if self.at_least is not None else value <= (self.at_most or 0.0)

    def __str__(self) -> str:
        return f"≥ {self.at_least}" if self.at_least is not None else f"≤ {self.at_most}"


@dataclass(frozen=True, slots=True)
class Options:
    """Duration, variants and output format."""

    rounds: int
    each: int
    only: tuple[str, ...]
    as_json: bool
    settings: dict[str, str]
    picture: Path | None
    programs: Path | None
    """The server's programs, if not the wheel's."""
    numbers: dict[str, int]
    """Integer options of this benchmark only."""


def arguments(
    about: str | None, *, rounds: int, each: int, numbers: Mapping[str, tuple[int, str]] | None = None
) -> Options:
    """The common command line of all benchmarks, with a benchmark's defaults and `numbers`: default, help."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"rounds to interleave ({rounds})")
    parser.add_argument("--each", type=int, default=each, help=f"transactions of each variant per round ({each})")
    parser.add_argument(
        "--only", nargs="*", default=[], help="only these variants; ratios without both sides are left out"
    )
    parser.add_argument(
        "--durable", action="store_true", help="commits wait for the disk, as they do by default elsewhere"
    )
    parser.add_argument("--picture", type=Path, help="also draw the variants into this SVG file")
    parser.add_argument(
        "--programs", type=Path, help="measure on another PostgreSQL, such as that of /usr/lib/postgresql/15/bin"
    )
    for name, (default, text) in (numbers or {}).items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{text} ({default})")
    given = parser.parse_args()
    durable = {"synchronous_commit": "on", "fsync": "on"} if given.durable else {}
    return Options(
        given.rounds,
        given.each,
        tuple(given.only),
        given.json,
        durable,
        given.picture,
        given.programs,
        {name: getattr(given, name) for name in numbers or {}},
    )


@dataclass
class Report:
    """Collects measurements; a ratio is that of throughputs, upper / lower, so higher is better unless it is inverted."""

    bench: str
    targets: Mapping[str, Target]
    machine: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    cpu_ratios: dict[str, float] = field(default_factory=dict)
    spread: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _rounds: dict[str, Rounds] = field(default_factory=dict)

    def add_all(self, found: Mapping[str, Rounds]) -> None:
        """Add measured variants."""
        self._rounds.update(found)
        self.results.update({name: rounds.summary() for name, rounds in found.items()})

    def compare(self, upper: str, lower: str, *, by: str = "per_second", called: str | None = None) -> None:
        """Ratio of two variants, if both were measured: by throughput, or by time (`wall`), where less is better."""
        if upper not in self._rounds or lower not in self._rounds:
            return
        above, below = self._rounds[upper], self._rounds[lower]
        name = called or f"{upper} / {lower}"
        if by == "wall":
            above, below = below, above
        self.ratios[name], self.spread[name] = ratio(above.per_second, below.per_second)
        if above.cpu_us and below.cpu_us:
            # throughput per CPU second, so that both ratios of a pair point the same way
            self.cpu_ratios[name], _ = ratio(below.cpu_us, above.cpu_us)

    def put(self, name: str, values: Sequence[float]) -> None:
        """A precomputed ratio, one value per round: to a peer, or to a target."""
        self.ratios[name], self.spread[name] = ratio(values, [1.0] * len(values))

    @property
    def met(self) -> dict[str, bool]:
        """Per target, whether it was met; targets without a measurement are omitted."""
        return {name: target.met_by(self.ratios[name]) for name, target in self.targets.items() if name in self.ratios}

    def as_object(self) -> dict[str, Any]:
        """The object that --json prints."""
        return {
            "bench": self.bench,
            "results": self.results,
            "ratios": self.ratios,
            "cpu_ratios": self.cpu_ratios,
            "targets": {name: str(target) for name, target in self.targets.items()},
            "met": self.met,
            "spread": self.spread,
            "notes": self.notes,
            "machine": self.machine,
        }

    def show(self, options: Options, picture: str | None = None) -> None:
        """Print it, and draw it if requested: `picture` is SVG; by default the variants are bars."""
        if options.picture and picture is not None:
            options.picture.write_text(picture, encoding="utf-8")
        elif options.picture:
            about = "microseconds per transaction; dark: processor time of the server; medians of interleaved rounds"
            options.picture.write_text(bars(f"bench {self.bench}", self.results, about), encoding="utf-8")
        if options.as_json:
            print(json.dumps(self.as_object(), indent=2, ensure_ascii=False))
            return
        console = Console()
        if not console.is_terminal:
            console = Console(width=120)
        table = Table(title=f"{self.bench}: medians of {options.rounds} interleaved rounds", title_justify="left")
        columns = list(dict.fromkeys(key for result in self.results.values() for key in result))
        table.add_column("variant")
        for column in columns:
            table.add_column(column, justify="right")
        for name, result in self.results.items():
            table.add_row(name, *(_text(result.get(column)) for column in columns))
        console.print(table)
        ratios = Table(title="ratios", title_justify="left")
        for column in ("ratio", "median", "min … max", "quartiles", "by CPU", "target", "met"):
            ratios.add_column(column, justify="left" if column == "ratio" else "right", no_wrap=True)
        for name, value in self.ratios.items():
            spread, target = self.spread.get(name), self.targets.get(name)
            ratios.add_row(
                name, f"{value:.2f}", f"{spread['min']:.2f} … {spread['max']:.2f}" if spread else "",
                f"{spread['q1']:.2f} … {spread['q3']:.2f}" if spread else "",
                _text(self.cpu_ratios.get(name)), str(target or ""),
                "" if target is None else "[green]yes[/]" if target.met_by(value) else "[red]no[/]",
            )  # fmt: skip
        console.print(ratios)
        for note in self.notes:
            console.print(f"• {note}", highlight=False)
        console.print(
            f"[dim]{self.machine['cpu']}, {self.machine['cpus']} CPUs, PostgreSQL {self.machine['postgresql']}[/]"
        )


def _text(value: object) -> str:
    return (
        f"{value:,.2f}"
        if isinstance(value, float) and abs(value) < 10
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value if value is not None else "")
    )
