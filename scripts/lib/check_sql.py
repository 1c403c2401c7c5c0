"""Parses every SQL file, and runs plpgsql_check on every function of a newly migrated PostgreSQL 15.

Prints findings as `file:line: text` or `function: text`, and exits with 1 if there are any.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pglast
import psycopg
from pglast import ast

from wedsync.errors import WedSyncError
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import default_root, load_tree
from wedsync.local.embedded import EmbeddedServer

ROOT = default_root()
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
TEST_LINE = 160

CHECK = """
select p.oid::regprocedure::text, c.lineno, c.level, c.message, c.detail, c.hint
from pg_proc as p
join pg_language as l on l.oid = p.prolang and l.lanname = 'plpgsql'
left join lateral (
    select distinct t.tgrelid from pg_trigger as t where t.tgfoid = p.oid and not t.tgisinternal
) as t on p.prorettype = 'trigger'::regtype
cross join lateral plpgsql_check_function_tb(
    p.oid, coalesce(t.tgrelid, 0), fatal_errors => false, extra_warnings => true, performance_warnings => false,
    -- generators write what the catalogue says, as the owner
    security_warnings => p.proname !~ '^build_',
    -- a function that serves several events looks at tg_op before it names the tables of one of them
    newtable => (select max(g.tgnewtable::text)::name from pg_trigger as g where g.tgfoid = p.oid),
    oldtable => (select max(g.tgoldtable::text)::name from pg_trigger as g where g.tgfoid = p.oid)
) as c
where p.pronamespace in ('wedsync'::regnamespace, 'wedsync_internal'::regnamespace, 'wedsync_data'::regnamespace)
    -- A literal such as '{}' that initialises a jsonb or array variable is converted once; that is no fault.
    and c.message not like 'target type is different type than source type'
    -- the sources call it so
    and c.message <> 'name of parameter "limit" is reserved keyword'
    -- several results, one of them a row: each is assigned as a whole
    and c.message not like 'composite OUT variable %'
    -- hooks have one signature
    and not (p.proname ~ '^(derive|validate)_' and c.message like 'unused parameter %')
order by 1, 2
"""


def laid_out(path: Path) -> Iterator[str]:
    """Findings in the layout of one file of tests: long lines, and plans that count nothing."""
    if not path.is_relative_to("sql/tests") and not path.is_relative_to("sql/testing"):
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if len(line) > TEST_LINE:
            yield f"{path}:{number}: {len(line)} characters, at most {TEST_LINE}"
        if path.is_relative_to("sql/tests") and "no_plan()" in line:
            yield f"{path}:{number}: no_plan() lets tests get lost; name their number with plan()"


def parsed(path: Path) -> Iterator[str]:
    """Findings of the parser in one file."""
    text = path.read_text(encoding="utf-8")
    try:
        statements = pglast.parse_sql(text)
    except pglast.parser.ParseError as error:
        line = text.count("\n", 0, error.location or 0) + 1
        yield f"{path}:{line}: {error}"
        return
    in_tree = not path.is_relative_to("sql/tests") and not path.is_relative_to("sql/testing")
    for statement in statements:
        if in_tree and isinstance(statement.stmt, ast.TransactionStmt):
            yield f"{path}: transactions belong to the migration"
        if isinstance(statement.stmt, ast.CreateFunctionStmt):
            yield from plpgsql_parsed(path, text, statement)
    if in_tree and "\n-- no-transaction" in f"\n{text}" and len(statements) != 1:
        yield f"{path}: a file outside of a transaction has exactly one statement, this has {len(statements)}"


def plpgsql_parsed(path: Path, text: str, statement: ast.RawStmt) -> Iterator[str]:
    """Findings in the body of one PL/pgSQL function."""
    language = next((option.arg.sval for option in statement.stmt.options or () if option.defname == "language"), "sql")
    if language != "plpgsql":
        return
    start, length = statement.stmt_location, statement.stmt_len
    # pglast counts characters here, unlike the parser below it
    source = text[start : start + length] if length else text[start:]
    try:
        pglast.parse_plpgsql(source)
    except pglast.parser.ParseError as error:
        # It cannot resolve types of other schemas; plpgsql_check covers those functions.
        if "LookupExplicitNamespace" not in str(error):
            yield f"{path}:{text.count(chr(10), 0, start) + 1}: {error}"


def checked() -> Iterator[str]:
    """Findings of plpgsql_check in a live database."""
    with tempfile.TemporaryDirectory(prefix="wedsync-lint-") as home:
        Path(home).chmod(0o711)
        with EmbeddedServer(Path(home) / "15", programs=PROGRAMS, settings={"fsync": "off"}) as server:
            migrate(server.dsn(), load_tree())
            with psycopg.connect(server.dsn(), autocommit=True) as connection:
                connection.execute("create extension plpgsql_check")
                # a record of rows, of which the pack itself may have none: what the engine makes for it is checked, too
                connection.execute("create schema tap")
                connection.execute(Path("sql/testing/4_records.sql").read_text(encoding="utf-8").encode())
                connection.execute("select tap.gifts()")
                count = connection.execute(
                    "select count(*) from pg_proc as p join pg_language as l on l.oid = p.prolang and l.lanname = 'plpgsql'"
                    " where p.pronamespace in ('wedsync'::regnamespace, 'wedsync_internal'::regnamespace)"
                ).fetchone()
                for name, line, level, message, detail, hint in connection.execute(CHECK):
                    more = "; ".join(text for text in (detail, hint) if text)
                    yield f"{name} line {line}: {level}: {message}{f' ({more})' if more else ''}"
                print(f"plpgsql_check looked at {count[0] if count else 0} functions")


def main() -> int:
    """Run all checks; returns the exit code."""
    files = sorted(ROOT.rglob("*.sql")) + sorted(ROOT.parent.glob("worker/wedsync/install/*.sql"))
    findings = [
        finding for path in files for check in (parsed, laid_out) for finding in check(path.relative_to(Path.cwd()))
    ]
    print(f"pglast parsed {len(files)} files")
    if (PROGRAMS / "initdb").exists():
        try:
            findings += checked()
        except WedSyncError as error:
            findings.append(f"migrate: {error.message}")
    else:
        findings.append("plpgsql_check did not run: PostgreSQL 15 is not installed")
    for finding in dict.fromkeys(findings):
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
