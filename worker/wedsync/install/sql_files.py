"""The tree of SQL files: what is in it, what its headers say, and in which order it is applied. Pure: no database.

    schema/NNNN_topic.sql            versioned, applied once, in the order of their numbers
    functions/<domain>/<name>.sql    repeatable, each after those that its text refers to (see references)
    policies/<domain>.sql            repeatable, after the functions, by name
    schema/frozen.sha256             checksums of the versioned files that a release has frozen

Headers are comment lines before the first statement: `-- as: installer`, `-- no-transaction`, `-- breaking`,
`-- drop: function wedsync.foo(uuid)`, and for a call that makes objects when it is applied `-- provides: wedsync.foo` and
`-- uses: wedsync.bar`, which it finds in a catalogue.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Literal

from wedsync.errors import BadSqlTree, FrozenFileChanged
from wedsync.install.references import find_requirements

Kind = Literal["schema", "function", "policy"]

_SCHEMA_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*\.sql")
_HEADER = re.compile(r"--\s*(as|drop|provides|uses|no-transaction|breaking)\s*(?::\s*(.*?)\s*)?$")


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One file. `name` is its path below the tree without `.sql`; `checksum` is the sha256 of its text with LF endings;
    `requires` names the repeatable files that must be applied before it.
    """

    kind: Kind
    name: str
    text: str
    checksum: str
    number: int | None = None
    as_installer: bool = False
    no_transaction: bool = False
    breaking: bool = False
    requires: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()


@dataclass(frozen=True)
class SqlTree:
    """All files in the order in which they are applied."""

    root: Path
    versioned: tuple[SqlFile, ...]
    repeatable: tuple[SqlFile, ...]

    @cached_property
    def checksum(self) -> str:
        """One checksum over names and contents of everything."""
        lines = (f"{file.checksum}  {file.name}\n" for file in (*self.versioned, *self.repeatable))
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def breaking_version(self) -> int:
        """The highest number of a versioned file marked `-- breaking`, or 0."""
        return breaking_version(self.versioned)

    def with_dependents(self, names: set[str]) -> set[str]:
        """`names` of repeatable files and everything that requires them, directly or not."""
        wanted = set(names)
        for file in self.repeatable:  # in dependency order, so that one pass is enough
            if wanted.intersection(file.requires):
                wanted.add(file.name)
        return wanted


def default_root() -> Path:
    """The tree inside the installed package, or in a checkout the repository's."""
    package = Path(__file__).parents[1]
    inside = package / "sql"
    return inside if inside.is_dir() else package.parents[1] / "sql"


def breaking_version(versioned: Iterable[SqlFile]) -> int:
    """The highest number of a versioned file marked `-- breaking`, or 0."""
    return max((file.number or 0 for file in versioned if file.breaking), default=0)


def load_versioned(root: Path | None = None) -> tuple[SqlFile, ...]:
    """Read and check the versioned files below `root`; raises what `load_tree` raises."""
    root = root or default_root()
    if not (root / "schema").is_dir():
        raise BadSqlTree(f"{root} is not a tree of SQL files", hint="it must contain a directory `schema`")
    versioned = tuple(_read(root, path, "schema") for path in sorted((root / "schema").glob("*.sql")))
    _check_numbers(versioned)
    _check_frozen(root / "schema" / "frozen.sha256", versioned)
    return versioned


def load_tree(root: Path | None = None) -> SqlTree:
    """Read and check the tree below `root`; raises BadSqlTree, or FrozenFileChanged for a file that a release froze."""
    root = root or default_root()
    versioned = load_versioned(root)
    functions = [_read(root, path, "function") for path in sorted((root / "functions").glob("*/*.sql"))]
    policies = [_read(root, path, "policy") for path in sorted((root / "policies").glob("*.sql"))]
    requirements = find_requirements({file.name: file.text for file in (*functions, *policies)})
    functions, policies = (
        [replace(file, requires=tuple(sorted(requirements[file.name]))) for file in files]
        for files in (functions, policies)
    )
    return SqlTree(root, versioned, (*_ordered(functions), *policies))


def _read(root: Path, path: Path, kind: Kind) -> SqlFile:
    name = path.relative_to(root).with_suffix("").as_posix()
    pattern = _SCHEMA_NAME if kind == "schema" else _PLAIN_NAME
    matched = pattern.fullmatch(path.name)
    if matched is None:
        raise BadSqlTree(f"{name}.sql is not a valid file name", hint=f"expected {pattern.pattern}")
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadSqlTree(f"{name}.sql is not UTF-8 text") from error
    headers = _headers(text, name, kind)
    return SqlFile(
        kind=kind,
        name=name,
        text=text,
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        number=int(matched[1]) if kind == "schema" else None,
        as_installer="as" in headers,
        no_transaction="no-transaction" in headers,
        breaking="breaking" in headers,
        drops=tuple(headers.get("drop", ())),
    )


def _headers(text: str, name: str, kind: Kind) -> dict[str, list[str]]:
    """The header lines by their word; raises BadSqlTree for one that does not belong here."""
    headers: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("--"):
            break
        if matched := _HEADER.fullmatch(line.strip()):
            headers.setdefault(matched[1], []).append(matched[2] or "")
    for word, values in headers.items():
        only_versioned = word in ("no-transaction", "breaking")
        takes_value = word in ("as", "drop", "provides", "uses")
        if (only_versioned and kind != "schema") or (word == "drop" and kind == "schema"):
            raise BadSqlTree(f"{name}.sql: the header `{word}` is not allowed in a {kind} file")
        if any(bool(value) != takes_value for value in values) or (word == "as" and values != ["installer"]):
            raise BadSqlTree(f"{name}.sql: the header `{word}` is not understood: {', '.join(values)}")
    return headers


def _check_numbers(files: tuple[SqlFile, ...]) -> None:
    if not files:
        raise BadSqlTree("there are no versioned files")
    for before, after in pairwise(files):
        if before.number == after.number:
            raise BadSqlTree(f"{before.name}.sql and {after.name}.sql have the same number")


def _check_frozen(listing: Path, files: tuple[SqlFile, ...]) -> None:
    """Compare with the list of frozen checksums (the format of sha256sum), where there is one."""
    if not listing.exists():
        return
    ours = {Path(file.name).name + ".sql": file.checksum for file in files}
    for line in listing.read_text(encoding="utf-8").splitlines():
        checksum, _, name = line.partition("  ")
        if ours.get(name) != checksum:
            raise FrozenFileChanged(
                f"schema/{name} is {'changed' if name in ours else 'missing'}, but a release has frozen it",
                hint="restore the file, and put the change into a new file with the next number",
            )


def _ordered(files: list[SqlFile]) -> list[SqlFile]:
    """Functions so that each comes after what it requires; ties by name."""
    by_name = {file.name: file for file in files}
    sorter: TopologicalSorter[str] = TopologicalSorter({file.name: file.requires for file in files})
    try:
        sorter.prepare()
    except CycleError as error:
        raise BadSqlTree(
            f"circular dependency between files: {' → '.join(error.args[1])}",
            hint="break the circle, for example with a PL/pgSQL function, whose references are resolved at run time",
        ) from error
    order: list[SqlFile] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        name = ready.pop(0)
        order.append(by_name[name])
        sorter.done(name)
    return order
