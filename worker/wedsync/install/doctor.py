"""`wedsync doctor`: is everything there that WedSync needs, and does it work? Each check says what it saw and what to do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Literal

import psycopg

from wedsync.errors import MigrationError, MissingRights, SettingsError, WedSyncError
from wedsync.install.database import NEWEST_TESTED_MAJOR, OLDEST_MAJOR, Connection, connect, is_standby, target
from wedsync.install.ledger import SCHEMAS, SHORT_LOCK_TIMEOUT, read_state
from wedsync.install.plan import make_plan
from wedsync.install.refusals import CITUS_HINT, citus_tables
from wedsync.install.sql_files import load_tree
from wedsync.install.wording import counted
from wedsync.settings import Settings

Status = Literal["ok", "warning", "failed"]
_LISTEN_SECONDS = 3.0
_BUS_SECONDS = 2
_LONG_TRANSACTION = "5 minutes"
_ROLES = ("wedsync_owner", "wedsync_worker", "wedsync_admin", "anon", "authenticated", "service_role")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what was looked at, how it is, what was seen, and what to do about it."""

    name: str
    status: Status
    detail: str
    hint: str | None = None

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def examine(settings: Settings) -> tuple[Check, ...]:
    """All checks; those that need the database are left out where it cannot be reached, which is a failed check itself."""
    checks = [_keys(settings), _origins(settings), _bus(settings.bus)]
    try:
        connection = connect(settings.need_dsn(), application_name="wedsync doctor")
    except WedSyncError as error:
        return (*checks, Check("connection", "failed", error.message, error.hint))
    with closing(connection):
        checks.append(_connection(connection))
        checks.append(_pack(connection))
        for check in (_roles, _server_settings, _citus, _partitions, _transactions, _queue, _workers, _pgcrypto):
            checks.extend(_told(check, connection))
        checks.append(_listen(connection, settings.listen_dsn or settings.need_dsn()))
    return tuple(checks)


def _told(check: Callable[[Connection], Iterator[Check]], connection: Connection) -> tuple[Check, ...]:
    """The findings of one check; an error of PostgreSQL is a finding too."""
    try:
        with connection.transaction():
            connection.execute(f"set local lock_timeout = {SHORT_LOCK_TIMEOUT}")
            return tuple(check(connection))
    except psycopg.Error as error:
        name = check.__name__.strip("_").replace("_", " ")
        return (Check(name, "failed", f"the check failed: {str(error).splitlines()[0]}"),)


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
    # No cookie is ever looked at, so a foreign page has nothing to misuse: any origin is no fault.
    return Check(
        "origins", "ok", "any web page" if settings.allowed_origins is None else ", ".join(settings.allowed_origins)
    )


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


def _roles(connection: Connection) -> Iterator[Check]:
    rows = connection.execute(
        "select rolname::text, rolsuper, rolbypassrls from pg_roles where rolname = any (%s)", (list(_ROLES),)
    ).fetchall()
    missing = sorted(set(_ROLES) - {row[0] for row in rows})
    if missing:
        statements = " ".join(f"create role {name} nologin;" for name in missing)
        yield Check("roles", "failed", f"missing: {', '.join(missing)}", f"as an administrator: {statements}")
        return
    mighty = sorted(name for name, superuser, bypass in rows if name.startswith("wedsync_") and (superuser or bypass))
    if mighty:
        yield Check(
            "roles", "failed", f"{', '.join(mighty)} can bypass row security", "alter role … nosuperuser nobypassrls;"
        )
    else:
        yield Check("roles", "ok", "all present, without superuser or BYPASSRLS")


def _server_settings(connection: Connection) -> Iterator[Check]:
    names = ("fsync", "full_page_writes", "autovacuum", "row_security", "server_encoding", "ssl", "archive_mode")
    values: dict[str, str] = dict(
        connection.execute("select name, setting from pg_settings where name = any (%s)", (list(names),)).fetchall()
    )
    for name in ("fsync", "full_page_writes"):
        if values[name] != "on":
            yield Check(name, "warning", "off: a crash can destroy the cluster", f"alter system set {name} = on;")
    for name in ("autovacuum", "row_security"):
        if values[name] != "on":
            yield Check(name, "failed", "off", f"set {name} = on")
    if values["server_encoding"] != "UTF8":
        yield Check("encoding", "failed", values["server_encoding"], "use a database with encoding UTF8")
    local = connection.execute(
        "select inet_server_addr() is null or inet_server_addr() <<= inet '127.0.0.0/8'"
    ).fetchone()
    if values["ssl"] != "on" and local == (False,):
        yield Check("ssl", "warning", "connections over the network are not encrypted", "alter system set ssl = on;")
    yield Check("server settings", "ok", f"ssl {values['ssl']}, WAL archiving {values['archive_mode']}")


def _citus(connection: Connection) -> Iterator[Check]:
    if tables := citus_tables(connection):
        seen = f"{counted(len(tables), 'table')} of the pack in Citus: {', '.join(tables)}"
        yield Check("citus", "failed", seen, CITUS_HINT)


