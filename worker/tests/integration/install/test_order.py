"""The order of the repeatable files follows from their text: any that it allows will do, and it knows what PostgreSQL knows."""

from __future__ import annotations

import random
from dataclasses import replace
from graphlib import TopologicalSorter

import pytest
from harness.database import Database

from wedsync.errors import StatementFailed
from wedsync.install.migrate import migrate
from wedsync.install.references import Name, read_references
from wedsync.install.sql_files import SqlFile, SqlTree, load_tree

# Functions, views and triggers of the pack that depend on one another, each side as (schema, name, whether it is a function).
# A view depends by its rule; a trigger is in the file of the function that it calls.
DEPENDENCIES = """
with functions as (
    select p.oid, n.nspname, p.proname from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('wedsync', 'wedsync_internal')
),
views as (
    select c.oid, n.nspname, c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'v' and n.nspname in ('wedsync', 'wedsync_internal')
),
objects as (
    select 'pg_proc'::regclass as class, f.oid as id, f.nspname as schema, f.proname as name, true as called from functions as f
    union all select 'pg_class', v.oid, v.nspname, v.relname, false from views as v
    union all select 'pg_rewrite', r.oid, v.nspname, v.relname, false
    from pg_rewrite as r inner join views as v on v.oid = r.ev_class
    union all select 'pg_type', t.oid, v.nspname, v.relname, false from pg_type as t inner join views as v on v.oid = t.typrelid
    union all select 'pg_trigger', t.oid, f.nspname, f.proname, true
    from pg_trigger as t inner join functions as f on f.oid = t.tgfoid
)
select distinct o.schema, o.name, o.called, n.schema, n.name, n.called
from pg_depend as d
inner join objects as o on o.class = d.classid and o.id = d.objid
inner join objects as n on n.class = d.refclassid and n.id = d.refobjid
where (o.schema, o.name, o.called) is distinct from (n.schema, n.name, n.called)
"""


def shuffled(tree: SqlTree, seed: int, *, ignoring: str = "") -> SqlTree:
    """The tree in an order by chance, each file after those that it requires, but for `ignoring`, which comes first."""
    chance = random.Random(seed)
    by_name = {file.name: file for file in tree.repeatable if file.name != ignoring}
    sorter = TopologicalSorter(
        {name: [each for each in file.requires if each != ignoring] for name, file in by_name.items()}
    )
    sorter.prepare()
    ready: list[str] = []
    order: list[SqlFile] = [file for file in tree.repeatable if file.name == ignoring]
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        name = ready.pop(chance.randrange(len(ready)))
        order.append(by_name[name])
        sorter.done(name)
    return replace(tree, repeatable=tuple(sorted(order, key=lambda file: file.kind == "policy")))


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_that_the_references_allow_will_do(empty_database: Database, seed: int) -> None:
    tree = load_tree()
    other = shuffled(tree, seed)
    assert [file.name for file in other.repeatable] != [file.name for file in tree.repeatable]
    migrate(empty_database.dsn, other)


def test_an_order_that_they_do_not_allow_fails(empty_database: Database) -> None:
    with pytest.raises(StatementFailed, match="functions/sharing/core_fields_permissions"):
        migrate(empty_database.dsn, shuffled(load_tree(), 1, ignoring="functions/sharing/core_fields_permissions"))


def test_what_postgresql_knows_to_depend_on_each_other_is_required(database: Database) -> None:
    tree = load_tree()
    homes: dict[Name, str] = {}
    for file in tree.repeatable:
        homes |= dict.fromkeys(read_references(file.text).defines, file.name)
    requires = {file.name: file.requires for file in tree.repeatable}
    pairs = [(Name(*row[:3]), Name(*row[3:])) for row in database.query(DEPENDENCIES)]
    assert len(pairs) > 50
    missing = [
        (name, needed)
        for name, needed in pairs
        if name in homes
        and needed in homes
        and homes[needed] not in (*requires[homes[name]], homes[name])
        # its triggers are created with the views, by the files of the records
        and name.object != "rows_statement_begins"
    ]
    assert missing == []
