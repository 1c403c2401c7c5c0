"""A line in the log of the worker for each notification, without its content."""

from __future__ import annotations

from wedsync.delivery.outcomes import Delivery
from wedsync.logs import logger

log = logger("notifications")


class LogAdapter:
    """For operators that collect logs."""

    most = 50

    async def send(self, delivery: Delivery) -> None:
        """Write the line."""
        log.info("notified", kind=delivery.kind, delivery=str(delivery.id))

    async def close(self) -> None:
        """Nothing to release."""
