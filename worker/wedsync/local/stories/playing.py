"""All stories, one after the other."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

from wedsync.delivery.adapters import missing_library
from wedsync.install.database import connect
from wedsync.local import story
from wedsync.local.demo_wedding import DemoWedding
from wedsync.local.stories import outage, rsvp, task
from wedsync.local.stories.mail_server import Mailbox
from wedsync.local.stories.stage import Stage


def left_out() -> str | None:
    """Why the story of the mail server cannot be told, or None."""
    missing = missing_library()
    return f"{missing} is not installed: pip install 'wedsync[delivery]'" if missing else None


async def play(dsn: str, socket_url: str, secret: str, wedding: DemoWedding, mailbox: Mailbox) -> dict[str, Any]:
    """The guest-count story as one object, the others in its member `stories`. Raises DemoFailed.

    mailbox: of the mail server that the worker uses.
    """
    told = await story.tell(dsn, socket_url, secret, wedding)
    with closing(await asyncio.to_thread(connect, dsn, application_name="wedsync demo")) as connection:
        stage = Stage(connection, socket_url, secret, wedding)
        stories = {"rsvp": await rsvp.tell(stage), "task": await task.tell(stage)}
        reason = left_out()
        stories["outage"] = {"left_out": reason} if reason else await outage.tell(stage, mailbox)
    return {**told, "stories": stories}
