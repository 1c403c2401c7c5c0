"""Origins of web pages that may open sockets and publish. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Origins:
    """Allowed origins, in the spelling of browsers; None allows all."""

    allowed: frozenset[str] | None = None

    @classmethod
    def of(cls, names: Iterable[str] | None) -> Self:
        """Only these; None allows all origins."""
        return cls(None if names is None else frozenset(names))

    def allow(self, origin: str | None) -> bool:
        """Whether a request with that header is allowed. Programs other than browsers send none and are allowed."""
        return self.allowed is None or origin is None or origin in self.allowed

    def reply_headers(self, origin: str | None) -> dict[str, str]:
        """Headers that let the page at `origin` read an HTTP response, but not other pages from a cache."""
        if self.allowed is None:
            return {"Access-Control-Allow-Origin": "*"}
        allowed = {"Access-Control-Allow-Origin": origin} if origin is not None and origin in self.allowed else {}
        return {"Vary": "Origin", **allowed}


REFUSED = "this origin is not allowed"
