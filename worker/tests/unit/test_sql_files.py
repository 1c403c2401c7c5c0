"""The tree of SQL files: order, headers, and what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from harness.trees import SmallTree

from wedsync.errors import BadSqlTree, FrozenFileChanged
from wedsync.install.sql_files import load_tree


@pytest.fixture
def tree(tmp_path: Path) -> SmallTree:
    return SmallTree(tmp_path)


def names(files: tuple[object, ...]) -> list[str]:
    return [file.name for file in files]  # type: ignore[attr-defined]


def test_order_is_numbers_then_references_then_policies(tree: SmallTree) -> None:
    loaded = tree.load()
    assert names(loaded.versioned) == ["schema/0001_roles", "schema/0002_schemas", "schema/0003_guests"]
    # By name a_summary would come first.
    assert names(loaded.repeatable) == [
        "functions/guests/guest_count",
        "functions/guests/a_summary",
        "policies/guests",
    ]


def test_dependents_of_dependents_are_found(tree: SmallTree) -> None:
    tree.write("functions/guests/b_page.sql", "create view wedsync.b_page as select wedsync.a_summary();")
    loaded = tree.load()
    assert loaded.with_dependents({"functions/guests/guest_count"}) == {
        "functions/guests/guest_count",
        "functions/guests/a_summary",
        "functions/guests/b_page",
    }
    assert loaded.with_dependents({"functions/guests/b_page"}) == {"functions/guests/b_page"}


def test_headers_end_at_the_first_statement(tree: SmallTree) -> None:
    tree.write("schema/0004_more.sql", "-- breaking\n-- a remark: with a colon\n\nselect 1;\n-- no-transaction\n")
    file = tree.load().versioned[-1]
    assert file.breaking
    assert not file.no_transaction
    assert tree.load().breaking_version == 4


def test_drop_headers_keep_their_order(tree: SmallTree) -> None:
    tree.write("functions/guests/c.sql", "-- drop: view wedsync.c\n-- drop: function wedsync.c(text, int)\nselect 1;")
    (file,) = (file for file in tree.load().repeatable if file.name == "functions/guests/c")
    assert file.drops == ("view wedsync.c", "function wedsync.c(text, int)")


def test_line_endings_do_not_change_the_checksum(tree: SmallTree, tmp_path: Path) -> None:
    before = tree.load().checksum
    path = tmp_path / "schema/0003_guests.sql"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert tree.load().checksum == before


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("schema/3_short.sql", "select 1;", "not a valid file name"),
        ("schema/0003_twice.sql", "select 1;", "same number"),
        ("functions/guests/Upper.sql", "select 1;", "not a valid file name"),
        (
            "functions/guests/guest_count.sql",
            "create or replace function wedsync.guest_count() returns int\nreturn wedsync.a_summary();",
            "circular dependency between files: functions/guests/.* → functions/guests/",
        ),
        ("functions/guests/wrong.sql", "-- breaking\n", "is not allowed in a function file"),
        ("schema/0004_wrong.sql", "-- drop: table x\n", "is not allowed in a schema file"),
        ("schema/0004_wrong.sql", "-- as: superuser\n", "not understood: superuser"),
        ("functions/guests/wrong.sql", "-- drop:\n", "not understood"),
    ],
)
def test_broken_trees_are_refused(tree: SmallTree, name: str, text: str, message: str) -> None:
    tree.write(name, text)
    with pytest.raises(BadSqlTree, match=message):
        tree.load()


def test_text_must_be_utf8(tree: SmallTree, tmp_path: Path) -> None:
    (tmp_path / "schema/0004_latin.sql").write_bytes(b"-- Zo\xeb\n")
    with pytest.raises(BadSqlTree, match="not UTF-8"):
        tree.load()


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSqlTree, match="not a tree"):
        load_tree(tmp_path)


@pytest.mark.proves("C-20")
def test_frozen_files_may_not_change_or_go(tree: SmallTree, tmp_path: Path) -> None:
    path = tmp_path / "schema/0003_guests.sql"
    frozen = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  0003_guests.sql\n"
    tree.write("schema/frozen.sha256", frozen)
    tree.load()
    tree.append("schema/0003_guests.sql", "-- harmless\n")
    with pytest.raises(FrozenFileChanged, match="0003_guests.sql is changed") as caught:
        tree.load()
    assert "next number" in (caught.value.hint or "")
    tree.remove("schema/0003_guests.sql")
    with pytest.raises(FrozenFileChanged, match="0003_guests.sql is missing"):
        tree.load()


def test_the_real_tree_is_sound() -> None:
    loaded = load_tree()
    assert loaded.versioned[0].as_installer
    assert len(loaded.repeatable) > 10
