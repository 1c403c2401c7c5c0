"""What is to be sent, and how that can fail."""

from __future__ import annotations

import email.utils
import math
import time
import uuid
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Outcome = Literal["failed", "refused", "gone"]
"""failed: try again; refused: never accepted; gone: the receiver has ended."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A leased delivery. `id` is the same for each attempt, so receivers can drop a repeat."""

    id: uuid.UUID
    channel: str
    kind: str
    attempt: int
    target: dict[str, Any]
    subject: str
    body: str
    payload: str | None


class Failed(Exception):
    """A delivery was not accepted. `reason` is stored and shown: it contains nothing of content, secrets or answers."""

    def __init__(self, reason: str, outcome: Outcome = "failed", retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome
        self.retry_after = retry_after


class Adapter(Protocol):
    """Sends deliveries of one channel."""

    most: int
    """Deliveries at the same time."""

    async def send(self, delivery: Delivery) -> None:
        """Send one; raises `Failed`."""

    async def close(self) -> None:
        """Release connections."""


def seconds_of(retry_after: str | None) -> float | None:
    """The value of a Retry-After header in seconds: a number or a date; None if it is missing or neither."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, math.ceil(at - time.time()))
