"""All errors that WedSync raises deliberately, with the exit codes of the command line.

    WedSyncError                    1   anything below without a code of its own
    ├── UsageError                  2   arguments that contradict each other (Typer uses 2 as well)
    │   └── SettingsError           3   a WEDSYNC_* variable is missing or invalid
    ├── DatabaseError
    │   ├── BadDsn                 10   the connection string is invalid
    │   ├── Unreachable            11   the server does not respond, or the database does not exist
    │   ├── NotLetIn               12   the server answers but refuses this user
    │   ├── ServerTooOld           13   PostgreSQL below 15
    │   ├── MissingRights          14   a role or privilege is missing; the hint says what to do
    │   └── ReadOnlyServer         15   write operation on a standby
    ├── MigrationError
    │   ├── BadSqlTree             20   the SQL files are invalid (names, headers, circular dependencies)
    │   ├── ForeignSchema          21   a schema with our name exists that we did not create
    │   ├── FrozenFileChanged      22   a versioned file differs from what was released or applied
    │   ├── NewerDatabase          23   the database was migrated by a newer WedSync
    │   ├── LockNotGained          24   another migration is running, or locks were not available in time
    │   ├── StatementFailed        25   PostgreSQL rejected a statement of a file
    │   ├── WeddingDay             26   a wedding takes place today
    │   ├── NotInstalled           27   the pack is not installed in this database
    │   ├── LockLost               28   the session changed during the migration (a transaction pooler)
    │   └── DistributedTables      29   tables of the pack are Citus tables
    ├── FindingsError
    │   ├── DriftFound             30   `verify`: the database differs from the installed version
    │   └── UnhealthyFound         31   `doctor`: at least one check failed
    ├── EmbeddedError              40   the embedded PostgreSQL cannot be prepared, started or stopped
    │   └── EmbeddedMissing        41   its binaries are not installed
    ├── WorkerError                50   the worker cannot start or continue
    │   ├── PortTaken              51   a port to listen on is in use
    │   └── SchemaTooNew           52   the database has a newer breaking version than this worker knows
    └── DemoFailed                 60   the guest-count story had a wrong outcome

Messages say what is wrong, hints what to do about it. Neither contains passwords or tokens.
"""

from __future__ import annotations

from typing import ClassVar


class WedSyncError(Exception):
    """Base of all errors below: `message` for people, an optional `hint`, and the process `exit_code`."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, object]:
        """The error as `--json` prints it: error (class name), message, hint and exit_code."""
        return {
            "error": type(self).__name__,
            "message": self.message,
            "hint": self.hint,
            "exit_code": self.exit_code,
        }


class UsageError(WedSyncError):
    """Arguments that contradict each other."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is missing or invalid; the message names the variable, never a secret value."""

    exit_code = 3


class DatabaseError(WedSyncError):
    """Database errors."""


class BadDsn(DatabaseError):
    """The connection string cannot be parsed."""

    exit_code = 10


class Unreachable(DatabaseError):
    """No server at that address, or no such database."""

    exit_code = 11


class NotLetIn(DatabaseError):
    """The server refuses the user: password, pg_hba or no right to connect."""

    exit_code = 12


class ServerTooOld(DatabaseError):
    """The server's major version is below the oldest supported one."""

    exit_code = 13


class MissingRights(DatabaseError):
    """A role or privilege is missing; the hint lists the statements that an administrator has to run."""

    exit_code = 14


class ReadOnlyServer(DatabaseError):
    """The server is a standby, and the command writes."""

    exit_code = 15


class MigrationError(WedSyncError):
    """Errors that stop a migration."""


class BadSqlTree(MigrationError):
    """The tree of SQL files is invalid."""

    exit_code = 20


class ForeignSchema(MigrationError):
    """A schema with one of our names exists that this tool did not create."""

    exit_code = 21


class FrozenFileChanged(MigrationError):
    """A versioned file has other content than when it was released or applied."""

    exit_code = 22


class NewerDatabase(MigrationError):
    """The ledger knows versioned files that this tool does not have."""

    exit_code = 23


class LockNotGained(MigrationError):
    """The migration lock, or a table lock, was not available before the deadline."""

    exit_code = 24


class StatementFailed(MigrationError):
    """PostgreSQL rejected a statement; the file was rolled back."""

    exit_code = 25


class WeddingDay(MigrationError):
    """It is the date of a wedding, or a Saturday while weddings are to come, and --allow-on-wedding-day was not given."""

    exit_code = 26


class NotInstalled(MigrationError):
    """The pack is not installed in this database."""

    exit_code = 27


class LockLost(MigrationError):
    """Our session no longer holds the advisory lock: the connection goes through a transaction pooler."""

    exit_code = 28


class DistributedTables(MigrationError):
    """Tables of the pack are distributed, reference or managed local tables of Citus."""

    exit_code = 29


class FindingsError(WedSyncError):
    """A check has findings, which were printed before."""


class DriftFound(FindingsError):
    """The catalogue differs from what the last migration left."""

    exit_code = 30


class UnhealthyFound(FindingsError):
    """At least one of the doctor's checks failed."""

    exit_code = 31


class EmbeddedError(WedSyncError):
    """The embedded PostgreSQL cannot be prepared, started or stopped."""

    exit_code = 40


class EmbeddedMissing(EmbeddedError):
    """The PostgreSQL binaries are not installed."""

    exit_code = 41


class WorkerError(WedSyncError):
    """The worker cannot start or continue."""

    exit_code = 50


class PortTaken(WorkerError):
    """A port to listen on is in use."""

    exit_code = 51


class SchemaTooNew(WorkerError):
    """The database has a newer breaking version than this worker knows."""

    exit_code = 52


class DemoFailed(WedSyncError):
    """The guest-count story had a wrong outcome."""

    exit_code = 60