def _partitions(connection: Connection) -> Iterator[Check]:
    """How far ahead each range of time is covered; a write outside of all partitions is an error."""
    rows = connection.execute(
        r"""
        select p.partrelid::regclass::text,
            max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)'''))[1]::timestamptz),
            max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)'''))[1]::timestamptz) - now()
        from pg_partitioned_table as p
        join pg_class as t on t.oid = p.partrelid
        join pg_attribute as a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
        left join pg_inherits as i on i.inhparent = p.partrelid
        left join pg_class as c on c.oid = i.inhrelid
        where t.relnamespace = any (select n.oid from pg_namespace as n where n.nspname = any (%s))
            and p.partstrat = 'r' and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
        group by 1 order by 1
        """,
        (list(SCHEMAS),),
    ).fetchall()
    for name, until, ahead in rows:
        if until is None or ahead.total_seconds() < 86400:
            seen = f"{name}: none" if until is None else f"{name}: only until {until:%Y-%m-%d %H:%M}"
            yield Check("partitions", "failed", seen, "run `wedsync maintain`, and check that the worker is running")
        else:
            yield Check("partitions", "ok", f"{name}: {ahead.days} days ahead")


def _transactions(connection: Connection) -> Iterator[Check]:
    rows = connection.execute(
        """
        select format('pid %%s (%%s, %%s)', a.pid, coalesce(nullif(a.application_name, ''), 'unnamed'), a.state),
            extract(epoch from now() - a.xact_start)::int
        from pg_stat_activity as a
        where a.xact_start < now() - %s::interval and a.datname = current_database() and a.backend_type = 'client backend'
        union all
        select format('prepared transaction %%s', p.gid), extract(epoch from now() - p.prepared)::int
        from pg_prepared_xacts as p where p.database = current_database() and p.prepared < now() - %s::interval
        order by 2 desc
        """,
        (_LONG_TRANSACTION, _LONG_TRANSACTION),
    ).fetchall()
    if rows:
        seen = ", ".join(f"{what} open for {seconds} s" for what, seconds in rows)
        yield Check("transactions", "warning", seen, "they hold back vacuum, and delay their own events: end them")
    else:
        yield Check("transactions", "ok", f"none older than {_LONG_TRANSACTION}")


def _queue(connection: Connection) -> Iterator[Check]:
    (usage,) = connection.execute("select pg_notification_queue_usage()").fetchone() or (0.0,)
    if usage > 0.25:
        yield Check(
            "notify queue", "warning", f"{usage:.0%} full", "a session executes LISTEN but never reads: terminate it"
        )
    else:
        yield Check("notify queue", "ok", f"{usage:.0%} full")


def _workers(connection: Connection) -> Iterator[Check]:
    """Processes that serve sockets, and those that died and were not cleaned up yet."""
    rows = connection.execute("select alive, sockets, channels from wedsync_internal.node_status()").fetchall()
    alive = [row for row in rows if row[0]]
    if not rows:
        yield Check("workers", "ok", "none running", "run `wedsync worker` for live updates")
    elif not alive:
        yield Check(
            "workers",
            "warning",
            f"{len(rows)} died and none is running: changes are not delivered",
            "run `wedsync worker`",
        )
    else:
        dead = f", {len(rows) - len(alive)} died lately" if len(rows) > len(alive) else ""
        sockets, channels = sum(row[1] for row in alive), sum(row[2] for row in alive)
        counts = (counted(len(alive), "process", "es"), counted(sockets, "socket"), counted(channels, "channel"))
        yield Check("workers", "ok", f"{', '.join(counts)}{dead}")


def _pgcrypto(connection: Connection) -> Iterator[Check]:
    row = connection.execute("select e.extversion from pg_extension as e where e.extname = 'pgcrypto'").fetchone()
    available = connection.execute("select from pg_available_extensions where name = 'pgcrypto'").fetchone()
    if row:
        yield Check("pgcrypto", "ok", f"installed, version {row[0]}")
    elif available is not None:
        yield Check("pgcrypto", "ok", "not installed; column encryption is off", "create extension pgcrypto;")
    else:
        yield Check("pgcrypto", "ok", "this server does not have it; column encryption is not possible")


def _listen(connection: Connection, listen_dsn: str) -> Check:
    """Ring our own bell: behind a transaction pooler LISTEN succeeds, but nothing is ever heard."""
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
        # Of its text nothing is told: the address may hold a password.
        hint = "check the address in WEDSYNC_BUS, that the server is running, and the worker's credentials"
        return Check("bus", "failed", f"the NATS server cannot be reached ({type(error).__name__})", hint)
    return Check("bus", "ok", f"NATS, messages of up to {largest // 1024} KiB")


async def _heed_not(_error: Exception) -> None:
    """What goes wrong while connecting is raised as well."""


def worst(checks: tuple[Check, ...]) -> Status:
    """The worst status among the checks."""
    found = {check.status for check in checks}
    return "failed" if "failed" in found else "warning" if "warning" in found else "ok"
