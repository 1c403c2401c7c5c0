"""docs/reference/sql.md, fields.md and errors.md, from a migrated database."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from .markdown import code, page, table

Connection = psycopg.Connection[tuple[Any, ...]]

_PROVIDES = re.compile(r"^-- provides:(.*)$", re.MULTILINE)
_API_NAMES = re.compile(r"\bwedsync\.(\w+)")

_VIEWS: LiteralString = """
select c.oid, c.relname, pg_catalog.obj_description(c.oid, 'pg_class'),
    array(
        select r.name || ': ' || string_agg(p.name, ', ' order by p.position)
        from (values ('authenticated'), ('service_role'), ('wedsync_admin')) as r (name)
        cross join (values ('select', 1), ('insert', 2), ('update', 3), ('delete', 4)) as p (name, position)
        where has_table_privilege(r.name, c.oid, p.name) or p.name <> 'delete' and has_any_column_privilege(r.name, c.oid, p.name)
        group by r.name order by r.name
    )
from pg_catalog.pg_class as c where c.relnamespace = 'wedsync'::regnamespace and c.relkind = 'v' order by c.relname
"""
_COLUMNS: LiteralString = """
select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.col_description(a.attrelid, a.attnum)
from pg_catalog.pg_attribute as a where a.attrelid = %s and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_FUNCTIONS: LiteralString = """
select p.proname, pg_catalog.pg_get_function_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid),
    pg_catalog.obj_description(p.oid, 'pg_proc'),
    array(
        select r.name
        from unnest('{anon,authenticated,service_role,wedsync_admin,wedsync_worker}'::text[]) as r (name)
        where has_function_privilege(r.name, p.oid, 'execute')
    )
from pg_catalog.pg_proc as p where p.pronamespace = 'wedsync'::regnamespace order by p.proname, 2
"""


def _text(comment: str | None) -> str:
    """A comment as paragraphs: its first line is the summary."""
    return (comment or "").replace("\n", "\n\n", 1).replace("<", "&lt;")


def sql_page(connection: Connection, root: Path) -> str:
    """Views and functions of schema wedsync, by domain."""
    files = sorted((root / "sql/functions").glob("*/*.sql"))
    domains = {path.stem: path.parent.name for path in files}
    # what a file makes by a call of the record engine
    for path in files:
        for line in _PROVIDES.findall(path.read_text(encoding="utf-8")):
            domains.update(dict.fromkeys(_API_NAMES.findall(line), path.parent.name))
    parts: dict[str, list[str]] = {}
    for oid, name, comment, rights in connection.execute(_VIEWS).fetchall():
        columns = [(code(column), kind, what) for column, kind, what in connection.execute(_COLUMNS, (oid,))]
        parts.setdefault(domains[name], []).extend(
            [
                f"### View `{name}`",
                _text(comment),
                f"Rights: {'; '.join(rights)}.",
                table(("column", "type", "description"), columns),
            ]
        )
    for name, arguments, result, comment, callers in connection.execute(_FUNCTIONS).fetchall():
        parts.setdefault(domains[name], []).extend(
            [
                f"### `{name}`",
                f"```sql\nwedsync.{name}({arguments})\n    returns {result}\n```",
                _text(comment),
                f"For: {', '.join(callers)}.",
            ]
        )
    blocks = [
        "Views and functions of the schema `wedsync`, for use by applications. The descriptions come from `COMMENT ON`. Names of "
        "errors are explained in "
        "[errors.md](errors.md), fields in [fields.md](fields.md)."
    ]
    for domain in sorted(parts):
        blocks += [f"## {domain.replace('_', ' ').capitalize()}", *parts[domain]]
    return page("SQL reference", *blocks)


