"""What a SQL file refers to, and which files must therefore be applied before it."""

from __future__ import annotations

import pytest

from wedsync.install.references import Name, find_requirements, read_references

PLPGSQL = "create or replace function wedsync.{name}({args}) returns void language plpgsql\nas $$\n{body}\n$$;\n"


def function(name: str, body: str = "begin\nend", args: str = "") -> str:
    return PLPGSQL.format(name=name, body=body, args=args)


def needs(text: str, **others: str) -> frozenset[str]:
    """Files that one with this text requires, beside files `a` and `b` with a function each, or what is given for them."""
    files = {"a": function("a"), "b": function("b"), "v": "create view wedsync.v as select 1;"} | others
    return find_requirements(files | {"it": text})["it"]


@pytest.mark.parametrize(
    "text",
    [
        "create view wedsync.it as select wedsync.a();",
        "create or replace function wedsync.it() returns int language sql\nreturn wedsync.a();",
        "create function wedsync.it() returns int begin atomic\nselect case when true then 1 end; select wedsync.a();\nend;",
        "create function wedsync.it() returns int language sql as $$ select wedsync.a() $$;",
        "create function wedsync.it() returns int as $$ select wedsync.a() $$ language sql;",
        "create function wedsync.it() returns int language sql as 'select wedsync.a()';",
        "create function wedsync.it(x int default wedsync.a()) returns int language sql return 1;",
        "create trigger t before insert on wedsync_data.x for each row execute function wedsync.a();",
        "create policy p on wedsync_data.x using ((select wedsync.a()));",
        "comment on function wedsync.a() is 'Text';",
        "grant execute on function wedsync.a() to anon;",
        "create view wedsync.it as select 'wedsync.a()'::regprocedure::oid;",
        "create view wedsync.it as select 'wedsync.a'::regproc;",
        "create view wedsync.it as select ';--', wedsync.a();",
        "do $$ begin perform wedsync.a(); end $$;",
        "create function wedsync.it() returns int\nlanguage sql\nreturn WEDSYNC.A();",
    ],
)
def test_what_is_resolved_when_it_is_created_comes_before(text: str) -> None:
    assert needs(text) == {"a"}


@pytest.mark.parametrize(
    "text",
    [
        function("it", "begin\n    perform wedsync.a();\nend"),
        function("it", "declare\n    x integer := wedsync.a();\nbegin\nend"),
        "-- as wedsync.a() does\nselect 1;",
        "/* wedsync.a() */ select 1;",
        "comment on schema wedsync is 'See wedsync.a(), it''s wedsync.b().';",
        "create view wedsync.it as select 'wedsync.a()';",
        "select wedsync.a_longer_name(), wedsync_data.a, wedsync.unknown();",
    ],
)
def test_what_is_resolved_when_it_is_called_or_not_at_all_needs_no_order(text: str) -> None:
    assert needs(text) == frozenset()


@pytest.mark.parametrize("declared", ["x wedsync.v", "x wedsync.v%rowtype;", "x wedsync.v.c%type := 1;"])
def test_types_that_a_body_declares_come_before(declared: str) -> None:
    assert needs(function("it", f"declare\n    {declared};\nbegin\n    perform wedsync.a();\nend")) == {"v"}


def test_types_of_a_signature_come_before() -> None:
    assert needs(function("it", args="x wedsync.v")) == {"v"}


def test_a_view_and_a_function_of_one_name_are_told_apart() -> None:
    both = {
        "f": "create function wedsync.both(wedsync.v) returns int language sql return 1;",
        "g": "create view wedsync.both as select 1;",
    }
    assert needs("create view wedsync.it as select * from wedsync.both;", **both) == {"g"}
    assert needs("create view wedsync.it as select wedsync.both(v) from wedsync.v;", **both) == {"f", "v"}


def test_what_runs_at_once_needs_what_its_functions_call_and_the_triggers_of_what_they_write() -> None:
    files = {
        "a": function("a", "begin\n    perform wedsync.b();\nend"),
        "b": function("b", "begin\n    insert into wedsync_data.x (y) values (1);\nend"),
        "guard": function("guard")
        + "create trigger guard\nbefore insert on wedsync_data.x execute function wedsync.guard();\n",
        "aside": function("aside")
        + "create trigger aside\nbefore insert on wedsync_data.y execute function wedsync.aside();\n",
    }
    assert needs("select wedsync.a();", **files) == {"a", "b", "guard"}
    assert needs("create view wedsync.it as select wedsync.a();", **files) == {"a"}


def test_a_file_never_requires_itself() -> None:
    assert needs(function("it") + "comment on function wedsync.it() is 'It.';") == frozenset()


def test_what_a_file_defines_and_writes() -> None:
    found = read_references(
        "create function wedsync_internal.f() returns void begin atomic\ndelete from only wedsync_data.t;\nend;"
    )
    assert found.defines == {Name("wedsync_internal", "f", called=True)}
    assert found.writes == {Name("wedsync_data", "t", called=False)}
    assert not found.runs
