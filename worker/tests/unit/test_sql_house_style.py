"""Rules about the SQL files themselves: one object in each, commented and closed to the public where it stands, or one record."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wedsync.install.sql_files import default_root

_CREATES = re.compile(r"^create (?:or replace )?(function|view) (wedsync(?:_internal)?)\.(\w+)", re.MULTILINE)
_BUILDS = re.compile(
    r"(?:-- (?:provides|uses|drop): .*\n)*"
    r"select wedsync_internal\.(?:build_record\('(\w+)'\)|build_lists\(\)|build_wedding_functions\(\));\n"
)
# A right by its number: the bit of a mask, a place in the arrays by right, or a comparison.
_RIGHT_NUMBER = re.compile(
    r"get_bit\([^()]*(?:\([^()]*\))?[^()]*,\s*\d+\)|\bshows\[\d+\]|\bright_(?:versions|times|actors)\[\d+\]|\bright_nos?\s*(?:=|<|>|in\b|@>|&&)\s*'?[{(]?\d"
)
_QUOTED = re.compile(r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$", re.DOTALL)
_TRIGGER = re.compile(r"^create (?:or replace )?(?:constraint )?trigger (\w+)", re.MULTILINE)


def problems(path: Path, text: str) -> list[str]:
    """What is wrong with a file of sql/functions."""
    if built := _BUILDS.fullmatch(text):
        return [f"builds {built[1]}"] if built[1] not in (None, path.stem) else []
    text = _QUOTED.sub("", text)
    objects = _CREATES.findall(text)
    if len(objects) != 1:
        return [f"{len(objects)} functions or views"]
    kind, schema, name = objects[0]
    full = f"{schema}.{name}"
    found = []
    if name != path.stem:
        found.append(f"{full} in a file of another name")
    if not re.search(rf"^comment on {kind} {re.escape(full)}\b", text, re.MULTILINE):
        found.append("no comment")
    what = f"function {full}" if kind == "function" else full
    if not re.search(rf"^revoke all on {re.escape(what)}\b[^;]* from public", text, re.MULTILINE):
        found.append("not revoked from public")
    if re.search(r"^-- requires\b", text, re.MULTILINE):
        found.append("a header for what follows from the text")
    found += [
        f"no comment on trigger {trigger}"
        for trigger in _TRIGGER.findall(text)
        if not re.search(rf"^comment on trigger {trigger} on ", text, re.MULTILINE)
    ]
    found += [
        f"{other} of its own" for other in re.findall(r"^create (table|type|schema|policy|index)\b", text, re.MULTILINE)
    ]
    return found


FILES = sorted((default_root() / "functions").glob("*/*.sql"))
GOOD = """create or replace function wedsync.hello() returns integer language sql as 'select 1';
comment on function wedsync.hello() is 'Says hello.';
revoke all on function wedsync.hello() from public;
"""


@pytest.mark.proves("F000-98", "C-18")
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_holds_one_object_with_its_comment_and_its_revoke(path: Path) -> None:
    assert problems(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("hello()", "goodbye()", "wedsync.goodbye in a file of another name"),
        ("comment on function", "-- comment on function", "no comment"),
        ("revoke all on function", "-- revoke", "not revoked from public"),
        ("create or", "-- requires: a/b\ncreate or", "a header for what follows from the text"),
        ("comment on", "create or replace view wedsync.more as select 1;\ncomment on", "2 functions or views"),
        ("comment on", "create trigger t after insert on x;\ncomment on", "no comment on trigger t"),
        ("comment on", "create table wedsync_data.more (id integer);\ncomment on", "table of its own"),
    ],
)
def test_the_rule_finds_each_breach(before: str, after: str, problem: str) -> None:
    assert problems(Path("hello.sql"), GOOD) == []
    assert problem in problems(Path("hello.sql"), GOOD.replace(before, after))


@pytest.mark.parametrize("folder", ["functions", "tests"])
def test_folders_are_domains(folder: str) -> None:
    domains = {
        *(
            "identity",
            "core_fields",
            "sharing",
            "audit",
            "forms",
            "guests",
            "planning",
            "suppliers",
            "website",
            "events",
        ),
        *("relay", "channels", "nodes", "presence", "filters", "broadcast", "resume", "statistics"),
        *("collaboration", "wedding_day", "notifications", "webhooks", "resilience", "monitoring"),
        *("growth", "privacy", "architecture", "maintenance", "records"),
    }
    assert {path.name for path in (default_root() / folder).iterdir() if path.is_dir()} <= domains


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(default_root().glob("[fpst]*/**/*.sql")) if path.stem != "sees_sharing"],
    ids=lambda path: path.relative_to(default_root()).with_suffix("").as_posix(),
)
def test_rights_have_names(path: Path) -> None:
    assert _RIGHT_NUMBER.findall(path.read_text(encoding="utf-8")) == []


def test_the_exception_has_a_number_and_the_rule_finds_others() -> None:
    sees_sharing = default_root() / "functions/sharing/sees_sharing.sql"
    assert len(_RIGHT_NUMBER.findall(sees_sharing.read_text(encoding="utf-8"))) == 1
    for text in (
        "get_bit(a.readable, 45)",
        "get_bit(f(x), 1)",
        "m.shows[12]",
        "k.right_versions[3]",
        "c.right_no = 0",
        "right_no in (1, 2)",
    ):
        assert _RIGHT_NUMBER.search(text), text
    assert not _RIGHT_NUMBER.search("get_bit(a.readable, c.right_no) = 1 and shows[n.right_no] and right_no = any ($1)")
