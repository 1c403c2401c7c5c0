"""Emma hands a task to her aunt, who has no login: she opens a link, sees that task and no more, and accepts."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg

from wedsync.errors import DemoFailed
from wedsync.local.demo_plans import AUNT, AUNT_TASK, plan_id
from wedsync.local.demo_wedding import EMMA, call
from wedsync.local.stories.stage import Stage, as_anybody, notification

_NOTE = "With pleasure, I have my own recipe"
SHOWN = {
    "task_id", "title", "notes", "helper", "status", "due_on", "due_at", "time_zone", "answered_at", "answer_note",
    "completed_at",
}  # fmt: skip
"""All that a link shows."""


async def tell(stage: Stage) -> dict[str, Any]:
    """Play it; returns what the aunt saw and when Emma heard of the answer."""
    link = await asyncio.to_thread(_hand_over, stage)
    async with stage.listener(f"user_{EMMA}", EMMA) as emma:
        seen = await asyncio.to_thread(stage.without_login, "select wedsync.view_task_by_link(%s)", link["token"])
        sent = time.perf_counter()
        text = "select wedsync.answer_task_by_link(%s, 'accepted', %s)"
        answered = await asyncio.to_thread(stage.without_login, text, link["token"], _NOTE)
        heard, milliseconds = await notification(emma, "task_answered", "Emma", sent)
    refusals = await asyncio.to_thread(_refusals, stage)
    check(seen, answered, heard["data"], refusals)
    return {
        "task": seen["title"],
        "helper": seen["helper"],
        "link_valid_until": link["valid_until"],
        "answer": answered["status"],
        "note": answered["answer_note"],
        "couple_heard": {"message": heard["message"], "milliseconds": milliseconds},
        "refused": refusals,
    }


def _hand_over(stage: Stage) -> dict[str, Any]:
    couple, task = stage.wedding.couple_id, plan_id(stage.wedding, f"task {AUNT_TASK}")
    call(stage.connection, EMMA, "select wedsync.reopen_task(%s, %s)", couple, task)
    call(stage.connection, EMMA, "select wedsync.assign_task(%s, %s)", couple, task)
    text = "select wedsync.assign_task(%s, %s, contact_id => %s) -> 'link'"
    link: dict[str, Any] = call(stage.connection, EMMA, text, couple, task, plan_id(stage.wedding, AUNT))
    return link


def _refusals(stage: Stage) -> dict[str, str]:
    """SQLSTATE by what somebody without a login tried; "" if it worked."""
    tried = {
        "another link": f"select wedsync.view_task_by_link('wtl_{'0' * 64}')",
        "all tasks": "select count(*) from wedsync.tasks",
        "the guest list": "select count(*) from wedsync.guests",
    }
    found = {}
    for what, text in tried.items():
        try:
            with as_anybody(stage.connection) as connection:
                connection.execute(text)
            found[what] = ""
        except psycopg.Error as error:
            found[what] = error.sqlstate or "?"
    return found


def check(seen: dict[str, Any], answered: dict[str, Any], heard: dict[str, Any], refusals: dict[str, str]) -> None:
    """Raise DemoFailed unless the link showed one task only, and Emma heard who accepted it."""
    if set(seen) != SHOWN:
        raise DemoFailed(f"the link shows {sorted(set(seen) ^ SHOWN)} more or less than the task")
    if answered["status"] != "accepted" or (heard["who"], heard["answer"]) != (AUNT, "accepted"):
        raise DemoFailed(f"{AUNT} accepted, and Emma heard that {heard['who']} has {heard['answer']}")
    for what, state in refusals.items():
        if state not in {"PT404", "42501"}:
            raise DemoFailed(f"without a login, {what} was answered with {state or 'success'}")
