"""Which files a migration has to apply, and why. Pure: compares a tree of files with the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wedsync.errors import FrozenFileChanged, NewerDatabase
from wedsync.install.ledger import LedgerState
from wedsync.install.sql_files import SqlFile, SqlTree

Reason = Literal["new", "changed", "requires a changed file", "asked for"]


@dataclass(frozen=True, slots=True)
class Action:
    """A file to apply and the reason; `interrupted` if an earlier attempt was killed or failed."""

    file: SqlFile
    reason: Reason
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What would run, in this order. `orphans` are applied repeatable files that the tree no longer has."""

    versioned: tuple[Action, ...]
    repeatable: tuple[Action, ...]
    closing: bool
    orphans: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.versioned or self.repeatable or self.closing)

    @property
    def actions(self) -> tuple[Action, ...]:
        """Versioned files, then repeatable ones."""
        return (*self.versioned, *self.repeatable)


def make_plan(tree: SqlTree, state: LedgerState, *, repair: bool = False) -> Plan:
    """The plan; with `repair` all repeatable files are reapplied. Raises FrozenFileChanged or NewerDatabase."""
    _refuse_newer(tree, state)
    _refuse_changed(tree, state)
    unfinished = {attempt.name for attempt in state.unfinished}
    versioned = tuple(
        Action(file, "new", file.name in unfinished) for file in tree.versioned if file.name not in state.applied
    )
    reasons: dict[str, Reason] = {}
    for file in tree.repeatable:
        before = state.applied.get(file.name)
        if before is None:
            reasons[file.name] = "new"
        elif before.checksum != file.checksum:
            reasons[file.name] = "changed"
        elif repair:
            reasons[file.name] = "asked for"
    for name in tree.with_dependents(set(reasons)):
        reasons.setdefault(name, "requires a changed file")
    repeatable = tuple(
        Action(file, reasons[file.name], file.name in unfinished) for file in tree.repeatable if file.name in reasons
    )
    ours = {file.name for file in tree.repeatable}
    orphans = tuple(
        sorted(
            name for name, entry in state.applied.items() if entry.kind in ("function", "policy") and name not in ours
        )
    )
    return Plan(versioned, repeatable, bool(versioned or repeatable or not state.finished), orphans)


def _refuse_newer(tree: SqlTree, state: LedgerState) -> None:
    ours = {file.name for file in tree.versioned}
    newer = sorted(name for name, entry in state.applied.items() if entry.kind == "schema" and name not in ours)
    if not newer:
        return
    breaking = state.breaking_version > tree.breaking_version
    by = state.applied[newer[-1]].tool_version
    raise NewerDatabase(
        f"the database has {newer[-1]}, which this version of WedSync does not know"
        + (f"; version {state.breaking_version} is marked as breaking for older ones" if breaking else ""),
        hint=f"it was migrated by WedSync {by}: install that version or newer. Nothing was changed",
    )


def _refuse_changed(tree: SqlTree, state: LedgerState) -> None:
    for file in tree.versioned:
        before = state.applied.get(file.name)
        if before is not None and before.checksum != file.checksum:
            raise FrozenFileChanged(
                f"{file.name}.sql was changed after it was applied at {before.finished_at:%Y-%m-%d %H:%M}",
                hint="restore the file, and put the change into a new file with the next number; "
                f"applied sha256 {before.checksum[:12]}…, now {file.checksum[:12]}…",
            )
