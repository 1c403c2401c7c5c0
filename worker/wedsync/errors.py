"""All errors that WedSync raises deliberately, with the exit codes of the command line.

Messages say what is wrong, hints what to do about it. Neither contains passwords or tokens.
"""

from __future__ import annotations

from typing import ClassVar


class WedSyncError(Exception):
    """Base of all errors below: `message` for people, an optional `hint`, and the process `exit_code`."""

    exit_code: ClassVar[int] = 1

    def __init_subclass__(cls, *, exit_code: int | None = None) -> None:
        if exit_code is not None:
            cls.exit_code = exit_code

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, object]:
        """The error as `--json` prints it: error (class name), message, hint and exit_code."""
        error = type(self).__name__
        return {"error": error, "message": self.message, "hint": self.hint, "exit_code": self.exit_code}


class UsageError(WedSyncError, exit_code=2):
    """Arguments that contradict each other."""


class SettingsError(UsageError, exit_code=3):
    """A setting is missing or invalid; the message names the variable, never a secret value."""


class DatabaseError(WedSyncError):
    """Database errors."""


class BadDsn(DatabaseError, exit_code=10):
    """The connection string cannot be parsed."""


class Unreachable(DatabaseError, exit_code=11):
    """No server at that address, or no such database."""


class NotLetIn(DatabaseError, exit_code=12):
    """The server refuses the user: password, pg_hba or no right to connect."""


class ServerTooOld(DatabaseError, exit_code=13):
    """The server's major version is below the oldest supported one."""


class MissingRights(DatabaseError, exit_code=14):
    """A role or privilege is missing; the hint lists the statements that an administrator has to run."""


class ReadOnlyServer(DatabaseError, exit_code=15):
    """The server is a standby, and the command writes."""


class MigrationError(WedSyncError):
    """Errors that stop a migration."""


class BadSqlTree(MigrationError, exit_code=20):
    """The tree of SQL files is invalid."""


class ForeignSchema(MigrationError, exit_code=21):
    """A schema with one of our names exists that this tool did not create."""


class FrozenFileChanged(MigrationError, exit_code=22):
    """A versioned file has other content than when it was released or applied."""


class NewerDatabase(MigrationError, exit_code=23):
    """The ledger knows versioned files that this tool does not have."""


class LockNotGained(MigrationError, exit_code=24):
    """The migration lock, or a table lock, was not available before the deadline."""


class StatementFailed(MigrationError, exit_code=25):
    """PostgreSQL rejected a statement; the file was rolled back."""


class WeddingDay(MigrationError, exit_code=26):
    """It is a wedding day, as for wedsync.is_wedding_day(), and --allow-on-wedding-day was not given."""


class NotInstalled(MigrationError, exit_code=27):
    """The pack is not installed in this database."""


class LockLost(MigrationError, exit_code=28):
    """Our session no longer holds the advisory lock: the connection goes through a transaction pooler."""


class DistributedTables(MigrationError, exit_code=29):
    """Tables of the pack are distributed, reference or managed local tables of Citus."""


class FindingsError(WedSyncError):
    """A check has findings, which were printed before."""


class DriftFound(FindingsError, exit_code=30):
    """The catalogue differs from what the last migration left."""


class UnhealthyFound(FindingsError, exit_code=31):
    """At least one of the doctor's checks failed."""


class EmbeddedError(WedSyncError, exit_code=40):
    """The embedded PostgreSQL cannot be prepared, started or stopped."""


class EmbeddedMissing(EmbeddedError, exit_code=41):
    """The PostgreSQL binaries are not installed."""


class WorkerError(WedSyncError, exit_code=50):
    """The worker cannot start or continue."""


class PortTaken(WorkerError, exit_code=51):
    """A port to listen on is in use."""


class SchemaTooNew(WorkerError, exit_code=52):
    """The database has a newer breaking version than this worker knows."""


class GuestListUnreadable(WedSyncError, exit_code=70):
    """The file of a guest list is no text, or not in the encoding that was named."""


class GuestListRefused(WedSyncError, exit_code=71):
    """The database refuses a guest list: rows have errors, no headings were found, or it is a wedding day."""


class DemoFailed(WedSyncError, exit_code=60):
    """The guest-count story had a wrong outcome."""
