"""The error tree: one exit code each, and the drawing in the docstring is the truth."""

from __future__ import annotations

import re

from wedsync import errors


def tree(parent: type[errors.WedSyncError]) -> list[type[errors.WedSyncError]]:
    return [parent, *(found for child in parent.__subclasses__() for found in tree(child))]


def ours() -> list[type[errors.WedSyncError]]:
    return [error for error in tree(errors.WedSyncError) if error.__module__ == "wedsync.errors"]


def test_the_drawing_shows_every_error_with_its_code() -> None:
    assert errors.__doc__ is not None
    drawn = dict(re.findall(r"(\w+) +(\d+) ", errors.__doc__))
    named = set(re.findall(r"^[ │├└─]*(\w+)(?: +\d+ .*)?$", errors.__doc__, re.MULTILINE))
    for error in ours():
        if "exit_code" in vars(error):
            assert drawn[error.__name__] == str(error.exit_code)
        else:
            assert error.__name__ in named


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
