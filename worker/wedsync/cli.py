"""The command `wedsync`. Each command reads settings and arguments, calls one function and prints the result.

Exit codes are those of `wedsync.errors`; 0 is success, 130 is Ctrl-C. The server's modules take most of a second to import, so
only the commands that start it do.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from contextlib import closing
from typing import Annotated

import psycopg
import typer

from wedsync import __version__, cli_development, cli_guests
from wedsync.cli_options import Dsn, Json, OnWeddingDay
from wedsync.cli_output import (
    out,
    print_checks,
    print_drift,
    print_error,
    print_json,
    print_orphans,
    print_plan,
    print_status,
    progress_bar,
    status_facts,
)
from wedsync.delivery.adapters import adapters_of
from wedsync.errors import (
    DatabaseError,
    DriftFound,
    NotInstalled,
    UnhealthyFound,
    UsageError,
    WedSyncError,
)
from wedsync.install import doctor, install_script
from wedsync.install.database import connect, describe, is_standby, target
from wedsync.install.drift import find_drift, find_reach_drift
from wedsync.install.ledger import read_state
from wedsync.install.maintain import maintain as run_jobs
from wedsync.install.migrate import MigrateOptions, migrate, show_plan
from wedsync.install.plan import make_plan
from wedsync.install.sql_files import load_tree
from wedsync.install.uninstall import show_loss
from wedsync.install.uninstall import uninstall as take_out
from wedsync.install.wording import counted
from wedsync.settings import Settings, load_settings

app = typer.Typer(
    name="wedsync",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="One true copy of a wedding, shared field by field.",
)


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(args=given, prog_name="wedsync", standalone_mode=True)
    except WedSyncError as error:
        print_error(error, as_json="--json" in given)
        code = error.exit_code
    except psycopg.Error as error:
        print_error(DatabaseError(describe(error)), as_json="--json" in given)
        code = DatabaseError.exit_code
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _settings(dsn: str | None = None) -> Settings:
    settings = load_settings()
    return dataclasses.replace(settings, dsn=dsn, listen_dsn=dsn) if dsn else settings


def _version(asked: bool) -> None:
    if asked:
        out.print(f"wedsync {__version__}")
        raise typer.Exit


@app.callback()
def wedsync(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """One true copy of a wedding, shared field by field."""


@app.command("migrate")
def migrate_command(
    dsn: Dsn = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be applied without changing anything.")] = False,
    script: Annotated[bool, typer.Option("--script", help="Print a script for psql that does the same.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Reapply all functions, views and policies.")] = False,
    allow_on_wedding_day: OnWeddingDay = False,
    deadline: Annotated[float, typer.Option(help="Maximum seconds to wait for locks in total.", min=0)] = 60,
    lock_timeout: Annotated[int, typer.Option(help="Maximum milliseconds to wait for one table lock.", min=1)] = 2000,
    as_json: Json = False,
) -> None:
    """Install the pack into a database, or upgrade it."""
    tree = load_tree()
    if script:
        if plan or as_json:
            raise UsageError("--script cannot be combined with --plan or --json")
        sys.stdout.write(install_script.install_script(tree))
        return
    address = _settings(dsn).need_dsn()
    if plan:
        print_plan(show_plan(address, tree, repair=repair), as_json=as_json)
        return
    options = MigrateOptions(
        deadline=deadline, lock_timeout=lock_timeout, allow_on_wedding_day=allow_on_wedding_day, repair=repair
    )
    with progress_bar(shown=not as_json) as on_progress:
        report = migrate(address, tree, options, on_progress=on_progress)
    if as_json:
        print_json(dataclasses.asdict(report))
    elif report.applied:
        out.print(f"[green]✓[/] {counted(len(report.applied), 'file')} applied in {report.seconds:.1f} s")
    else:
        out.print("[green]✓[/] nothing to do")
    if not as_json:
        print_orphans(report.orphans)
        if report.drift:
            out.print(
                f"[yellow]![/] {counted(len(report.drift), 'difference')} from the installed version: see `wedsync verify`"
            )


@app.command()
def status(dsn: Dsn = None, as_json: Json = False) -> None:
    """Show what is installed, by whom, and what is pending."""
    with closing(connect(_settings(dsn).need_dsn())) as connection:
        where = str(target(connection))
        state = read_state(connection)
    if not state.installed:
        raise NotInstalled(f"the pack is not installed in {where}", hint="run `wedsync migrate`")
    plan = make_plan(load_tree(), state)
    facts = status_facts(where, state, plan)
    if as_json:
        print_json(facts)
    else:
        print_status(facts)


@app.command()
def verify(dsn: Dsn = None, as_json: Json = False) -> None:
    """Compare the database with the last migration, and stored rights with grants and roles; exit code 30 if they differ."""
    with closing(connect(_settings(dsn).need_dsn())) as connection:
        if not read_state(connection).installed:
            raise NotInstalled(f"the pack is not installed in {target(connection)}", hint="run `wedsync migrate`")
        standby = is_standby(connection)
        wrong_rights = find_reach_drift(connection)
        differences = find_drift(connection) + wrong_rights
    if as_json:
        print_json({"drift": [dataclasses.asdict(found) | {"change": found.change} for found in differences]})
    else:
        print_drift(differences)
    if differences and as_json:
        raise typer.Exit(DriftFound.exit_code)
    if differences:
        raise DriftFound(
            f"{counted(len(differences), 'difference')} from the installed version",
            hint="`select wedsync_internal.rebuild_reach()` restores rights; find out first who wrote them"
            if wrong_rights
            else "`wedsync migrate --repair` restores functions, views and policies; repair the rest by hand",
        )
    if not as_json:
        out.print("[green]✓[/] as installed" + (" (a standby)" if standby else ""))


@app.command("doctor")
def doctor_command(dsn: Dsn = None, as_json: Json = False) -> None:
    """Check settings, connection, roles, LISTEN, partitions and more; exit code 31 if a check fails."""
    checks = doctor.examine(_settings(dsn), adapters_of)
    worst = doctor.worst(checks)
    if as_json:
        print_json({"status": worst, "checks": [check.as_dict() for check in checks]})
    else:
        print_checks(checks)
    if worst == "failed":
        raise typer.Exit(UnhealthyFound.exit_code)


@app.command()
def worker() -> None:
    """Serve sockets and HTTP until SIGTERM or Ctrl-C. Settings come from the environment."""
    from wedsync.processes import supervisor

    settings = _settings()
    settings.refuse_published_secret()
    raise typer.Exit(supervisor.run(settings))


@app.command()
def maintain(dsn: Dsn = None, as_json: Json = False) -> None:
    """Run all scheduled jobs now. The worker does this itself; without a worker, run it from cron."""
    started = time.monotonic()
    done = run_jobs(_settings(dsn).need_dsn())
    seconds = time.monotonic() - started
    if as_json:
        print_json({"done": done, "seconds": seconds})
    else:
        for name, result in done.items():
            out.print(f"[green]✓[/] {name}: {result if result is not None else 'another process is running it'}")


@app.command()
def uninstall(
    dsn: Dsn = None,
    yes: Annotated[bool, typer.Option("--yes", help="Confirm: all weddings in this database are lost.")] = False,
    allow_on_wedding_day: OnWeddingDay = False,
    as_json: Json = False,
) -> None:
    """Drop the pack's schemas with all data. Roles are kept, because they belong to the cluster."""
    address = _settings(dsn).need_dsn()
    if not yes:
        raise UsageError(f"this drops all data of {show_loss(address)}", hint="pass --yes to confirm")
    loss = take_out(address, allow_on_wedding_day=allow_on_wedding_day)
    if as_json:
        print_json({"dropped": loss.schemas, **dataclasses.asdict(loss)})
    else:
        out.print(f"dropped schemas {', '.join(loss.schemas)} of {loss}; roles were kept")


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="Play the stories, then exit.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Drop the demo database first.")] = False,
    as_json: Json = False,
) -> None:
    """Start everything: embedded PostgreSQL, migration, demo wedding and worker."""
    from wedsync.local.up import run

    raise typer.Exit(run(_settings(), demo=demo, reset=reset, as_json=as_json))


@app.command()
def demo(as_json: Json = False) -> None:
    """Play the stories over real sockets: a guest count, an allergy, a task by link, an outage; same as `up --demo`."""
    from wedsync.local.up import run

    raise typer.Exit(run(_settings(), demo=True, as_json=as_json))


cli_guests.register(app)
cli_development.register(app)
