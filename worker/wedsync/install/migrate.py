"""`wedsync migrate`: applies the tree of SQL files to a database.

Each versioned file is a separate transaction, all repeatable files are one; a closing step creates partitions, records the
catalogue and notifies PostgREST. Every attempt is in the ledger before it starts, so that a killed run is visible,
and the next one continues where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg

from wedsync.errors import BadSqlTree, LockNotGained, MissingRights, StatementFailed, Unreachable
from wedsync.install import ledger
from wedsync.install.blockers import LockWatch
from wedsync.install.database import Connection, connect
from wedsync.install.drift import NOTE_SQL, RECORD_SQL, Difference, find_drift
from wedsync.install.plan import Plan, make_plan
from wedsync.install.refusals import refuse_citus, refuse_pooler, refuse_standby, refuse_wedding_day
from wedsync.install.running import drop_statement, lock_relations, patiently, run_file, run_sql
from wedsync.install.sql_files import SqlFile, SqlTree

# Called before each step with (steps done, steps in all, what comes next); at the end with (all, all, "").
Progress = Callable[[int, int, str], None]

PARTITIONS_SQL = """\
do $$
begin
    if pg_catalog.to_regproc('wedsync_internal.ensure_partitions') is not null then
        perform wedsync_internal.ensure_partitions();
    end if;
end
$$;
"""
CLOSING_SQL = f"{PARTITIONS_SQL}{RECORD_SQL}notify pgrst, 'reload schema';\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateOptions:
    """deadline: total seconds to wait for locks. lock_timeout: milliseconds for one table lock."""

    deadline: float = 60
    lock_timeout: int = 2000
    allow_on_wedding_day: bool = False
    repair: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Result of a run: names of applied files in order, duration in seconds, files no longer in the tree, and differences
    from the installed version.
    """

    run: UUID
    applied: tuple[str, ...]
    seconds: float
    orphans: tuple[str, ...]
    drift: tuple[Difference, ...]


def show_plan(dsn: str, tree: SqlTree, *, repair: bool = False) -> Plan:
    """What migrate() would do, without changing anything."""
    with closing(connect(dsn)) as connection:
        return make_plan(tree, ledger.read_state(connection), repair=repair)


def migrate(
    dsn: str,
    tree: SqlTree,
    options: MigrateOptions | None = None,
    *,
    on_progress: Progress = lambda done, total, name: None,
) -> Report:
    """Bring the database to the state of `tree`; raises a DatabaseError or a MigrationError."""
    with closing(connect(dsn, application_name="wedsync migrate")) as connection:
        refuse_standby(connection)
        refuse_pooler(connection, dsn)
        refuse_citus(connection)
        with LockWatch(dsn, connection) as watch:
            return _Run(connection, tree, options or MigrateOptions(), on_progress, watch).execute()


