"""A guest without a login replies with a code and names an allergy: the kitchen has the numbers at once, and nothing else."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from wedsync.errors import DemoFailed
from wedsync.local.demo_plans import BRUNCH, DINNER, GUEST, plan_id
from wedsync.local.demo_wedding import EMMA, DemoWedding, call
from wedsync.local.stories.stage import KITCHEN, Stage, notification

# A forbidden frame would have arrived with the others; this allows for a late one.
_QUIET = 0.3
_ALLERGY = {"allergen": "tree nuts", "severity": "anaphylaxis"}


async def tell(stage: Stage) -> dict[str, Any]:
    """Play it; returns who heard what, after how many milliseconds."""
    wedding, connection = stage.wedding, stage.connection
    kitchen = f"supplier_{wedding.supplier_ids[KITCHEN.name]}"
    code = await asyncio.to_thread(_invite, stage)
    before = await asyncio.to_thread(_counts, stage)
    async with (
        stage.listener(f"user_{EMMA}", EMMA) as emma,
        stage.listener(kitchen, KITCHEN.user) as caterer,
        stage.listener(f"wedding:{wedding.couple_id}", KITCHEN.user) as changes,
    ):
        invitation = await asyncio.to_thread(stage.without_login, "select wedsync.get_rsvp(%s)", code)
        sent = time.perf_counter()
        answered = await asyncio.to_thread(_answer, stage, code)
        replied, to_emma = await notification(emma, "guest_rsvp", "Emma", sent)
        changed, to_kitchen = await notification(caterer, "dietary_change", KITCHEN.name, sent)
        await asyncio.sleep(_QUIET)
        heard = json.dumps([each.payload for each in (*caterer.heard, *changes.heard)])
    after = await asyncio.to_thread(_counts, stage)
    again = await asyncio.to_thread(_answer, stage, code)
    hidden = await asyncio.to_thread(
        call, connection, KITCHEN.user,
        "select (select count(*) from wedsync.guests) + (select count(*) from wedsync.budget_lines)",
    )  # fmt: skip
    check(answered, again, changed, heard, hidden)
    return {
        "guest": " ".join(GUEST),
        "household": invitation["household"],
        "allergy": _ALLERGY,
        "couple_heard": {"message": replied["message"], "milliseconds": to_emma},
        "kitchen_heard": {
            "name": KITCHEN.name, "message": changed["message"], "priority": changed["priority"], "milliseconds": to_kitchen,
        },
        "guests_before": before,
        "guests_after": after,
        "kitchen_sees_names_or_budget": False,
    }  # fmt: skip


def _guest(wedding: DemoWedding) -> str:
    return str(plan_id(wedding, " ".join(GUEST)))


def _invite(stage: Stage) -> str:
    """Take back what the guest said before, and create a code for the household."""
    wedding = stage.wedding
    pending = [
        {"guest_id": _guest(wedding), "event_id": str(plan_id(wedding, event)), "status": "pending", "allergens": []}
        for event in (DINNER, BRUNCH)
    ]
    call(stage.connection, EMMA, "select wedsync.record_rsvp(%s, %s)", wedding.couple_id, json.dumps(pending))
    household = plan_id(wedding, f"household {' '.join(GUEST)}")
    text = "select wedsync.create_invitation_codes(%s, array[%s]::uuid[])"
    made: list[dict[str, Any]] = call(stage.connection, EMMA, text, wedding.couple_id, household)
    return str(made[0]["code"])


def _answer(stage: Stage, code: str) -> dict[str, Any]:
    reply = {
        "guest_id": _guest(stage.wedding),
        "event_id": str(plan_id(stage.wedding, DINNER)),
        "status": "yes",
        "allergens": [_ALLERGY],
    }
    answer: dict[str, Any] = stage.without_login("select wedsync.answer_rsvp(%s, %s)", code, json.dumps([reply]))
    return answer


def _counts(stage: Stage) -> int:
    """Guests at the dinner, as the kitchen sees it."""
    text = "select wedsync.dietary_counts(%s, %s) #>> '{events,0,counts,guests}'"
    found = call(stage.connection, KITCHEN.user, text, stage.wedding.couple_id, plan_id(stage.wedding, DINNER))
    return int(found)


def check(answered: dict[str, Any], again: dict[str, Any], changed: dict[str, Any], heard: str, hidden: int) -> None:
    """Raise DemoFailed unless the reply counted once, and the kitchen got numbers, and neither names nor the budget."""
    if not answered["valid"] or again["valid"]:
        raise DemoFailed("a code must be good for one reply")
    warned = "ANAPHYLAXIS" in changed["message"] and "nuts (anaphylaxis): 0 → 1" in changed["message"]
    if not warned or changed["priority"] != "high":
        raise DemoFailed(f"the kitchen was not warned of anaphylaxis: {changed['message']}")
    for secret in (*GUEST, "budget", "24000"):
        if secret in heard:
            raise DemoFailed(f"the kitchen received {secret!r}, which is not shared with it")
    if hidden:
        raise DemoFailed(f"the kitchen can read {hidden} rows of guests and the budget, which are not shared with it")
