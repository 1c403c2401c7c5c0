"""Runs the mutations of scripts/mutations: each one breaks a line deliberately, and its tests have to fail.

A mutation is a table `[[mutation]]` in `<domain>.toml`: `file`, `what` (the fault, for people), `find` (text that
stands in the file once), `replace`, and `tests` (files or folders for pytest).
"""

from __future__ import annotations

import queue
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from mutate.tree import FAILED, PASSED, ROOT, copy_tree, run_tests
from rich.console import Console
from rich.progress import Progress

FOLDER = ROOT / "scripts" / "mutations"


@dataclass(frozen=True)
class Mutation:
    """One place to break, and the tests that have to notice."""

    domain: str
    file: str
    what: str
    find: str
    replace: str
    tests: tuple[str, ...]

    def broken(self) -> str:
        """The text of the file with the fault in it. Raises ValueError when the place is not there exactly once."""
        text = (ROOT / self.file).read_text(encoding="utf-8")
        if (found := text.count(self.find)) != 1:
            raise ValueError(f"the text to find stands in {self.file} {found} times")
        return text.replace(self.find, self.replace)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a mutation: killed, survived, or misfit with the reason."""

    mutation: Mutation
    verdict: str
    detail: str = ""


def load(domains: Sequence[str], match: str) -> list[Mutation]:
    """The mutations of these domains (all when none is named) whose file or fault contains `match`."""
    known = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
    if unknown := set(domains) - set(known):
        raise SystemExit(f"no such domain: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [
        Mutation(domain, row["file"], row["what"], row["find"], row["replace"], tuple(row["tests"]))
        for domain, path in known.items()
        if not domains or domain in domains
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]
        if match in row["file"] or match in row["what"]
    ]


def try_mutation(tree: Path, mutation: Mutation) -> Outcome:
    """Apply the mutation, run the tests, and revert it."""
    try:
        broken = mutation.broken()
    except (ValueError, OSError) as exc:
        return Outcome(mutation, "misfit", str(exc))
    if missing := [test for test in mutation.tests if not (tree / test.partition("::")[0]).exists()]:
        return Outcome(mutation, "misfit", f"no such test: {', '.join(missing)}")
    place = tree / mutation.file
    whole = place.read_text(encoding="utf-8")
    place.write_text(broken, encoding="utf-8")
    try:
        code, output = run_tests(tree, mutation.tests)
    finally:
        place.write_text(whole, encoding="utf-8")
    if code == PASSED:
        return Outcome(mutation, "survived")
    if code != FAILED:
        return Outcome(mutation, "misfit", output)
    # SQL that cannot be installed says nothing about the tests.
    if mutation.file.startswith("sql/") and any(name in output for name in ("StatementFailed", "BadSqlTree")):
        return Outcome(mutation, "misfit", output)
    return Outcome(mutation, "killed")


def sound_tests(tree: Path, mutations: Sequence[Mutation]) -> None:
    """All tests that are named have to pass while nothing is broken. Raises SystemExit."""
    tests = sorted(
        {test for mutation in mutations for test in mutation.tests if (tree / test.partition("::")[0]).exists()}
    )
    code, output = run_tests(tree, tests)
    if code != PASSED:
        raise SystemExit(f"the tests do not pass while nothing is broken:\n{output}")


def run_listed(
    home: Path, mutations: Sequence[Mutation], jobs: int, console: Console, columns: tuple[object, ...]
) -> int:
    """Try mutations in copies of the project below `home`; returns 1 when one survives or does not fit, 2 when there is none."""
    if not mutations:
        console.print("no mutation has that in its file or fault")
        return 2
    outcomes = []
    trees: queue.Queue[Path] = queue.Queue()
    for number in range(jobs):
        trees.put(copy_tree(home / str(number)))
    console.print(f"{len(mutations)} mutations; first the tests they name, with nothing broken")
    sound_tests(trees.queue[0], mutations)

    def one(mutation: Mutation) -> Outcome:
        tree = trees.get()
        try:
            return try_mutation(tree, mutation)
        finally:
            trees.put(tree)

    with Progress(*columns, console=console) as bar, ThreadPoolExecutor(jobs) as pool:  # type: ignore[arg-type]
        task = bar.add_task("mutations", total=len(mutations))
        for future in as_completed([pool.submit(one, mutation) for mutation in mutations]):
            outcome = future.result()
            outcomes.append(outcome)
            bar.advance(task)
            colour = {"killed": "green", "survived": "red", "misfit": "yellow"}[outcome.verdict]
            bar.console.print(f"[{colour}]{outcome.verdict:9}[/] {outcome.mutation.file}: {outcome.mutation.what}")
            if outcome.detail:
                bar.console.print(outcome.detail, markup=False, style="dim")
    killed = sum(outcome.verdict == "killed" for outcome in outcomes)
    survived = sum(outcome.verdict == "survived" for outcome in outcomes)
    misfits = len(outcomes) - killed - survived
    share = f" ({killed / (killed + survived):.0%})" if killed + survived else ""
    console.print(f"{killed} killed{share}, {survived} survived, {misfits} do not fit")
    return 1 if survived or misfits else 0