_FIELDS: LiteralString = """
select c.path, c.column_name || coalesce(' → ' || c.json_key, ''), c.data_type,
    concat_ws(
        ', ', 'at most ' || c.max_length || ' characters', c.min_value || ' to ' || c.max_value,
        'at most ' || c.max_items || ' entries'
    ),
    c.field_group, coalesce(c.access_level, 'never'), c.sensitivity_class, c.is_writable, c.is_public, c.description
from wedsync_data.field_catalog as c order by c.right_no
"""
_ALIASES: LiteralString = (
    "select c.path, c.aliases from wedsync_data.field_catalog as c where c.aliases <> '{}' order by c.right_no"
)
_GROUPS: LiteralString = """
select n.name, n.kind, (
    select array_agg(c.path order by c.right_no) from wedsync_data.field_catalog as c where get_bit(n.mask, c.right_no) = 1
)
from wedsync_data.field_names as n where n.kind in ('group', 'level') order by n.kind, bit_count(n.mask), n.name
"""
_ROLES: LiteralString = """
select r.wedding_role, r.readable_names, r.writable_names, r.description
from wedsync_data.wedding_roles as r order by r.hierarchy_rank desc
"""
_TRADES: LiteralString = (
    "select c.category, c.default_fields, c.description from wedsync_data.supplier_categories as c order by c.category"
)


def fields_page(connection: Connection) -> str:
    """The field catalogue with groups, roles and supplier categories."""
    fields = [(code(path), code(column), *rest) for path, column, *rest in connection.execute(_FIELDS)]
    head = ("path", "column", "type", "limits", "group", "level", "class", "writable", "public", "description")
    return page(
        "Fields",
        "All fields of a wedding's shared record, from `wedsync_data.field_catalog`; callers can query the "
        "view `wedsync.field_catalog`. "
        "The level is the lowest of basic, standard and full that contains the field; `never` marks the classes "
        "budget and couple_private, "
        "which can never be granted to a supplier. Fields of a list (key moments, wedding party, family) exist in "
        "every element.",
        table(head, fields),
        "## Aliases",
        "Accepted wherever a field is named: in patches, grants and mappings. Column names, objects such as "
        "`wedding.guestCount` and whole "
        "lists are accepted too.",
        table(
            ("path", "aliases"),
            ((code(path), ", ".join(map(code, names))) for path, names in connection.execute(_ALIASES)),
        ),
        "## Groups and levels",
        table(
            ("name", "kind", "fields"),
            (
                (code(name), kind, ", ".join(map(code, paths or [])))
                for name, kind, paths in connection.execute(_GROUPS)
            ),
        ),
        "## Roles at a wedding",
        "What each role can read and write without a grant.",
        table(
            ("role", "reads", "writes", "description"),
            ((code(role), reads, writes, what) for role, reads, writes, what in connection.execute(_ROLES)),
        ),
        "## Supplier categories",
        "The fields that a supplier of the category requests by default.",
        table(
            ("category", "default fields", "description"),
            ((code(key), names, what) for key, names, what in connection.execute(_TRADES)),
        ),
    )


_ERRORS: LiteralString = """
select e.name, e.sqlstate, e.http_status, e.message, e.hint
from wedsync_internal.error_catalog as e order by e.http_status, e.name
"""
_RULES: LiteralString = "select r.name, r.meaning from wedsync_internal.error_rules as r order by r.name"


