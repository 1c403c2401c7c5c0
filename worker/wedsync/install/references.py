"""Dependencies of a repeatable SQL file, derived from its text. Pure: no database.

PostgreSQL resolves a name when a statement is analysed. Views, triggers, policies, defaults, signatures and the bodies of SQL
functions are analysed when they are created, the body of a PL/pgSQL function when it is called: only the types that it declares
must be there before. A statement that runs at once, such as `do` or `select`, also needs whatever the functions that it calls
need, and the triggers of the tables that they write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Name(NamedTuple):
    """A schema-qualified name of the pack, `called` where a parenthesis follows at once."""

    schema: str
    object: str
    called: bool


_SCHEMA = r"\bwedsync(?:_data|_internal)?"
_NAME = rf"(?P<schema>{_SCHEMA})\.(?P<object>[a-z_][a-z0-9_]*)(?P<called>\()?"
_NAMES = re.compile(_NAME, re.IGNORECASE)
_TOKEN = re.compile(
    rf"""
    --[^\n]* | /\*.*?\*/
    | \$(?P<tag>[a-z_]*)\$ (?P<body>.*?) \$(?P=tag)\$
    | (?P<literal> '(?:[^']|'')*' ) (?P<cast> \s*::\s*(?:pg_catalog\.)?reg[a-z]+ )?
    | (?P<name> {_NAME} )
    | (?P<word> [a-z_][a-z0-9_.]* )
    | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$", re.DOTALL)
_DEFINITION = re.compile(
    rf"^create\s+(?:or\s+replace\s+)?(?:(?:materialized|recursive)\s+)?"
    rf"(?P<kind>function|procedure|view)\s+(?P<schema>{_SCHEMA})\.(?P<object>[a-z_][a-z0-9_]*)",
    re.MULTILINE | re.IGNORECASE,
)
# Dependencies of calls that their text does not show, such as those of the record engine.
_PROVIDES = re.compile(r"^--\s*provides:(.*)$", re.MULTILINE)
_USES = re.compile(r"^--\s*uses:(.*)$", re.MULTILINE)
_TRIGGER = re.compile(
    rf"^create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s[^;]*?\son\s+(?P<schema>{_SCHEMA})\.(?P<object>[a-z_][a-z0-9_]*)",
    re.MULTILINE | re.IGNORECASE,
)
_WRITTEN = re.compile(
    rf"\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?"
    rf"(?P<schema>{_SCHEMA})\.(?P<object>[a-z_][a-z0-9_]*)",
    re.IGNORECASE,
)
_DECLARED = re.compile(r"\bdeclare\b(.*?)\bbegin\b", re.DOTALL | re.IGNORECASE)
# Statements that only analyse names. Everything else counts as executed.
_DECLARATIVE = frozenset(("create", "comment", "grant", "revoke", "drop", "alter", "set", "reset"))
_RUN_BY_CREATE = frozenset(("materialized", "index", "table", "unique"))


@dataclass(frozen=True, slots=True)
class References:
    """Names of the pack in one file.

    `early` must be there before it is applied, `late` before its functions are called; `guards` are the tables of its triggers,
    `writes` those that its functions write; `runs` is true if applying it executes statements.
    """

    defines: frozenset[Name]
    early: frozenset[Name]
    late: frozenset[Name]
    guards: frozenset[Name]
    writes: frozenset[Name]
    runs: bool


def read_references(text: str) -> References:
    """The names in the text of one file, excluding comments and plain literals."""
    early: set[Name] = {name for line in _USES.findall(text) for name in _names(line)}
    late: set[Name] = set()
    runs = False
    statement: list[str] = []  # the words of the statement, as far as it was read
    bodies: list[str] = []  # its quoted ones, which may be followed by their language
    depth = 0  # within begin atomic … end, where a semicolon does not end the statement
    for token in _TOKEN.finditer(text + "\n;"):
        if token["name"]:
            early.add(_name(token))
        elif token["cast"]:
            early |= _names(token["literal"])
        elif token["literal"] and statement[-1:] == ["as"]:
            bodies.append(token["literal"])
        elif token["body"]:
            bodies.append(_COMMENT.sub("", token["body"]))
        elif token["word"]:
            word = token["word"].lower()
            if word == "atomic" and statement[-1:] == ["begin"]:
                depth = 1
            elif depth and word in ("case", "end"):
                depth += 1 if word == "case" else -1
            statement.append(word)
        elif token["end"] and not depth:
            runs_now = _runs(statement)
            runs = runs or runs_now
            for body in bodies:
                if runs_now or "plpgsql" not in statement:
                    early |= _names(body)
                else:
                    late |= _names(body)
                    # it is compiled when it is created: the types that it declares are looked up
                    early.update(name for part in _DECLARED.findall(body) for name in _names(part) if not name.called)
            statement, bodies = [], []
    plain = _COMMENT.sub("", text)
    outside = _QUOTED.sub("", plain)  # what a function would make when it is called is not made here
    return References(
        frozenset(_name(match, called=match["kind"].lower() != "view") for match in _DEFINITION.finditer(outside))
        | frozenset(name for line in _PROVIDES.findall(text) for name in _names(line)),
        frozenset(early),
        frozenset(late),
        frozenset(_name(match, called=False) for match in _TRIGGER.finditer(outside)),
        frozenset(_name(match, called=False) for match in _WRITTEN.finditer(plain)),
        runs,
    )


def find_requirements(texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """For each file, by name, the other files that must be applied before it."""
    references = {file: read_references(text) for file, text in texts.items()}
    homes = _index((file, found.defines) for file, found in references.items())
    triggers = _index((file, found.guards) for file, found in references.items())

    def where(names: Iterable[Name]) -> set[str]:
        # a view and a function may have the same name
        found = (homes.get(name) or homes.get(name._replace(called=not name.called)) or set() for name in names)
        return set[str]().union(*found)

    needs = {file: where(found.early) for file, found in references.items()}
    running = {file for file, found in references.items() if found.runs}
    if running:
        called = {
            file: needs[file] | where(found.late) | {home for table in found.writes for home in triggers.get(table, ())}
            for file, found in references.items()
        }
        for file in running:
            needs[file] = _reached(file, called)
    return {file: frozenset(needed - {file}) for file, needed in needs.items()}


def _index(files: Iterable[tuple[str, Iterable[Name]]]) -> dict[Name, set[str]]:
    index: dict[Name, set[str]] = {}
    for file, names in files:
        for name in names:
            index.setdefault(name, set()).add(file)
    return index


def _reached(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    todo = [start]
    while todo:
        file = todo.pop()
        if file not in reached:
            reached.add(file)
            todo.extend(edges[file])
    return reached


def _runs(statement: list[str]) -> bool:
    if statement[:1] == ["create"]:
        return not _RUN_BY_CREATE.isdisjoint(statement[1:2])
    return bool(statement) and statement[0] not in _DECLARATIVE


def _name(match: re.Match[str], *, called: bool | None = None) -> Name:
    return Name(match["schema"].lower(), match["object"].lower(), bool(match["called"]) if called is None else called)


def _names(text: str) -> set[Name]:
    return {_name(match) for match in _NAMES.finditer(text)}
