"""What the sender of a webhook is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """HTTP status and JSON body; `retry_after` in seconds."""

    status: int
    body: Mapping[str, object]
    retry_after: int | None = None
