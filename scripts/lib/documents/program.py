"""docs/reference/cli.md and settings.md, from the command line, the errors, the settings and the rules in the database."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import psycopg
import typer

from wedsync import errors, settings
from wedsync.cli import app

from .markdown import code, page, table


def cli_page() -> str:
    """All commands with their options, and the exit codes."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    blocks = [
        "See also `wedsync --help` and `wedsync COMMAND --help`. With `--json`, commands print one JSON "
        "object, also for errors."
    ]
    for name, command in sorted(commands.items()):
        blocks += [f"## wedsync {name}", (command.help or "").strip()]
        if rows := [row for parameter in command.params if (row := _parameter(parameter)) is not None]:
            blocks.append(table(("option", "default", "description"), rows))
    return page(
        "Command line",
        *blocks,
        "## Exit codes",
        "0 means success, 130 Ctrl-C.",
        table(("code", "error", "when"), _exit_codes()),
    )


def _parameter(parameter: Any) -> tuple[str, str, str] | None:
    """Name, default and help of an option or argument of click; None for what is hidden."""
    if parameter.param_type_name == "argument":
        return code(parameter.name.upper()), "", parameter.help or ""
    if parameter.hidden:
        return None
    shown = "" if parameter.is_flag or parameter.default is None else code(parameter.default)
    return ", ".join(code(each) for each in parameter.opts), shown, parameter.help or ""


def _exit_codes() -> list[tuple[int, str, str]]:
    found: dict[int, tuple[int, str, str]] = {}
    waiting: list[type[errors.WedSyncError]] = [errors.WedSyncError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "exit_code" in vars(kind) and kind.__module__ == errors.__name__:
            summary = (kind.__doc__ or "").strip().split("\n\n")[0]
            found[kind.exit_code] = (kind.exit_code, code(kind.__name__), " ".join(summary.split()))
    return [found[number] for number in sorted(found)]


def described_settings() -> dict[str, str]:
    """Field of Settings to its sentence in the docstring; every field must have one."""
    fields = [field.name for field in dataclasses.fields(settings.Settings)]
    names = "|".join(fields)
    text = " ".join((settings.Settings.__doc__ or "").split())
    parts = re.split(rf"((?:\b(?:{names})\b(?:, )?)+): ", text)
    found: dict[str, str] = {}
    for heads, sentence in zip(parts[1::2], parts[2::2], strict=True):
        found.update(dict.fromkeys(heads.split(", "), sentence.strip()))
    if missing := sorted(set(fields) - set(found)):
        raise ValueError(f"the docstring of Settings says nothing about {', '.join(missing)}")
    return found


def settings_page(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    """Environment variables, and the settings in the database."""
    sentences = described_settings()
    rows = []
    for field in dataclasses.fields(settings.Settings):
        variable = settings.PREFIX + field.name.upper()
        file = f"{field.name.upper()}_FILE" in settings.VARIABLES
        rows.append(
            (code(variable), code(f"{variable}_FILE") if file else "", code(field.default), sentences[field.name])
        )
    limits = connection.execute(
        "select endpoint, max_requests, per_seconds, description from wedsync_data.rate_limits order by endpoint"
    )
    rules = connection.execute("select name, value::text, description from wedsync_data.settings order by name")
    kept = connection.execute(
        "select table_name, partition_unit, keep_for::text, premake_units from wedsync_data.retention_policies "
        "order by table_name"
    )
    jobs = connection.execute("select name, every::text, description from wedsync_data.scheduled_jobs order by name")
    return page(
        "Settings",
        "## Environment variables of the worker and the command line",
        "Read once at start. A variable with `_FILE` contains the path of a file with the value. An unknown "
        "variable that starts with "
        f"`{settings.PREFIX}` is an error.",
        table(("variable", "or in a file", "default", "description"), rows),
        "## Settings in the database",
        "Rows that members of `wedsync_admin` can change; changes take effect with the next request.",
        "### `wedsync_data.settings`",
        table(("name", "value", "description"), ((code(name), code(value), what) for name, value, what in rules)),
        "### `wedsync_data.rate_limits`",
        "Requests of one user in a sliding window; null for `max_requests` means no limit.",
        table(
            ("endpoint", "max_requests", "per_seconds", "description"),
            ((code(name), most, per, what) for name, most, per, what in limits),
        ),
        "### `wedsync_data.retention_policies`",
        "How tables are partitioned, how long partitions are kept (empty: indefinitely), and how many are created in advance.",
        table(("table", "unit", "kept for", "created in advance"), ((code(name), *rest) for name, *rest in kept)),
        "### `wedsync_data.scheduled_jobs`",
        "Jobs that the worker runs on schedule; `wedsync maintain` runs each once.",
        table(("name", "every", "description"), ((code(name), *rest) for name, *rest in jobs)),
    )
