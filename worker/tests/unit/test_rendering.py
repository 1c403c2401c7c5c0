"""What counts as the same expression, and above all what does not."""

from __future__ import annotations

import pytest

from wedsync.install.rendering import same_expression


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CHECK ((((a >= 1) AND (a <= 2)) AND (b)))", "CHECK (((a >= 1) AND (a <= 2) AND (b)))"),
        ("(((a OR b) OR c) OR d)", "(a OR b OR c OR d)"),
        ("(a AND (b AND (c AND d)))", "(a AND b AND c AND d)"),
        ("(a  AND\n b)", "(a AND b)"),
        ("('it''s ) AND (' AND b)", "('it''s ) AND (' AND b)"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert same_expression(one, other)
    assert same_expression(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("((a OR b) AND c)", "(a OR (b AND c))"),
        ("(a OR b AND c)", "(a OR (b AND c))"),
        ("(NOT (a AND b) AND c)", "(NOT a AND b AND c)"),
        ("f(a AND b) AND c", "f a AND b AND c"),
        ("(a AND b)", "(b AND a)"),
        ("('a b' = c)", "('a  b' = c)"),
        ("('(a AND b) AND c' = x)", "('a AND b AND c' = x)"),
        ("(a AND b)", "(a AND b AND c)"),
        ("using true", "using false"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert not same_expression(one, other)
