"""Which pages are let in: those that were named, and none whose name only looks like it."""

from __future__ import annotations

import pytest

from wedsync.protocol.origins import Origins

NAMED = Origins.of(["https://app.example.org", "http://localhost:3000"])


@pytest.mark.parametrize("origin", ["https://app.example.org", "http://localhost:3000", None])
def test_pages_that_were_named_and_programs_are_let_in(origin: str | None) -> None:
    assert NAMED.allow(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.org.evil.org", "https://app.example.evil.org", "https://evil.org/https://app.example.org",
        "https://evil-app.example.org", "https://sub.app.example.org", "https://example.org", "http://app.example.org",
        "https://app.example.org:444", "https://app.example.or", "HTTPS://APP.EXAMPLE.ORG", "http://localhost", "null", "",
    ],
)  # fmt: skip
def test_pages_that_only_look_like_it_are_not(origin: str) -> None:
    assert not NAMED.allow(origin)
    assert "Access-Control-Allow-Origin" not in NAMED.reply_headers(origin)


def test_without_names_every_page_is_let_in() -> None:
    everybody = Origins.of(None)
    assert everybody.allow("https://evil.org")
    assert everybody.reply_headers("https://evil.org") == {"Access-Control-Allow-Origin": "*"}
    assert not Origins.of([]).allow("https://app.example.org")
