"""The guest-count story: Emma changes 100 guests to 120, and everybody with access is notified.

Real sockets on a running worker, real tokens, the ordinary API. If somebody receives what they may not see, or
does not receive what they may, it raises DemoFailed.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wedsync.errors import DemoFailed
from wedsync.install.database import Connection, connect
from wedsync.local.demo_wedding import EMMA, JAMES, STRANGER, SUPPLIERS, DemoWedding, call, reset_guest_count
from wedsync.local.dev_tokens import sign
from wedsync.local.socket_client import Listener

EVENT = "core_fields_updated"
_PATIENCE = 10.0
# A forbidden frame would have arrived with the others; this allows for a late one.
_QUIET = 0.3
_CHANGE = {"wedding.guestCount.adults": 110, "wedding.guestCount.children": 10}


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber, whether the couple shares the guest count with them, and why not."""

    name: str
    kind: str
    user: UUID
    may_hear: bool
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one person; `milliseconds` from sending the commit to the frame in the client, or None.

    `refusal` is the server's reason if the join was refused; `reason` explains it from the couple's view.
    """

    name: str
    kind: str
    heard: bool
    milliseconds: float | None
    reason: str | None
    refusal: str | None
    payload: dict[str, Any] | None


def people(connection: Connection, wedding: DemoWedding) -> list[Person]:
    """Everybody who will subscribe. The database is asked on behalf of each whether they may."""
    found = [Person("James", "partner", JAMES, may_hear=True, why_not=None)]
    for supplier in SUPPLIERS:
        may = supplier.state == "granted" and _sees_guests(connection, wedding, supplier.user)
        reasons = {
            "granted": "may not read the guest count",
            "requested": "requested access, the couple has not answered",
            "revoked": "the couple revoked access",
        }
        found.append(
            Person(supplier.name, supplier.category, supplier.user, may, None if may else reasons[supplier.state])
        )
    found.append(
        Person("Another Couple's Caterer", "caterer", STRANGER, may_hear=False, why_not="works for another couple")
    )
    return found


def _sees_guests(connection: Connection, wedding: DemoWedding, user: UUID) -> bool:
    withheld = call(
        connection,
        user,
        "select c.withheld_fields from wedsync.core_fields as c where c.couple_id = %s",
        wedding.couple_id,
    )
    return withheld is not None and not any("guestCount" in path for path in withheld)


async def tell(dsn: str, socket_url: str, secret: str, wedding: DemoWedding) -> dict[str, Any]:
    """Play it and return everything as one object; raises DemoFailed if the outcome is wrong."""
    with closing(await asyncio.to_thread(connect, dsn, application_name="wedsync demo")) as connection:
        await asyncio.to_thread(reset_guest_count, connection, wedding)
        listeners = await asyncio.to_thread(people, connection, wedding)
        before = await asyncio.to_thread(_guest_count, connection, wedding)
        topic = f"core_fields_{wedding.couple_id}"
        async with AsyncExitStack() as stack:
            sockets = [
                await stack.enter_async_context(Listener(socket_url, topic, sign(secret, str(person.user))))
                for person in listeners
            ]
            committed, answer = await asyncio.to_thread(_change, connection, wedding)
            waiting = [
                socket.wait_for(EVENT, _PATIENCE)
                for socket, person in zip(sockets, listeners, strict=True)
                if person.may_hear
            ]
            await asyncio.gather(*waiting)
            await asyncio.sleep(_QUIET)
            outcomes = [_outcome(person, socket, committed) for person, socket in zip(listeners, sockets, strict=True)]
        after = await asyncio.to_thread(_guest_count, connection, wedding)
        audit = await asyncio.to_thread(_audit, connection, wedding, len(answer["changed"]))
    _check(listeners, outcomes, before, after)
    heard = sorted(each.milliseconds for each in outcomes if each.milliseconds is not None)
    return {
        "couple_id": str(wedding.couple_id),
        "changed_by": {"name": "Emma", "id": str(EMMA)},
        "before": before,
        "after": after,
        "version": answer["version"],
        "changed": answer["changed"],
        "heard": [_shown(each) for each in outcomes if each.heard],
        "not_heard": [_shown(each) for each in outcomes if not each.heard],
        "milliseconds": {"first": heard[0], "median": heard[len(heard) // 2], "last": heard[-1]},
        "audit": audit,
    }


def _guest_count(connection: Connection, wedding: DemoWedding) -> dict[str, Any]:
    document = call(connection, EMMA, "select wedsync.get_core_fields(%s)", wedding.couple_id)
    count: dict[str, Any] = document["wedding"]["guestCount"]
    return count


def _change(connection: Connection, wedding: DemoWedding) -> tuple[float, dict[str, Any]]:
    """Emma's change. Returns the time.perf_counter() just before the commit was sent, and the API's answer."""
    with connection.cursor() as cursor:
        cursor.execute("begin")
        claims = json.dumps({"sub": str(EMMA), "role": "authenticated"})
        cursor.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        cursor.execute("set local role authenticated")
        cursor.execute(
            "select wedsync.update_core_fields(%s, %s, reason => 'twenty cousins said yes')",
            (wedding.couple_id, json.dumps(_CHANGE)),
        )
        row = cursor.fetchone()
        committed = time.perf_counter()
        cursor.execute("commit")
    return committed, row[0] if row else {}


def _audit(connection: Connection, wedding: DemoWedding, rows: int) -> list[dict[str, Any]]:
    text = "select coalesce(jsonb_agg(to_jsonb(t)), '[]') from wedsync.get_audit_trail(%s, %s) as t"
    trail: list[dict[str, Any]] = call(connection, EMMA, text, wedding.couple_id, rows)
    return trail


def _outcome(person: Person, socket: Listener, committed: float) -> Outcome:
    frames = socket.broadcasts(EVENT)
    if not frames:
        return Outcome(person.name, person.kind, False, None, person.why_not, socket.refused, None)
    payload = frames[0].payload.get("payload") or {}
    milliseconds = round((frames[0].at - committed) * 1000, 2)
    return Outcome(person.name, person.kind, True, milliseconds, None, None, payload)


def _shown(outcome: Outcome) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": outcome.name, "kind": outcome.kind}
    if outcome.heard:
        return {**shown, "milliseconds": outcome.milliseconds, "payload": outcome.payload}
    return {**shown, "reason": outcome.reason, "refusal": outcome.refusal}


def _check(listeners: list[Person], outcomes: list[Outcome], before: dict[str, Any], after: dict[str, Any]) -> None:
    if (before["total"], after["total"]) != (100, 120):
        raise DemoFailed(f"the guest count went from {before['total']} to {after['total']}, not from 100 to 120")
    for person, outcome in zip(listeners, outcomes, strict=True):
        if person.may_hear and not outcome.heard:
            why = f": {outcome.refusal}" if outcome.refusal else f" within {_PATIENCE:.0f} s"
            raise DemoFailed(f"{person.name} was entitled to the change and did not receive it{why}")
        if outcome.heard and not person.may_hear:
            raise DemoFailed(f"{person.name} received the change without access ({person.why_not})")
    if sum(outcome.heard for outcome in outcomes) < 2:
        raise DemoFailed("nobody but James received the change")
