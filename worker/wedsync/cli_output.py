"""Output of the command line: colours and tables for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from wedsync.errors import WedSyncError
from wedsync.install.doctor import Check
from wedsync.install.drift import Difference
from wedsync.install.ledger import FINISH, LedgerState
from wedsync.install.migrate import Progress as OnProgress
from wedsync.install.plan import Plan

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[red]✗[/]"}
_LONGEST_VALUE = 400


def print_json(value: object) -> None:
    """One JSON document on standard output, indented for a terminal."""
    indent = 2 if out.is_terminal else None
    out.file.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=indent) + "\n")
    out.file.flush()


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_error(error: WedSyncError, *, as_json: bool) -> None:
    """The error with its hint: to people on standard error, as JSON on standard output."""
    if as_json:
        print_json(error.as_dict())
        return
    err.print(f"[bold red]error:[/] {escape(error.message)}")
    if error.hint:
        err.print(f"[dim]hint:[/]  {escape(error.hint)}")


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[OnProgress]:
    """A progress bar on standard error during the block, if it is a terminal."""
    if not (shown and err.is_terminal):
        yield lambda done, total, name: None
        return
    columns = (BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=escape(name))


def print_checks(checks: Sequence[Check]) -> None:
    """The doctor's findings, one line each, hints below."""
    for check in checks:
        out.print(f"{_MARKS[check.status]} [bold]{check.name}[/]: {escape(check.detail)}")
        if check.hint and check.status != "ok":
            out.print(f"    [dim]{escape(check.hint)}[/]")


def print_drift(differences: Sequence[Difference]) -> None:
    """The differences, with both values if there are two."""
    for found in differences:
        out.print(f"[yellow]{found.change}[/] {escape(found.object)}: {escape(found.aspect)}")
        if found.change == "changed":
            out.print(f"    [dim]was[/] {escape(_shortened(found.expected))}")
            out.print(f"    [dim]is [/] {escape(_shortened(found.found))}")


def print_plan(plan: Plan, *, as_json: bool) -> None:
    """What a migration would apply, and why."""
    if as_json:
        actions = [
            {"name": action.file.name, "reason": action.reason, "interrupted": action.interrupted,
             "breaking": action.file.breaking, "transaction": not action.file.no_transaction}
            for action in plan.actions
        ]  # fmt: skip
        print_json({"actions": actions, "closing": plan.closing, "orphans": plan.orphans})
        return
    if plan.empty:
        out.print("nothing to do")
    elif not plan.actions:
        out.print("only the closing step, before which the last run was interrupted")
    else:
        shown = made_table("file", "why", "")
        for action in plan.actions:
            notes = ["breaking"] if action.file.breaking else []
            notes += ["interrupted before"] if action.interrupted else []
            shown.add_row(action.file.name, action.reason, ", ".join(notes))
        out.print(shown)
    print_orphans(plan.orphans)


def print_orphans(names: Sequence[str]) -> None:
    """Applied files that the pack no longer has."""
    for name in names:
        out.print(f"[yellow]![/] {name} was applied before but is no longer part of the pack")


def status_facts(where: str, state: LedgerState, plan: Plan) -> dict[str, Any]:
    """What `wedsync status --json` prints."""
    last = state.applied.get(FINISH)
    return {
        "database": where,
        "applied": len([name for name in state.applied if name != FINISH]),
        "pending": [action.file.name for action in plan.actions],
        "finished": state.finished,
        "breaking_version": state.breaking_version,
        "migrated_at": last.finished_at if last else None,
        "migrated_by": last.applied_by if last else None,
        "tool_version": last.tool_version if last else None,
        "unfinished": [asdict(attempt) for attempt in state.unfinished],
        "orphans": plan.orphans,
    }


def print_status(facts: dict[str, Any]) -> None:
    """The same for people."""
    out.print(f"[bold]{escape(facts['database'])}[/]")
    if facts["migrated_at"]:
        when, by, tool = (facts[name] for name in ("migrated_at", "migrated_by", "tool_version"))
        out.print(f"migrated {when:%Y-%m-%d %H:%M} by {escape(by)} with WedSync {tool}")
    out.print(f"{facts['applied']} files applied, {len(facts['pending'])} to apply")
    for attempt in facts["unfinished"]:
        said = escape(attempt["error"] or "its process was killed or is still running")
        out.print(f"[red]✗[/] {attempt['name']}: {attempt['outcome']} {attempt['started_at']:%Y-%m-%d %H:%M}, {said}")
    if not facts["finished"]:
        out.print("[yellow]![/] the last run was interrupted: run `wedsync migrate`")
    print_orphans(facts["orphans"])


def _shortened(value: str | None) -> str:
    text = " ".join((value or "").split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def made_table(*headings: str) -> Table:
    """An empty table in the house's style."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        made.add_column(heading)
    return made
