"""`wedsync maintain`: runs all scheduled jobs once, for installations without a worker."""

from __future__ import annotations

from contextlib import closing

from wedsync.errors import NotInstalled
from wedsync.install.blockers import LockWatch
from wedsync.install.database import connect, target
from wedsync.install.ledger import SHORT_LOCK_TIMEOUT, read_state
from wedsync.install.refusals import refuse_standby
from wedsync.install.running import BUSY, lock_not_gained


def maintain(dsn: str) -> dict[str, str | None]:
    """Run every scheduled job and return the results, None for jobs that another process is running.

    Raises NotInstalled, ReadOnlyServer, or LockNotGained; the jobs before it are done then.
    """
    with closing(connect(dsn, application_name="wedsync maintain")) as connection:
        refuse_standby(connection)
        if not read_state(connection).installed:
            raise NotInstalled(f"the pack is not installed in {target(connection)}", hint="run `wedsync migrate`")
        names = [
            row[0]
            for row in connection.execute("select name from wedsync_data.scheduled_jobs order by name").fetchall()
        ]
        done = {}
        with LockWatch(dsn, connection) as watch:
            for name in names:
                try:
                    with connection.transaction():
                        connection.execute(f"set local lock_timeout = {SHORT_LOCK_TIMEOUT}")
                        row = connection.execute("select wedsync_internal.run_job(%s)", [name]).fetchone()
                except BUSY as error:
                    raise lock_not_gained(name, error, watch) from error
                done[name] = row[0] if row else None
        return done
