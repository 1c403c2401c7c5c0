"""The mail server goes down while kitchens are to be told of an allergy: the breaker opens, mails wait, and all arrive later."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

from wedsync.errors import DemoFailed
from wedsync.local.demo_plans import DINNER, plan_id
from wedsync.local.demo_wedding import EMMA, call
from wedsync.local.stories.mail_server import Mailbox
from wedsync.local.stories.stage import Stage

_PATIENCE = 30.0
# Long enough for a worker that still called the provider to do so.
_QUIET = 0.8
_GUEST = "Tom Marlowe"
_TURNS = [("closed", "open"), ("open", "half_open"), ("half_open", "closed")]


async def tell(stage: Stage, mailbox: Mailbox) -> dict[str, Any]:
    """Play it; returns the changes of the breaker, and how many mails waited and arrived."""
    with _quick(stage):
        await _until(lambda: _waiting(stage) == 0, "mails of earlier stories were not sent")
        first_change, received = _last_change(stage), len(mailbox.received)
        mailbox.is_down, mailbox.turned_away = True, 0
        begun = time.monotonic()
        try:
            await asyncio.to_thread(_change_allergy, stage)
            wanted = _waiting(stage)
            await _until(lambda: _state(stage) == "open", "the breaker did not open")
            opened = time.monotonic() - begun
            health, waiting = _health(stage), _waiting(stage)
            # calls that began before the breaker opened may end after it
            await _until(lambda: _sending(stage) == 0, "calls of the mail server did not end")
            calls, last_change = mailbox.turned_away, _last_change(stage)
            await asyncio.sleep(_QUIET)
            calls_while_open = mailbox.turned_away - calls if _last_change(stage) == last_change else 0
        finally:
            mailbox.is_down = False
        await _until(lambda: _state(stage) == "closed" and _waiting(stage) == 0, "the breaker did not close")
        closed = time.monotonic() - begun
        arrived = [str(message["Message-ID"]) for message in mailbox.received[received:]]
        turns = [(row["from_state"], row["to_state"]) for row in _changes(stage, first_change)]
    check(turns, calls_while_open, health, wanted, waiting, arrived)
    return {
        "integration": "email",
        "failed_calls": calls,
        "calls_while_open": calls_while_open,
        "opened_after_seconds": round(opened, 2),
        "closed_after_seconds": round(closed, 2),
        "waited": waiting,
        "arrived": len(arrived),
        "changes": _changes(stage, first_change),
    }


@contextmanager
def _quick(stage: Stage) -> Iterator[None]:
    """Shorter pauses than in operation, until the end of the block."""
    run = stage.connection.execute
    run("select wedsync.reset_breaker('email')")
    before = run(
        "select i.open_seconds, i.max_open_seconds from wedsync_data.integrations as i where i.name = 'email'"
    ).fetchone()
    pauses = run(
        "select c.first_retry, c.longest_retry from wedsync_data.notification_channels as c where c.channel = 'email'"
    ).fetchone()
    run("update wedsync_data.integrations set open_seconds = 2, max_open_seconds = 2 where name = 'email'")
    run(
        "update wedsync_data.notification_channels set first_retry = '0.5 seconds', longest_retry = '1 second'"
        " where channel = 'email'"
    )
    try:
        yield
    finally:
        run(
            "update wedsync_data.integrations set open_seconds = %s, max_open_seconds = %s where name = 'email'", before
        )
        run(
            "update wedsync_data.notification_channels set first_retry = %s, longest_retry = %s where channel = 'email'",
            pauses,
        )


def _change_allergy(stage: Stage) -> None:
    """Emma learns that a guest's allergy is dangerous, or the other way round, so that kitchens have to be told."""
    guest, dinner = plan_id(stage.wedding, _GUEST), plan_id(stage.wedding, DINNER)
    text = (
        "select exists (select from wedsync.guest_allergens as a"
        " where a.couple_id = %s and a.guest_id = %s and a.severity = 'severe')"
    )
    is_severe = call(stage.connection, EMMA, text, stage.wedding.couple_id, guest)
    allergy = {"allergen": "gluten", "severity": "anaphylaxis" if is_severe else "severe"}
    reply = {"guest_id": str(guest), "event_id": str(dinner), "status": "attending", "allergens": [allergy]}
    call(stage.connection, EMMA, "select wedsync.record_rsvp(%s, %s)", stage.wedding.couple_id, json.dumps([reply]))


def _one(stage: Stage, text: LiteralString, *parameters: object) -> Any:
    row = stage.connection.execute(text, parameters).fetchone()
    return row[0] if row else None


def _state(stage: Stage) -> str:
    return str(_one(stage, "select b.state from wedsync_data.breakers as b where b.integration = 'email'"))


def _waiting(stage: Stage) -> int:
    text = "select count(*) from wedsync_data.deliveries as d where d.channel = 'email' and d.state in ('waiting', 'sending')"
    return int(_one(stage, text))


def _sending(stage: Stage) -> int:
    return int(_one(stage, "select count(*) from wedsync_data.deliveries as d where d.state = 'sending'"))


def _health(stage: Stage) -> str:
    return str(_one(stage, "select h.status from wedsync.integration_health() as h where h.integration = 'email'"))


def _last_change(stage: Stage) -> int:
    return int(_one(stage, "select coalesce(max(c.id), 0) from wedsync_data.breaker_changes as c"))


def _changes(stage: Stage, after: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _one(
        stage,
        "select coalesce(jsonb_agg(to_jsonb(c) - '{id,integration}'::text[] order by c.id), '[]')"
        " from wedsync_data.breaker_changes as c where c.integration = 'email' and c.id > %s",
        after,
    )
    return found


async def _until(test: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not await asyncio.to_thread(test):
        if time.monotonic() > deadline:
            raise DemoFailed(f"{otherwise} within {_PATIENCE:.0f} s")
        await asyncio.sleep(0.05)


def check(
    turns: list[tuple[str, str]], calls_while_open: int, health: str, wanted: int, waiting: int, arrived: list[str]
) -> None:
    """Raise DemoFailed unless the breaker opened, spared the provider, and closed, and each mail arrived once."""
    if turns[:1] != _TURNS[:1] or turns[-1:] != _TURNS[-1:] or set(_TURNS) - set(turns):
        raise DemoFailed(f"the breaker went through {turns}")
    if calls_while_open:
        raise DemoFailed(f"the mail server was called {calls_while_open} times while the breaker was open")
    if health != "down":
        raise DemoFailed(f"the integration was {health} while its breaker was open")
    if not wanted or waiting != wanted:
        raise DemoFailed(f"{wanted} mails were to be sent, and {waiting} waited while the breaker was open")
    if len(arrived) != wanted or len(set(arrived)) != wanted:
        raise DemoFailed(
            f"{wanted} mails were to be sent, and {len(arrived)} arrived, {len(set(arrived))} different ones"
        )