@dataclass(slots=True)
class _Run:
    """One call of migrate()."""

    connection: Connection
    tree: SqlTree
    options: MigrateOptions
    on_progress: Progress
    watch: LockWatch
    id: UUID = field(default_factory=uuid4)
    started: float = field(default_factory=time.monotonic)
    _done: int = 0
    _total: int = 0

    @property
    def _deadline(self) -> float:
        return self.started + self.options.deadline

    def execute(self) -> Report:
        try:
            plan = self._plan()
            if not plan.empty:
                with ledger.migration_lock(self.connection, self._deadline):
                    plan = self._plan()  # another run may have been faster
                    if not plan.empty:
                        self._apply(plan)
        except psycopg.OperationalError as error:
            if not self.connection.broken:
                raise
            raise Unreachable(
                "the connection was lost during the migration",
                hint="run the command again: it continues where it stopped",
            ) from error
        applied = tuple(action.file.name for action in plan.actions)
        return Report(self.id, applied, time.monotonic() - self.started, plan.orphans, find_drift(self.connection))

    def _plan(self) -> Plan:
        return make_plan(self.tree, ledger.read_state(self.connection), repair=self.options.repair)

    def _apply(self, plan: Plan) -> None:
        versioned = [action.file for action in plan.versioned]
        repeatable = [action.file for action in plan.repeatable]
        self._total = len(versioned) + bool(repeatable) + 1
        state = ledger.read_state(self.connection)
        if not state.installed:
            self._install_ledger(versioned.pop(0))
        else:
            self._refuse_wedding_day()
            with ledger.as_owner(self.connection):
                # After an interrupted run, differences are partly our own, and earlier ones are already recorded.
                if state.finished:
                    self.connection.execute(NOTE_SQL)
                self.connection.execute(ledger.FUNCTIONS_SQL)
        for file in versioned:
            self._step(file.name)
            if file.no_transaction:
                self._apply_alone(file)
            else:
                self._attempt([file], lambda file=file: run_file(self.connection, file), as_installer=file.as_installer)  # type: ignore[misc]
        if repeatable:
            self._step(f"{len(repeatable)} functions, views and policies")
            self._attempt(repeatable, lambda: self._run_repeatable(plan))
        self._step("partitions and catalogue")
        self._attempt([], lambda: run_sql(self.connection, CLOSING_SQL, "the closing step"))
        self.on_progress(self._total, self._total, "")

    def _step(self, name: str) -> None:
        self.on_progress(self._done, self._total, name)
        self._done += 1

    def _refuse_wedding_day(self) -> None:
        if self.options.allow_on_wedding_day:
            return
        with ledger.as_owner(self.connection):
            refuse_wedding_day(self.connection, "migrate")

    def _install_ledger(self, roles: SqlFile) -> None:
        """The first file, which creates the roles, and the ledger, in one transaction."""
        self._step(roles.name)

        def install() -> None:
            with self.connection.transaction():
                self._prepare_transaction()
                run_file(self.connection, roles)
                self.connection.execute(f"set local role {ledger.OWNER}")
                self.connection.execute(ledger.LEDGER_SQL)
                attempt = ledger.begin_attempt(self.connection, self.id, roles)
                ledger.end_attempts(self.connection, [attempt], "applied")

        patiently(install, roles.name, self._deadline, self.watch, racing=True)

    def _attempt(self, files: Sequence[SqlFile], work: Callable[[], None], *, as_installer: bool = False) -> None:
        """Run `work` in a transaction, with ledger rows around it; `files` empty means the closing step."""
        ids = ledger.begin_attempts(self.connection, self.id, files, None if files else self.tree.checksum)

        def once() -> None:
            with self.connection.transaction():
                self._prepare_transaction()
                ledger.check_lock(self.connection)
                if not as_installer:
                    self.connection.execute(f"set local role {ledger.OWNER}")
                work()
                self.connection.execute(f"set local role {ledger.OWNER}")
                ledger.end_attempts(self.connection, ids, "applied")

        what = files[0].name if len(files) == 1 else "the repeatable files" if files else "the closing step"
        try:
            patiently(once, what, self._deadline, self.watch, racing=as_installer)
        except (StatementFailed, LockNotGained, MissingRights, BadSqlTree) as error:
            with ledger.as_owner(self.connection):
                ledger.end_attempts(self.connection, ids, "failed", error.message)
            raise

    def _apply_alone(self, file: SqlFile) -> None:
        """A file that may not run in a transaction, such as `create index concurrently`."""
        (attempt,) = ledger.begin_attempts(self.connection, self.id, [file])
        ledger.check_lock(self.connection)

        def once() -> None:
            self._drop_invalid_indexes()
            self.connection.execute("set search_path = ''")
            self.connection.execute("select set_config('lock_timeout', %s, false)", (f"{self.options.lock_timeout}ms",))
            if not file.as_installer:
                self.connection.execute(f"set role {ledger.OWNER}")
            try:
                run_file(self.connection, file)
            finally:
                if not self.connection.broken:
                    for name in ("role", "lock_timeout", "search_path"):
                        self.connection.execute(f"reset {name}")

        try:
            patiently(once, file.name, self._deadline, self.watch)
        except (StatementFailed, LockNotGained) as error:
            with ledger.as_owner(self.connection):
                ledger.end_attempts(self.connection, [attempt], "failed", error.message)
            raise
        with ledger.as_owner(self.connection):
            ledger.end_attempts(self.connection, [attempt], "applied")

    def _drop_invalid_indexes(self) -> None:
        """A killed `create index concurrently` leaves an invalid index that is still maintained."""
        rows = self.connection.execute(
            """
            select format('drop index concurrently %%I.%%I', n.nspname, c.relname)
            from pg_index as x
            join pg_class as c on c.oid = x.indexrelid
            join pg_namespace as n on n.oid = c.relnamespace
            where not x.indisvalid and n.nspname = any (%s)
                and not exists (select from pg_stat_progress_create_index as p where p.index_relid = x.indexrelid)
                and c.relkind = 'i' and not c.relispartition
            """,
            (list(ledger.SCHEMAS),),
        ).fetchall()
        for (statement,) in rows:
            self.connection.execute(f"set role {ledger.OWNER}")
            self.connection.execute(statement)
            self.connection.execute("reset role")

    def _prepare_transaction(self) -> None:
        self.connection.execute("set local search_path = ''")
        self.connection.execute("set local client_min_messages = warning")
        self.connection.execute("select set_config('lock_timeout', %s, true)", (f"{self.options.lock_timeout}ms",))

    def _run_repeatable(self, plan: Plan) -> None:
        lock_relations(self.connection, [action.file for action in plan.repeatable])
        for action in reversed(plan.repeatable):
            if action.reason == "changed":
                for what in action.file.drops:
                    run_sql(self.connection, drop_statement(what), action.file.name)
        for action in plan.repeatable:
            run_file(self.connection, action.file)
