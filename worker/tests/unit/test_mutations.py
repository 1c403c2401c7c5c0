"""The list of mutations fits the code: each place is there once, and the tests it names exist."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LISTS = sorted((ROOT / "scripts" / "mutations").glob("*.toml"))


def test_there_are_lists() -> None:
    assert LISTS


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_mutation_fits(path: Path) -> None:
    misfits = []
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]:
        assert set(row) == {"file", "what", "find", "replace", "tests"}, row
        file = ROOT / row["file"]
        found = file.read_text(encoding="utf-8").count(row["find"]) if file.is_file() else 0
        if found != 1 or row["find"] == row["replace"]:
            misfits.append(f"{row['file']}: {row['what']}: the text stands there {found} times")
        misfits += [
            f"{row['what']}: there is no {test}"
            for test in row["tests"]
            if not (ROOT / test.partition("::")[0]).exists()
        ]
    assert misfits == []
