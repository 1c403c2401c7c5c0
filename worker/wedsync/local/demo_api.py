"""The API of the demo page as statements: the functions and views that the page uses, answered as PostgREST would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from starlette.requests import Request

_BODY_LIMIT = 65_536
_MOST_ROWS = 1000
_FUNCTIONS = {
    "get_core_fields": ("couple_id",),
    "update_core_fields": ("couple_id", "patch", "base_version", "reason"),
    "add_list_element": ("couple_id", "list", "element"),
    "remove_list_element": ("couple_id", "list", "element_id"),
    "record_rsvp": ("couple_id", "replies"),
    "delete_seats": ("couple_id", "ids"),
    "accept_task": ("couple_id", "task_id"),
    "decline_task": ("couple_id", "task_id"),
    "complete_task": ("couple_id", "task_id"),
    "reopen_task": ("couple_id", "task_id"),
}
_VIEWS: dict[str, tuple[str, ...]] = {
    "core_fields_permissions": (),
    "wedding_events": (),
    "meal_options": (),
    "households": (),
    "guests": (),
    "guest_allergens": (),
    "rsvps": (),
    "seating_tables": (),
    "seats": ("event_id", "table_id", "guest_id"),
    "helper_contacts": (),
    "my_timeline": (),
    "timeline_items": ("title", "starts_local", "duration_minutes", "location"),
    "my_tasks": (),
    "tasks": ("title", "due_on"),
    "budget_lines": ("title", "estimated", "contracted"),
    "budget_payments": (),
}
"""Views that the page reads, with the columns that it writes."""
_STATUS = {"42501": 403, "57014": 504}


class Refused(Exception):
    """The request is answered with `status` and a body in PostgREST's format."""

    def __init__(self, status: int, code: str, message: str, details: object = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "details": details, "hint": hint}


Statement = tuple[sql.Composed, dict[str, Any]]


def call(name: str, arguments: dict[str, Any]) -> Statement:
    """A call of a function of the page."""
    if name not in _FUNCTIONS or not set(arguments) <= set(_FUNCTIONS[name]):
        raise Refused(404, "PGRST202", "The function is not available on the demo page")
    named = [
        sql.SQL("{} => {}{}").format(
            sql.Identifier(key), sql.Placeholder(key), sql.SQL("::uuid[]" if key == "ids" else "")
        )
        for key in arguments
    ]
    text = sql.SQL("select wedsync.{}({})").format(sql.Identifier(name), sql.SQL(", ").join(named))
    return text, dict(_values(arguments))


def _values(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in arguments.items():
        yield key, Jsonb(value) if isinstance(value, (dict, list)) and key != "ids" else value


def rows(view: str, couple_id: UUID) -> Statement:
    """The rows of the wedding that the caller sees in a view of the page, as an array."""
    text = sql.SQL(
        "select coalesce(jsonb_agg(to_jsonb(v)), '[]')"
        " from (select * from {} as v where v.couple_id = %(couple_id)s limit %(most)s) as v"
    )
    return text.format(_view(view)), {"couple_id": couple_id, "most": _MOST_ROWS}


def added(view: str, couple_id: UUID, row: dict[str, Any]) -> Statement:
    """A new row in a view of the page; the result is an array with its id."""
    name, columns = _view(view), sql.SQL(", ").join(map(sql.Identifier, ("couple_id", *_columns(view, row))))
    text = sql.SQL(
        "with added as ("
        "insert into {view} ({columns}) select {columns} from jsonb_populate_record(null::{view}, %(row)s) returning id)"
        " select jsonb_agg(to_jsonb(a)) from added as a"
    )
    return text.format(view=name, columns=columns), {"row": Jsonb({**row, "couple_id": str(couple_id)})}


def changed(view: str, couple_id: UUID, row_id: str, row: dict[str, Any]) -> Statement:
    """A changed row in a view of the page; the result is an array with its id, empty if the caller sees no such row."""
    name, columns = _view(view), sql.SQL(", ").join(map(sql.Identifier, _columns(view, row)))
    text = sql.SQL(
        "with changed as (update {view} set ({columns}) = (select {columns} from jsonb_populate_record(null::{view}, %(row)s))"
        " where couple_id = %(couple_id)s and id = %(id)s returning id)"
        " select coalesce(jsonb_agg(to_jsonb(c)), '[]') from changed as c"
    )
    return text.format(view=name, columns=columns), {"row": Jsonb(row), "couple_id": couple_id, "id": row_id}


def _view(name: str) -> sql.Identifier:
    if name not in _VIEWS:
        raise Refused(404, "PGRST205", "The view is not available on the demo page")
    return sql.Identifier("wedsync", name)


def _columns(view: str, row: dict[str, Any]) -> list[str]:
    if not row or not set(row) <= set(_VIEWS[view]):
        raise Refused(400, "PGRST204", "The columns are not available on the demo page")
    return sorted(row)


def refusal(error: psycopg.Error) -> Refused:
    """A database error in PostgREST's format."""
    state, diagnosis = error.sqlstate or "", error.diag
    message, details, hint = diagnosis.message_primary or "", diagnosis.message_detail, diagnosis.message_hint
    if state == "PGRST":
        # Such errors include their own body and status.
        body, answer = json.loads(message), json.loads(details or "{}")
        return Refused(answer["status"], body["code"], body["message"], body.get("details"), body.get("hint"))
    if state.startswith("PT") and state[2:].isdigit():
        return Refused(int(state[2:]), state, message, details, hint)
    status = _STATUS.get(state, 400 if state[:2] in {"22", "23", "42"} else 500)
    return Refused(status, state, message, details, hint)


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > _BODY_LIMIT:
            raise Refused(413, "PT413", "The request is too large")
    try:
        body = json.loads(content or b"{}")
    except (ValueError, RecursionError) as exc:
        raise Refused(400, "PGRST102", "The body is not JSON") from exc
    if not isinstance(body, dict):
        raise Refused(400, "PGRST102", "The body is not an object")
    return body
