"""Which web pages may open sockets and publish: the `Origin` that browsers send. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Origins:
    """Origins that are let in, in the spelling of browsers; None lets every page in."""

    allowed: frozenset[str] | None = None

    @classmethod
    def of(cls, names: Iterable[str] | None) -> Self:
        """Only these; every origin for None."""
        return cls(None if names is None else frozenset(names))

    def allow(self, origin: str | None) -> bool:
        """Whether a request with that header may go on. Programs other than browsers send none and are not held up."""
        return self.allowed is None or origin is None or origin in self.allowed

    def reply_headers(self, origin: str | None) -> dict[str, str]:
        """What lets the page at `origin` read an HTTP answer, and keeps caches from showing it to another."""
        if self.allowed is None:
            return {"Access-Control-Allow-Origin": "*"}
        allowed = {"Access-Control-Allow-Origin": origin} if origin is not None and origin in self.allowed else {}
        return {"Vary": "Origin", **allowed}


REFUSED = "this origin is not allowed"
