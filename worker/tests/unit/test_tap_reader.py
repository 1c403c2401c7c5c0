"""The reader of pgTAP output: what passes, and above all what must not."""

from __future__ import annotations

import pytest
from harness.database import Database
from harness.pgtap import TapFailure, check_tap, proofs, run_tap
from harness.servers import Server


def test_a_good_file() -> None:
    check_tap(["1..2", "ok 1 - one", "ok 2 - two"])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["1..2", "ok 1 - one", "not ok 2 - two", "# have: 1", "# want: 2"], "# want: 2"),
        (["1..2", "ok 1 - one"], "planned 2 tests, ran 1"),
        (["1..1", "ok 1 - one", "ok 2 - two"], "planned 1 tests, ran 2"),
        (["ok 1 - one"], "there is no plan"),
        (["1..0"], "proves nothing"),
        (["1..1", "ok 2 - two"], "test 2 came as number 1"),
        (["1..1", "ok 1 - one", "ERROR (line 3) division by zero"], "division by zero"),
        ([], "there is no plan"),
    ],
)
def test_bad_files(lines: list[str], message: str) -> None:
    with pytest.raises(TapFailure, match=message):
        check_tap(lines)


def test_proofs_are_read_from_the_header() -> None:
    assert proofs("-- proves: F000-45, C-02\n-- proves: F001-1\nbegin;") == ["F000-45", "C-02", "F001-1"]


GOOD = "begin; select plan(1); set local role authenticated; select is(1, 1, 'one'); select * from finish(); rollback;"


def test_on_a_server(server: Server) -> None:
    with server.database("wedsync_tap") as database:
        check_tap(run_tap(database, GOOD))
        _fails(database, GOOD.replace("is(1, 1", "is(1, 2"), "not ok 1 - one")
        _fails(database, GOOD.replace("is(1, 1", "is(1, 1/0"), "division by zero")
        _fails(database, GOOD.replace("rollback;", ""), "does not end with rollback")
        _fails(database, "begin;\nselect plan(1);\nselect nonsense;\nrollback;", "ERROR (line 3)")


def _fails(database: Database, text: str, message: str) -> None:
    with pytest.raises(TapFailure) as caught:
        check_tap(run_tap(database, text))
    assert message in str(caught.value)
