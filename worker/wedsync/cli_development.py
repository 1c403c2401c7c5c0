"""`wedsync token` and `wedsync bench`: commands for development."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated
from uuid import UUID, uuid4

import typer

from wedsync.cli_options import Json
from wedsync.cli_output import out, print_json
from wedsync.errors import SettingsError, UsageError
from wedsync.install.sql_files import default_root
from wedsync.local.dev_tokens import claims_of, sign
from wedsync.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(token)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)


def token(
    subject: Annotated[
        str | None, typer.Option("--sub", help="User id (a uuid). Default: a random one, or none for anon.")
    ] = None,
    role: Annotated[str, typer.Option(help="Database role.")] = "authenticated",
    hours: Annotated[float, typer.Option(help="Hours until it expires.", min=0)] = 24,
    as_json: Json = False,
) -> None:
    """Print a signed token for development. Requires WEDSYNC_JWT_SECRET."""
    settings = load_settings()
    secret = settings.jwt_secret
    if secret is None:
        raise SettingsError(
            "WEDSYNC_JWT_SECRET is not set",
            hint="set it to the worker's secret; `wedsync up` prints a line that does so",
        )
    try:
        # A random subject would make all sockets of an anon key count for one user.
        who = str(UUID(subject)) if subject else None if role == "anon" else str(uuid4())
    except ValueError as error:
        raise UsageError("--sub is not a uuid", hint="omit --sub to use a random one") from error
    signed = sign(secret, who, role, hours * 3600, **claims_of(settings))
    if as_json:
        print_json({"token": signed, "sub": who, "role": role})
    else:
        sys.stdout.write(signed + "\n")


def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Name of the benchmark; without it, all are listed.")] = None,
) -> None:
    """Run a benchmark from a checkout. Further arguments, such as --json, are passed to it."""
    directory = default_root().parent / "bench"
    known = sorted(path.stem for path in directory.glob("[a-z]*.py"))
    if not known:
        raise UsageError("benchmarks are available in a checkout only, not in the installed package")
    if name is None:
        for each in known:
            out.print(each)
        return
    if name not in known:
        raise UsageError(f"there is no benchmark {name}", hint=f"known: {', '.join(known)}")
    raise typer.Exit(
        subprocess.run([sys.executable, str(directory / f"{name}.py"), *context.args], check=False).returncode
    )
