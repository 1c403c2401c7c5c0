"""docs/features.md: which feature lives where and what proves it, from docs/features.toml, the tests and the benchmarks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from .markdown import page, table

_PROVES = re.compile(r"^--\s*proves:\s*(.+)$", re.MULTILINE)
_SECTIONS = {
    "F000": "Core fields",
    "F001": "Couples and suppliers",
    "F002": "Realtime subscriptions",
    "F003": "Architecture",
    "F004": "Collaboration",
    "C": "Corrections of the sources",
}
_PLACES = {
    "S": "database", "W": "worker", "P": "page", "T": "evidence", "D": "document", "O": "operator", "X": "out of scope",
}  # fmt: skip


class BadFeatures(Exception):
    """Tests, benchmarks or docs/features.toml refer to unknown features or files, or a benchmark claims a non-measurable one."""


def features_page(root: Path) -> str:
    """The whole page. Raises BadFeatures for unknown ids and paths."""
    with (root / "docs/features.toml").open("rb") as file:
        known = tomllib.load(file)
    titles = {name: title for name, (_, title) in known["features"].items()} | known["corrections"]
    places = {name: place for name, (place, _) in known["features"].items()}
    proofs = _proofs(root)
    measures = _measures(root)
    lives: dict[str, list[str]] = known.get("lives", {})
    _check(root, set(titles), [proofs, measures], lives)
    _check_measures(measures, places)
    proven = sum(1 for name in titles if proofs.get(name))
    measured = sum(1 for name in titles if measures.get(name) and not proofs.get(name))
    blocks = [
        "The requirements of WedSync, item by item, and the tests that prove them. An item without a proof is missing: it is not "
        "implemented, or nothing shows that it works. A test proves what its name says, no more. "
        "Performance targets are measured by benchmarks instead; the results, whether met or not, are in "
        "[performance.md](performance.md). "
        f"{proven} of {len(titles)} items have a proof, {measured} more are measured.",
        "Places: " + ", ".join(f"{short} {name}" for short, name in _PLACES.items()) + ".",
    ]
    for section, heading in _SECTIONS.items():
        names = [name for name in titles if name.split("-")[0] == section]
        rows = [
            (
                name,
                titles[name],
                places.get(name, ""),
                _links(lives.get(name, [])),
                _evidence(proofs[name], measures[name]),
            )
            for name in names
        ]
        done = sum(1 for name in names if proofs[name] or measures[name])
        blocks += [
            f"## {heading}: {done} of {len(names)}",
            table(("id", "what", "place", "where it lives", "what proves it"), rows),
        ]
    return page("Features", *blocks)


def _evidence(proofs: list[str], measures: list[str]) -> str:
    found = [_links(proofs)] if proofs else []
    if measures:
        found.append(f"measured by {_links(measures)}")
    return "; ".join(found) or "**missing**"


def _links(paths: list[str]) -> str:
    return ", ".join(f"[{Path(path).stem}](../{path})" for path in sorted(set(paths)))


def _check(root: Path, known: set[str], named: list[dict[str, list[str]]], lives: dict[str, list[str]]) -> None:
    unknown = sorted(
        f"{name} ({', '.join(sorted(set(paths)))})" for by in named for name, paths in by.items() if name not in known
    )
    unknown += sorted(f"{name} (lives)" for name in lives if name not in known)
    unknown += sorted({path for paths in lives.values() for path in paths if not (root / path).exists()})
    if unknown:
        raise BadFeatures("not known: " + "; ".join(unknown))


def _proofs(root: Path) -> dict[str, list[str]]:
    """Feature id to the files of tests that prove it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "sql/tests").glob("*/*.sql")):
        for line in _PROVES.findall(path.read_text(encoding="utf-8")):
            for name in re.split(r"[,\s]+", line.strip()):
                found[name].append(str(path.relative_to(root)))
    for path in sorted((root / "worker/tests").glob("**/test_*.py")):
        for name in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found[name].append(str(path.relative_to(root)))
    return found


def _check_measures(measures: dict[str, list[str]], places: dict[str, str]) -> None:
    """Benchmarks may only claim measurable features; behaviour is proven by tests."""
    wrong = sorted(name for name in measures if name in places and "T" not in places[name])
    if wrong:
        raise BadFeatures("a measurement proves nothing about " + ", ".join(wrong))


def _measures(root: Path) -> dict[str, list[str]]:
    """Feature id to the benchmarks that name it in `MEASURES`, which are read and not run."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "bench").glob("[a-z]*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["MEASURES"]:
                for name in ast.literal_eval(node.value):
                    found[name].append(str(path.relative_to(root)))
    return found


def _marked(tree: ast.AST) -> Iterator[str]:
    """Arguments of every `pytest.mark.proves(...)` in a file. Of all tests of a module at once nobody knows which proves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "pytestmark" in map(ast.unparse, node.targets) and [*_marked(node.value)]:
            raise BadFeatures(f"a mark on a whole module proves nothing: {ast.unparse(node)}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "proves":
            for argument in node.args:
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    raise BadFeatures(f"proves() takes plain strings, not {ast.unparse(argument)}")
                yield argument.value
