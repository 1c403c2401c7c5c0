"""The error tree: one exit code each, and the reference lists them."""

from __future__ import annotations

import re
from pathlib import Path

from wedsync import errors


def tree(parent: type[errors.WedSyncError]) -> list[type[errors.WedSyncError]]:
    return [parent, *(found for child in parent.__subclasses__() for found in tree(child))]


def ours() -> list[type[errors.WedSyncError]]:
    return [error for error in tree(errors.WedSyncError) if error.__module__ == "wedsync.errors"]


def test_the_reference_lists_every_exit_code() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted((str(e.exit_code), e.__name__) for e in ours() if "exit_code" in vars(e))


def test_exit_codes_are_unique_and_portable() -> None:
    codes = [error.exit_code for error in ours() if "exit_code" in vars(error)]
    assert len(codes) == len(set(codes))
    assert all(1 <= code < 126 for code in codes)


def test_as_dict_has_what_json_prints() -> None:
    assert errors.WeddingDay("no", hint="tomorrow").as_dict() == {
        "error": "WeddingDay",
        "message": "no",
        "hint": "tomorrow",
        "exit_code": 26,
    }