def errors_page(connection: Connection) -> str:
    """The error catalogue."""
    rows = [
        (code(name), code(state), status, message, hint)
        for name, state, status, message, hint in connection.execute(_ERRORS)
    ]
    return page(
        "Errors",
        "All errors that the pack raises deliberately, from `wedsync_internal.error_catalog`. Through PostgREST "
        "the HTTP status is that of the "
        "table and the body has `code` (the SQLSTATE), `message`, `details` and `hint`; on a Postgres connection "
        "they are SQLSTATE, message, "
        "DETAIL and HINT. Errors abort the transaction, so nothing is changed.",
        "The detail is JSON. Over HTTP, the member `details` is a string, which clients have to parse: "
        "`JSON.parse(error.details)`. "
        "`invalid_value`, `too_large`, `not_allowed` and `state_conflict` have `parameter` and `rule`, `fields_not_allowed` "
        "`unauthorized_fields`, `version_conflict` `conflicts`; "
        "`invalid_fields` has `problems` (`path`, `rule`, and `did_you_mean` for up to three unknown names) and `rules`, what "
        "[each rule](#rules) requires. The message summarizes the detail.",
        "Null for a required parameter raises `invalid_value`, which names the parameter. If a required parameter is omitted "
        "over HTTP, PostgREST itself returns 404 (`PGRST202`: no function with these parameters); for a body that is "
        "not JSON it returns 400 (`PGRST102`).",
        "Errors with SQLSTATE `PGRST` contain status and headers for PostgREST (429 has `Retry-After`, in seconds); "
        "their message is a JSON object "
        "on a Postgres connection, and their code over HTTP is `WS` and the status.",
        "Calling a function without a required token returns 401 with PostgreSQL's own 42501. A token "
        "without a `sub` returns 403.",
        table(("name", "SQLSTATE", "HTTP", "message", "hint"), rows),
        "## Rules",
        "Rules in `problems` and `rules` of `invalid_fields`; N stands for a number.",
        table(("rule", "meaning"), [(code(name), meaning) for name, meaning in connection.execute(_RULES)]),
        "## PostgreSQL's own",
        "Some errors are raised by PostgreSQL itself:",
        table(
            ("SQLSTATE", "HTTP", "when"),
            [
                (code("22P02"), 400, "a text is not a valid uuid, number or JSON"),
                (code("22007"), 400, "a text is not a valid date or time; `22003`: a number is out of range"),
                (code("22001"), 400, "a name or path in a mapping is longer than its column"),
                (code("23505"), 409, "a form field or mapping of that name already exists: use PATCH or upsert"),
                (code("42501"), "401, 403", "the caller's role has no privilege on the function or view"),
                (code("55000"), "-", "on a PostgreSQL connection only; over HTTP `read_only_view`"),
            ],
        ),
    )


_MADE: LiteralString = """
select o.name, o.kind, o.description
from (
    select n.nspname || '.' || p.proname || '()' as name, 'function' as kind,
        pg_catalog.obj_description(p.oid, 'pg_proc') as description, 2 as place
    from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('wedsync', 'wedsync_internal') and pg_catalog.obj_description(p.oid, 'pg_proc') ~ 'Generated by build_'
        and pg_catalog.obj_description(p.oid, 'pg_proc') ~ %(record)s
    union all
    select 'wedsync.' || c.relname, 'view', split_part(pg_catalog.obj_description(c.oid, 'pg_class'), E'\n', 1), 1
    from pg_catalog.pg_class as c where c.relnamespace = 'wedsync'::regnamespace and c.relname = %(record)s
    union all
    select t.tgname, 'trigger', pg_catalog.obj_description(t.oid, 'pg_trigger'), 3
    from pg_catalog.pg_trigger as t
    where t.tgrelid = format('wedsync_data.%%I', %(record)s::text)::regclass and not t.tgisinternal
    union all
    select p.polname, 'policy', pg_catalog.obj_description(p.oid, 'pg_policy'), 4
    from pg_catalog.pg_policy as p where p.polrelid = format('wedsync_data.%%I', %(record)s::text)::regclass
) as o order by o.place, o.name
"""
_RECORDS: LiteralString = """
select r.record_name, r.shape,
    (select count(*) from wedsync_data.field_catalog as f where f.table_name = r.record_name)::text, r.event_type
from wedsync_data.record_catalog as r order by r.position
"""
_SHOWN = "client_profiles"


def generated_page(connection: Connection) -> str:
    """What the record engine makes: the records, and for one of them the objects and the text of its change trigger."""
    records = [(code(name), shape, fields, code(event)) for name, shape, fields, event in connection.execute(_RECORDS)]
    objects = [(code(name), kind, _text(what)) for name, kind, what in connection.execute(_MADE, {"record": _SHOWN})]
    source = connection.execute(
        "select p.prosrc from pg_catalog.pg_proc as p where p.oid = format('wedsync_internal.%%I', %s::text)::regproc",
        (f"{_SHOWN}_change",),
    ).fetchone()
    return page(
        "Generated objects",
        "For every row of `wedsync_data.record_catalog`, `build_record()` creates ordinary objects from the catalogue. "
        "Migrations run it, and it runs again when rows of the catalogue change. "
        "Do not edit these objects; change the catalogue or the generators in "
        "`sql/functions/records`.",
        table(("record", "shape", "fields", "event"), records),
        f"## Objects of `{_SHOWN}`",
        table(("object", "kind", "description"), objects),
        f"## Text of `wedsync_internal.{_SHOWN}_change()`",
        f"```sql\n{(source[0] if source else '').strip()}\n```",
    )
