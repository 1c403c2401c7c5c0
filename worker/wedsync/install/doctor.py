"""`wedsync doctor`: checks that everything WedSync needs is present and works, with hints."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Literal

import psycopg

from wedsync.errors import MigrationError, MissingRights, SettingsError, WedSyncError
from wedsync.install.database import NEWEST_TESTED_MAJOR, OLDEST_MAJOR, Connection, connect, is_standby, target
from wedsync.install.ledger import SHORT_LOCK_TIMEOUT, read_state
from wedsync.install.plan import make_plan
from wedsync.install.refusals import CITUS_HINT, citus_tables
from wedsync.install.sql_files import default_root, load_tree
from wedsync.install.wording import counted
from wedsync.settings import Settings

Status = Literal["ok", "warning", "failed"]
_LISTEN_SECONDS = 3.0
_BUS_SECONDS = 2
_SMTP_SECONDS = 5.0
_DELIVERY = ("aiohttp", "aiosmtplib", "pywebpush", "standardwebhooks")
CHECKS = (
    "roles",
    "server_settings",
    "citus",
    "partitions",
    "transactions",
    "queue",
    "workers",
    "pgcrypto",
    "alerts",
    "deliveries",
)
"""What is looked at in the database, in this order."""


@dataclass(frozen=True, slots=True)
class Check:
    """A finding: what was checked, its status, details, and a hint."""

    name: str
    status: Status
    detail: str
    hint: str | None = None

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def examine(settings: Settings, try_channels: Callable[[Settings], object] | None = None) -> tuple[Check, ...]:
    """All checks; without a database connection, which is a failed check, those that need it are omitted.

    try_channels: prepares the channels of notifications as the worker does; raises SettingsError.
    """
    checks = [_keys(settings), _origins(settings), _bus(settings.bus), _channels(settings, try_channels)]
    try:
        connection = connect(settings.need_dsn(), application_name="wedsync doctor")
    except WedSyncError as error:
        return (*checks, Check("connection", "failed", error.message, error.hint))
    with closing(connection):
        checks.append(_connection(connection))
        checks.append(_pack(connection))
        for name in CHECKS:
            checks.extend(_findings(name, connection))
        checks.append(_listen(connection, settings.listen_dsn or settings.need_dsn()))
    return tuple(checks)


def _findings(name: str, connection: Connection) -> tuple[Check, ...]:
    """The findings of one check of the database; an error of PostgreSQL is a finding too."""
    try:
        with connection.transaction():
            connection.execute(f"set local lock_timeout = {SHORT_LOCK_TIMEOUT}")
            if name == "citus":
                return tuple(_citus(connection))
            connection.execute("set local search_path = pg_catalog, pg_temp")
            return tuple(Check(*row) for row in connection.execute(check_text(name)).fetchall())
    except psycopg.Error as error:
        return (Check(name.replace("_", " "), "failed", f"the check failed: {str(error).splitlines()[0]}"),)


def check_text(name: str) -> str:
    """The query of a check: the body of its SQL function, which need not be installed, nor be as new as this tool."""
    text = (default_root() / f"functions/monitoring/check_{name}.sql").read_text(encoding="utf-8")
    _, body, _ = text.split("$$", 2)
    return body


def _keys(settings: Settings) -> Check:
    try:
        settings.refuse_published_secret()
    except SettingsError as error:
        return Check("token keys", "failed", error.message, error.hint)
    kinds = (("HS256 secret", settings.jwt_secret), ("JWKS address", settings.jwks_url))
    keys = [name for name, value in kinds if value]
    if keys:
        asked = (("audience", settings.jwt_audience), ("issuer", settings.jwt_issuer))
        only = [f"{name} {value}" for name, value in asked if value]
        seen = " and ".join(keys) + (f", only {' and '.join(only)}" if only else "")
        if settings.jwks_url and not only:
            return Check(
                "token keys",
                "warning",
                f"{seen}: every token that its keys sign is taken, also one for another application",
                "set WEDSYNC_JWT_AUDIENCE or WEDSYNC_JWT_ISSUER",
            )
        return Check("token keys", "ok", seen)
    return Check(
        "token keys", "warning", "the worker cannot check tokens", "set WEDSYNC_JWT_SECRET or WEDSYNC_JWKS_URL"
    )


def _origins(settings: Settings) -> Check:
    # Cookies are ignored, so foreign pages cannot misuse any; allowing all origins is not a problem.
    return Check(
        "origins", "ok", "any web page" if settings.allowed_origins is None else ", ".join(settings.allowed_origins)
    )


def _channels(settings: Settings, try_channels: Callable[[Settings], object] | None) -> Check:
    given = (("e-mail", settings.smtp_host), ("SMS", settings.sms_url), ("Web Push", settings.vapid_private_key))
    served = [name for name, value in given if value]
    missing = [name for name in _DELIVERY if find_spec(name) is None]
    if missing:
        status: Status = "failed" if served else "warning"
        return Check("channels", status, f"not installed: {', '.join(missing)}", "pip install 'wedsync[delivery]'")
    try:
        if try_channels is not None:
            try_channels(settings)
    except SettingsError as error:
        return Check("channels", "failed", error.message, error.hint)
    seen = ", ".join(("webhooks", *served))
    if settings.smtp_host and settings.smtp_security == "none":
        return Check("channels", "warning", seen, "e-mail is sent without encryption: set WEDSYNC_SMTP_SECURITY")
    if settings.smtp_host and not _answers(settings.smtp_host, settings.smtp_port):
        return Check("channels", "failed", f"the mail server does not answer on port {settings.smtp_port}")
    return Check("channels", "ok", seen)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=_SMTP_SECONDS):
            return True
    except OSError:
        return False


def _connection(connection: Connection) -> Check:
    major = connection.info.server_version // 10000
    seen = f"{target(connection)}, PostgreSQL {major}.{connection.info.server_version % 10000}"
    if is_standby(connection):
        return Check("connection", "warning", seen, "the worker needs the primary: add target_session_attrs=read-write")
    if major > NEWEST_TESTED_MAJOR:
        return Check("connection", "warning", seen, f"tested with {OLDEST_MAJOR} to {NEWEST_TESTED_MAJOR}")
    return Check("connection", "ok", seen)


def _pack(connection: Connection) -> Check:
    try:
        tree = load_tree()
        state = read_state(connection)
        if not state.installed:
            return Check("pack", "failed", "not installed", "run `wedsync migrate`")
        plan = make_plan(tree, state)
    except MigrationError as error:
        return Check("pack", "failed", error.message, error.hint)
    except MissingRights as error:
        return Check("pack", "warning", f"installed; {error.message}, so its files were not compared", error.hint)
    except WedSyncError as error:
        return Check("pack", "warning", error.message, error.hint)
    if plan.empty:
        return Check("pack", "ok", f"{counted(len(state.applied) - 1, 'file')} applied, nothing to do")
    pending = f"{counted(len(plan.actions), 'file')} to apply" if plan.actions else "the last migration was interrupted"
    return Check("pack", "warning", pending, "run `wedsync migrate`")


def _citus(connection: Connection) -> Iterator[Check]:
    if tables := citus_tables(connection):
        seen = f"{counted(len(tables), 'table')} of the pack in Citus: {', '.join(tables)}"
        yield Check("citus", "failed", seen, CITUS_HINT)


def _listen(connection: Connection, listen_dsn: str) -> Check:
    """Notify ourselves: behind a transaction pooler LISTEN succeeds, but no notifications arrive."""
    if is_standby(connection):
        return Check("listen", "failed", "LISTEN does not work on a standby", "connect to the primary")
    bell = f"wedsync_doctor_{secrets.token_hex(4)}"
    try:
        with closing(connect(listen_dsn, application_name="wedsync doctor")) as listener:
            listener.execute(f"listen {bell}")
            row = listener.execute("select pg_backend_pid()").fetchone()
            pooled = row != (listener.info.backend_pid,)
            connection.execute("select pg_notify(%s, '')", (bell,))
            heard = bool(list(listener.notifies(timeout=_LISTEN_SECONDS, stop_after=1)))
    except (WedSyncError, psycopg.Error) as error:
        return Check("listen", "failed", f"no second connection: {str(error).splitlines()[0]}")
    if not heard:
        return Check(
            "listen",
            "failed",
            f"a notification did not come back within {_LISTEN_SECONDS:.0f} s",
            "the connection goes through a transaction pooler: set WEDSYNC_LISTEN_DSN to a direct address",
        )
    if pooled:
        return Check("listen", "warning", "works, but through a pooler", "set WEDSYNC_LISTEN_DSN to a direct address")
    return Check("listen", "ok", "works on a direct connection")


def _bus(address: str) -> Check:
    if address == "postgres":
        return Check("bus", "ok", "the database carries the messages between processes")
    try:
        import nats
    except ImportError:
        return Check("bus", "failed", "the NATS client is not installed", "pip install 'wedsync[nats]'")

    async def look() -> int:
        async with asyncio.timeout(2 * _BUS_SECONDS):
            client = await nats.connect(
                address, connect_timeout=_BUS_SECONDS, allow_reconnect=False, error_cb=_heed_not
            )
            largest: int = client.max_payload
            await client.close()
            return largest

    try:
        largest = asyncio.run(look())
    except (OSError, nats.errors.Error) as error:
        # Its text is not shown, because the address may contain a password.
        hint = "check the address in WEDSYNC_BUS, that the server is running, and the worker's credentials"
        return Check("bus", "failed", f"the NATS server cannot be reached ({type(error).__name__})", hint)
    return Check("bus", "ok", f"NATS, messages of up to {largest // 1024} KiB")


async def _heed_not(_error: Exception) -> None:
    """Also raises errors that occur while connecting."""


def worst(checks: tuple[Check, ...]) -> Status:
    """The worst status among the checks."""
    found = {check.status for check in checks}
    return "failed" if "failed" in found else "warning" if "warning" in found else "ok"
