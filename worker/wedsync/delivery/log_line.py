"""A line in the log of the worker for each notification, without its content unless that is the operator's own."""

from __future__ import annotations

from wedsync.delivery.outcomes import Delivery
from wedsync.logs import logger

log = logger("notifications")
_OF_BREAKERS = ("breaker_opened", "breaker_closed")
"""They name an integration and nothing of a wedding."""


class LogAdapter:
    """For operators that collect logs."""

    most = 50

    async def send(self, delivery: Delivery) -> None:
        """Write the line."""
        if delivery.kind in _OF_BREAKERS:
            log.warning(delivery.kind, title=delivery.subject)
            return
        log.info("notified", kind=delivery.kind, delivery=str(delivery.id))

    async def close(self) -> None:
        """Nothing to release."""
