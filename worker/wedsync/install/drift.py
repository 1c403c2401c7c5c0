"""Drift: how the catalogue differs from what the last migration left.

A migration records every object of the pack (owner, grants, comment, body, options, …) in the database itself. Differences
that exist when a migration starts remain unless it recreates the object: migrating never hides changes made
by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from wedsync.install.database import Connection
from wedsync.install.ledger import as_owner
from wedsync.install.rendering import same_expression

CATALOG_SQL = files("wedsync.install").joinpath("catalog.sql").read_text(encoding="utf-8")

# Deparsed definitions are comparable only within the major version that they were recorded on.
_DIFFERENCES = f"""
select coalesce(e.object, f.object) as object, coalesce(e.aspect, f.aspect) as aspect, e.value as expected, f.value as found
from wedsync_internal.catalog_expected as e
full join (
{CATALOG_SQL}) as f on e.object = f.object and e.aspect = f.aspect
where e.value is distinct from f.value
    and exists (select from wedsync_internal.catalog_expected)
    and coalesce(e.object, f.object) <> 'server'
    and (
        coalesce(e.aspect, f.aspect) not like '%(deparsed)'
        or (pg_catalog.current_setting('server_version_num')::integer / 10000)::text = (
            select s.value from wedsync_internal.catalog_expected as s where s.object = 'server' and s.aspect = 'major version'
        )
    )
"""

_REACH_DRIFT = """
select d.object, 'rights', d.expected, d.found from wedsync_internal.reach_drift() as d order by d.object limit 100
"""

# Before a run applies anything.
NOTE_SQL = f"""
delete from wedsync_internal.catalog_drift;
insert into wedsync_internal.catalog_drift (object, aspect, expected, found)
{_DIFFERENCES};
"""

# When everything is applied.
RECORD_SQL = f"""
delete from wedsync_internal.catalog_expected;
insert into wedsync_internal.catalog_expected (object, aspect, value)
{CATALOG_SQL};
delete from wedsync_internal.catalog_drift as d
where d.found is distinct from (
    select e.value from wedsync_internal.catalog_expected as e where e.object = d.object and e.aspect = d.aspect
);
delete from wedsync_internal.catalog_expected as e
using wedsync_internal.catalog_drift as d
where e.object = d.object and e.aspect = d.aspect;
insert into wedsync_internal.catalog_expected (object, aspect, value)
select d.object, d.aspect, d.expected from wedsync_internal.catalog_drift as d where d.expected is not null;
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """An aspect of an object: `expected` is None if it was added, `found` is None if it was removed."""

    object: str
    aspect: str
    expected: str | None
    found: str | None

    @property
    def only_rendering(self) -> bool:
        """Whether PostgreSQL only deparses the same expression differently, as after dump and restore."""
        deparsed = self.aspect.endswith("(deparsed)")
        return deparsed and self.change == "changed" and same_expression(self.expected or "", self.found or "")

    @property
    def change(self) -> str:
        """One of added, removed, changed."""
        if self.expected is None:
            return "added"
        return "removed" if self.found is None else "changed"


def find_reach_drift(connection: Connection) -> tuple[Difference, ...]:
    """Rights that are stored differently from what members, grants and roles give; the first hundred."""
    with as_owner(connection):
        row = connection.execute("select to_regprocedure('wedsync_internal.reach_drift()') is not null").fetchone()
        if row is None or not row[0]:
            return ()  # that the function is missing is found elsewhere
        rows = connection.execute(_REACH_DRIFT).fetchall()
    return tuple(Difference(*row) for row in rows)


def find_drift(connection: Connection) -> tuple[Difference, ...]:
    """All differences, ordered by object; the pack must be installed."""
    with as_owner(connection):
        rows = connection.execute(f"select * from ({_DIFFERENCES}) as d order by d.object, d.aspect").fetchall()
    found = (Difference(*row) for row in rows)
    return tuple(each for each in found if not each.only_rendering)
