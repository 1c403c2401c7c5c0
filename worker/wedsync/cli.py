"""The command `wedsync`. Each command reads settings and arguments, calls one function, and shows what came back.

Exit codes are those of `wedsync.errors`; 0 is success, 130 is Ctrl-C.
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from contextlib import closing
from typing import Annotated
from uuid import UUID, uuid4

import psycopg
import typer

from wedsync import __version__
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
from wedsync.daemon import supervisor
from wedsync.errors import (
    DatabaseError,
    DriftFound,
    NotInstalled,
    SettingsError,
    UnhealthyFound,
    UsageError,
    WedSyncError,
)
from wedsync.install import doctor, install_script
from wedsync.install.database import connect, describe, is_standby, target
from wedsync.install.drift import find_drift
from wedsync.install.ledger import read_state
from wedsync.install.maintain import maintain as do_duties
from wedsync.install.migrate import MigrateOptions, migrate, show_plan
from wedsync.install.plan import make_plan
from wedsync.install.sql_files import default_root, load_tree
from wedsync.install.uninstall import show_loss
from wedsync.install.uninstall import uninstall as take_out
from wedsync.install.wording import counted
from wedsync.local import up as up_module
from wedsync.local.dev_tokens import claims_of, sign
from wedsync.settings import Settings, load_settings

app = typer.Typer(
    name="wedsync",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="One true copy of a wedding, shared field by field.",
)

Dsn = Annotated[
    str | None, typer.Option("--dsn", help="Connection string; by default WEDSYNC_DSN.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


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
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """One true copy of a wedding, shared field by field."""


@app.command("migrate")
def migrate_command(
    dsn: Dsn = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would run, change nothing.")] = False,
    script: Annotated[
        bool, typer.Option("--script", help="Print one file that does the same with psql alone.")
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Apply all functions, views and policies again.")] = False,
    allow_on_wedding_day: Annotated[
        bool, typer.Option("--allow-on-wedding-day", help="Go ahead although somebody marries today.")
    ] = False,
    deadline: Annotated[float, typer.Option(help="Seconds to wait for locks in all.", min=0)] = 60,
    lock_timeout: Annotated[int, typer.Option(help="Milliseconds of one wait for a table's lock.", min=1)] = 2000,
    as_json: Json = False,
) -> None:
    """Install the pack into a database, or bring it up to date."""
    tree = load_tree()
    if script:
        if plan or as_json:
            raise UsageError("--script prints SQL and goes with neither --plan nor --json")
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
                f"[yellow]![/] {counted(len(report.drift), 'difference')} from what was installed: `wedsync verify` shows them"
            )


@app.command()
def status(dsn: Dsn = None, as_json: Json = False) -> None:
    """What is installed, by whom, and what is still to do."""
    with closing(connect(_settings(dsn).need_dsn())) as connection:
        where = str(target(connection))
        state = read_state(connection)
    if not state.installed:
        raise NotInstalled(f"the pack is not in {where}", hint="wedsync migrate")
    plan = make_plan(load_tree(), state)
    facts = status_facts(where, state, plan)
    if as_json:
        print_json(facts)
    else:
        print_status(facts)


@app.command()
def verify(dsn: Dsn = None, as_json: Json = False) -> None:
    """Compare the database with what the last migration left; ends with 30 where it differs."""
    with closing(connect(_settings(dsn).need_dsn())) as connection:
        if not read_state(connection).installed:
            raise NotInstalled(f"the pack is not in {target(connection)}", hint="wedsync migrate")
        standby = is_standby(connection)
        differences = find_drift(connection)
    if as_json:
        print_json({"drift": [dataclasses.asdict(found) | {"change": found.change} for found in differences]})
    else:
        print_drift(differences)
    if differences and as_json:
        raise typer.Exit(DriftFound.exit_code)
    if differences:
        raise DriftFound(
            f"{counted(len(differences), 'difference')} from what was installed",
            hint="`wedsync migrate --repair` puts functions, views and policies back; the rest needs your hand",
        )
    if not as_json:
        out.print("[green]✓[/] as installed" + (" (a standby)" if standby else ""))


@app.command("doctor")
def doctor_command(dsn: Dsn = None, as_json: Json = False) -> None:
    """Check settings, connection, roles, LISTEN, partitions and more; ends with 31 where something fails."""
    checks = doctor.examine(_settings(dsn))
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
    settings = _settings()
    settings.refuse_published_secret()
    raise typer.Exit(supervisor.run(settings))


@app.command()
def maintain(dsn: Dsn = None, as_json: Json = False) -> None:
    """Do all duties by the clock now, as the worker does by itself; for installations without a worker, from cron."""
    started = time.monotonic()
    done = do_duties(_settings(dsn).need_dsn())
    seconds = time.monotonic() - started
    if as_json:
        print_json({"done": done, "seconds": seconds})
    else:
        for name, result in done.items():
            out.print(f"[green]✓[/] {name}: {result if result is not None else 'another process is at it'}")


@app.command()
def token(
    subject: Annotated[
        str | None, typer.Option("--sub", help="User id (a uuid); a new one by default, none for anon.")
    ] = None,
    role: Annotated[str, typer.Option(help="Database role.")] = "authenticated",
    hours: Annotated[float, typer.Option(help="How long it is valid.", min=0)] = 24,
    as_json: Json = False,
) -> None:
    """Print a signed token for development; needs WEDSYNC_JWT_SECRET."""
    settings = _settings()
    secret = settings.jwt_secret
    if secret is None:
        raise SettingsError(
            "WEDSYNC_JWT_SECRET is not set",
            hint="set it to the secret of the worker; `wedsync up` prints a line that sets its own",
        )
    try:
        # A subject nobody has would make all sockets of an anon key count as those of one person.
        who = str(UUID(subject)) if subject else None if role == "anon" else str(uuid4())
    except ValueError as error:
        raise UsageError("--sub is no uuid", hint="without --sub the token has a new one") from error
    signed = sign(secret, who, role, hours * 3600, **claims_of(settings))
    if as_json:
        print_json({"token": signed, "sub": who, "role": role})
    else:
        sys.stdout.write(signed + "\n")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which one; without a name they are listed.")] = None,
) -> None:
    """Run a benchmark of a checkout; further arguments, such as --json, go to it."""
    directory = default_root().parent / "bench"
    known = sorted(path.stem for path in directory.glob("[a-z]*.py"))
    if not known:
        raise UsageError("benchmarks are part of a checkout, not of the installed package")
    if name is None:
        for each in known:
            out.print(each)
        return
    if name not in known:
        raise UsageError(f"there is no benchmark {name}", hint=f"known: {', '.join(known)}")
    raise typer.Exit(
        subprocess.run([sys.executable, str(directory / f"{name}.py"), *context.args], check=False).returncode
    )


@app.command()
def uninstall(
    dsn: Dsn = None,
    yes: Annotated[bool, typer.Option("--yes", help="Really: all weddings in this database are lost.")] = False,
    allow_on_wedding_day: Annotated[
        bool, typer.Option("--allow-on-wedding-day", help="Go ahead although somebody marries today.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Drop the pack's schemas with all data. Roles stay: they belong to the whole cluster."""
    address = _settings(dsn).need_dsn()
    if not yes:
        raise UsageError(f"this drops all data of {show_loss(address)}", hint="say --yes if that is what you want")
    loss = take_out(address, allow_on_wedding_day=allow_on_wedding_day)
    if as_json:
        print_json({"dropped": loss.schemas, **dataclasses.asdict(loss)})
    else:
        out.print(f"dropped schemas {', '.join(loss.schemas)} of {loss}; roles were kept")


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="Play the guest-count story, then end.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Drop the demo database first.")] = False,
    as_json: Json = False,
) -> None:
    """Everything at once: embedded PostgreSQL, migration, demo wedding, worker."""
    raise typer.Exit(up_module.run(_settings(), demo=demo, reset=reset, as_json=as_json))


@app.command()
def demo(as_json: Json = False) -> None:
    """The guest-count story with real sockets; the same as `up --demo`."""
    raise typer.Exit(up_module.run(_settings(), demo=True, as_json=as_json))
