"""The command line of scripts/mutate."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from mutate.generated import run_generated
from mutate.listed import load, run_listed
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def main() -> int:
    """Run the selected mutations; returns 1 if one survives or no longer matches the code."""
    parser = argparse.ArgumentParser(
        prog="scripts/mutate",
        description="Breaks the code on purpose, one place at a time, and shows which tests notice.",
    )
    parser.add_argument("domains", nargs="*", help="names of files in scripts/mutations, without .toml; default: all")
    parser.add_argument("--match", default="", help="only mutations whose file or fault contains this text")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once, each in a copy of the project")
    parser.add_argument(
        "--python", metavar="MODULE", help="instead of the lists: all mutations that cosmic-ray makes of a module"
    )
    parser.add_argument(
        "--tests", nargs="+", default=["worker/tests/unit"], help="with --python: the tests that have to notice"
    )
    chosen = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="wedsync-mutate-") as home:
        # PostgreSQL does not run as root, and its user needs access to the files of the copy
        Path(home).chmod(0o755)
        if chosen.python:
            return run_generated(Path(home), chosen.python, chosen.tests, console, _COLUMNS)
        return run_listed(Path(home), load(chosen.domains, chosen.match), chosen.jobs, console, _COLUMNS)


if __name__ == "__main__":
    sys.exit(main())
