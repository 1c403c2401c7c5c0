"""What every story needs: the wedding, its database and its sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wedsync.errors import DemoFailed
from wedsync.install.database import Connection
from wedsync.local.demo_wedding import SUPPLIERS, DemoWedding
from wedsync.local.dev_tokens import sign
from wedsync.local.socket_client import Heard, Listener

PATIENCE = 10.0
KITCHEN = next(supplier for supplier in SUPPLIERS if supplier.category == "caterer")


@dataclass(frozen=True, slots=True)
class Stage:
    """`connection` is of a role that may become any other; stories use it one after the other."""

    connection: Connection
    socket_url: str
    secret: str
    wedding: DemoWedding

    def listener(self, topic: str, user: UUID) -> Listener:
        """A socket of that user, to be entered."""
        return Listener(self.socket_url, topic, sign(self.secret, str(user)))

    def without_login(self, text: str, *parameters: object) -> Any:
        """The first value of one statement, as somebody who is not signed in."""
        with as_anybody(self.connection):
            row = self.connection.execute(text, parameters).fetchone()
        return row[0] if row else None


@contextmanager
def as_anybody(connection: Connection) -> Iterator[Connection]:
    """A transaction with the claims and the role of a request without a login."""
    with connection.transaction():
        connection.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps({"role": "anon"}),))
        connection.execute("set local role anon")
        yield connection


async def notification(listener: Listener, kind: str, who: str, sent: float) -> tuple[dict[str, Any], float]:
    """The notification of that kind, and milliseconds from `sent`, a time.perf_counter(), until it was there."""
    if listener.refused:
        raise DemoFailed(f"{who} was refused: {listener.refused}")
    # Earlier ones, which are repeated to whoever comes back, do not count.
    heard = await listener.wait_until(lambda each: each.at > sent and content(each).get("type") == kind, PATIENCE)
    if heard is None:
        raise DemoFailed(
            f"{who} was entitled to the notification {kind} and did not receive it within {PATIENCE:.0f} s"
        )
    return content(heard), round((heard.at - sent) * 1000, 2)


def content(heard: Heard) -> dict[str, Any]:
    """The payload of a broadcast; empty for other frames, and for replayed ones."""
    is_new = heard.event == "broadcast" and not heard.payload.get("meta", {}).get("replayed")
    found: dict[str, Any] = heard.payload.get("payload") or {}
    return found if is_new else {}
