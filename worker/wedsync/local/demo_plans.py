"""Guests, timeline, tasks and budget of the demo wedding, created through the API, like an application."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from psycopg import sql

from wedsync.install.database import Connection, connect
from wedsync.local.demo_wedding import EMMA, JAMES, DemoWedding, acting_as, call

DINNER = "Dinner"
BRUNCH = "Brunch"
AUNT = "Aunt Ada"
AUNT_TASK = "Bake the welcome biscuits"
GUEST = ("Grace", "Whitfield")

# household: guests as (first name, last name, age class, reply to the dinner, to the brunch, needs)
_HOUSEHOLDS: dict[str, tuple[tuple[str, str, str, str, str, dict[str, Any]], ...]] = {
    "The Okafors": (
        (
            "Ada",
            "Okafor",
            "adult",
            "attending",
            "attending",
            {"diets": ["vegetarian"], "meal": "Wild mushroom risotto"},
        ),
        ("Ben", "Okafor", "adult", "attending", "declined", {"meal": "Roast lamb"}),
        ("Chidi", "Okafor", "child", "attending", "attending", {"allergens": [("milk", "mild")], "meal": "Roast lamb"}),
    ),
    "Ruth & Tom Marlowe": (
        ("Ruth", "Marlowe", "adult", "attending", "tentative", {"meal": "Roast lamb"}),
        (
            "Tom",
            "Marlowe",
            "adult",
            "attending",
            "tentative",
            {"allergens": [("gluten", "severe")], "meal": "Roast lamb"},
        ),
    ),
    "Priya & Arun Patel": (
        ("Priya", "Patel", "adult", "attending", "attending", {"diets": ["vegan"], "meal": "Wild mushroom risotto"}),
        ("Arun", "Patel", "adult", "tentative", "pending", {}),
    ),
    "Sven Lindqvist": (("Sven", "Lindqvist", "adult", "declined", "declined", {}),),
    "Grace Whitfield": (("Grace", "Whitfield", "adult", "pending", "pending", {}),),
    "Hugo Delgado": (("Hugo", "Delgado", "adult", "pending", "pending", {}),),
}
_TABLES = {"Rose": 6, "Willow": 8}
_SEATS = {"Ada": "Rose", "Ben": "Rose", "Chidi": "Rose", "Ruth": "Willow", "Tom": "Willow", "Priya": "Willow"}
# title, category, start on the day, minutes, how firm, key moment, place, suppliers
_TIMELINE: tuple[tuple[str, str, str, int, str, bool, str, tuple[str, ...]], ...] = (
    ("Hair and make-up", "prep", "09:30", 150, "movable", False, "Bridal suite", ("Brush & Veil",)),
    ("Flowers arrive", "logistics", "10:30", 45, "movable", False, "St Mary's Church", ("Wild Stems",)),
    ("Coach for guests", "transport", "13:00", 30, "fixed", False, "Station Road", ("Blue Coach Company",)),
    ("Ceremony", "ceremony", "14:00", 45, "fixed", True, "St Mary's Church", ("Vow & Verse",)),
    ("Photographs", "photos", "15:00", 60, "movable", False, "Orchard", ("Quiet Light Photography", "Moving Frames")),
    ("Dinner", "reception", "17:30", 120, "fixed", True, "Great barn", ("Saffron & Thyme", "Rosewood Hall")),
    ("Speeches", "reception", "19:30", 30, "movable", True, "Great barn", ()),
    ("First dance", "reception", "20:30", 10, "movable", True, "Great barn", ("The Night Owls",)),
    ("Coach home", "transport", "00:30", 30, "fixed", False, "Car park", ("Blue Coach Company",)),
)
# title, weeks before the wedding, to whom
_TASKS = (
    ("Choose the readings", 10, JAMES),
    ("Confirm the bouquet", 6, "Wild Stems"),
    ("Final numbers for the kitchen", 3, None),
    ("Write the place cards", 2, None),
    (AUNT_TASK, 1, None),
)
_LINES = (
    ("Barn and dinner", "venue_catering", 12500, 12800, "Rosewood Hall"),
    ("Photographs", "photo_video", 1800, 1750, "Quiet Light Photography"),
    ("Flowers", "flowers_decor", 900, None, "Wild Stems"),
    ("Band", "music", 1400, 1400, "The Night Owls"),
)


def plan_id(wedding: DemoWedding, name: str) -> UUID:
    """Id of a row of the demo wedding, by its name."""
    return uuid5(wedding.couple_id, name)


def ensure_plans(dsn: str, wedding: DemoWedding) -> None:
    """Create them if there are none yet; `dsn` as for `ensure_wedding`."""
    planned = "select exists (select from wedsync.wedding_events as e where e.couple_id = %s)"
    with closing(connect(dsn, application_name="wedsync demo")) as connection:
        if not call(connection, EMMA, planned, wedding.couple_id):
            with connection.transaction():
                _make(connection, wedding)


def _make(connection: Connection, wedding: DemoWedding) -> None:
    dates = "select f.wedding_date, f.wedding_date + 1 from wedsync.core_fields as f where f.couple_id = %s"
    with acting_as(connection, EMMA):
        found = connection.execute(dates, (wedding.couple_id,)).fetchone()
    day, after = (str(each) for each in found or ())
    _guests(connection, wedding, day, after)
    _timeline(connection, wedding, day, after)
    _tasks(connection, wedding, day)
    lines = [
        {"id": plan_id(wedding, f"line {title}"), "category": category, "title": title, "estimated": estimated,
         "contracted": contracted, "vendor": vendor, "position": position}
        for position, (title, category, estimated, contracted, vendor) in enumerate(_LINES)
    ]  # fmt: skip
    _insert(connection, wedding, "budget_lines", lines)
    paid = {
        "line_id": plan_id(wedding, "line Barn and dinner"),
        "amount": 3000,
        "paid_on": str(date.today()),
        "payer": "Emma",
    }
    _insert(connection, wedding, "budget_payments", [paid])


def _guests(connection: Connection, wedding: DemoWedding, day: str, after: str) -> None:
    dinner, brunch = plan_id(wedding, DINNER), plan_id(wedding, BRUNCH)
    events = [
        {
            "id": dinner,
            "name": DINNER,
            "kind": "dinner",
            "is_main": True,
            "position": 1,
            "starts_at": f"{day}T17:30:00Z",
        },
        {
            "id": brunch,
            "name": BRUNCH,
            "kind": "brunch",
            "is_main": False,
            "position": 2,
            "starts_at": f"{after}T10:00:00Z",
        },
    ]
    _insert(connection, wedding, "wedding_events", events)
    meals = [
        {"id": plan_id(wedding, name), "event_id": dinner, "name": name, "diets": diets}
        for name, diets in (("Roast lamb", []), ("Wild mushroom risotto", ["vegetarian", "vegan"]))
    ]
    _insert(connection, wedding, "meal_options", meals)
    households = [{"id": plan_id(wedding, f"household {name}"), "name": name} for name in _HOUSEHOLDS]
    _insert(connection, wedding, "households", households)
    guests, replies = [], []
    for household, people in _HOUSEHOLDS.items():
        for first, last, age, to_dinner, to_brunch, needs in people:
            guest = plan_id(wedding, f"{first} {last}")
            guests.append(
                {
                    "id": guest,
                    "household_id": plan_id(wedding, f"household {household}"),
                    "first_name": first,
                    "last_name": last,
                    "age_class": age,
                }
            )
            meal = {"meal_option_id": str(plan_id(wedding, needs["meal"]))} if "meal" in needs else {}
            allergens = [{"allergen": name, "severity": severity} for name, severity in needs.get("allergens", ())]
            replies.append(
                {
                    "guest_id": str(guest),
                    "event_id": str(dinner),
                    "status": to_dinner,
                    **meal,
                    "diets": needs.get("diets", []),
                    "allergens": allergens,
                }
            )
            replies.append({"guest_id": str(guest), "event_id": str(brunch), "status": to_brunch})
    _insert(connection, wedding, "guests", guests)
    call(connection, EMMA, "select wedsync.record_rsvp(%s, %s)", wedding.couple_id, json.dumps(replies))
    tables = [
        {"id": plan_id(wedding, f"table {name}"), "event_id": dinner, "name": name, "capacity": capacity}
        for name, capacity in _TABLES.items()
    ]
    _insert(connection, wedding, "seating_tables", tables)
    surnames = {first: last for people in _HOUSEHOLDS.values() for first, last, *_ in people}
    seats = [
        {
            "event_id": dinner,
            "table_id": plan_id(wedding, f"table {table}"),
            "guest_id": plan_id(wedding, f"{first} {surnames[first]}"),
        }
        for first, table in _SEATS.items()
    ]
    _insert(connection, wedding, "seats", seats)


def _timeline(connection: Connection, wedding: DemoWedding, day: str, after: str) -> None:
    items = [
        {"id": plan_id(wedding, f"item {title}"), "title": title, "category": category,
         "starts_local": f"{after if start < '06:00' else day}T{start}", "duration_minutes": minutes, "rigidity": rigidity,
         "is_key_moment": is_key_moment, "location": place, "supplier_ids": [wedding.supplier_ids[name] for name in suppliers]}
        for title, category, start, minutes, rigidity, is_key_moment, place, suppliers in _TIMELINE
    ]  # fmt: skip
    _insert(connection, wedding, "timeline_items", items)


def _tasks(connection: Connection, wedding: DemoWedding, day: str) -> None:
    aunt = {"id": plan_id(wedding, AUNT), "name": AUNT, "email": "ada@example.org"}
    _insert(connection, wedding, "helper_contacts", [aunt])
    wedding_day = date.fromisoformat(day)
    tasks = [
        {
            "id": plan_id(wedding, f"task {title}"),
            "title": title,
            "due_on": wedding_day - timedelta(weeks=weeks),
            "position": position,
        }
        for position, (title, weeks, _) in enumerate(_TASKS)
    ]
    _insert(connection, wedding, "tasks", tasks)
    for title, _, who in _TASKS:
        if who is not None:
            to = {"user_id": who} if isinstance(who, UUID) else {"supplier_id": wedding.supplier_ids[who]}
            text = sql.SQL("select wedsync.assign_task(%s, %s, {} => %s)").format(sql.Identifier(*to))
            with acting_as(connection, EMMA):
                connection.execute(text, (wedding.couple_id, plan_id(wedding, f"task {title}"), *to.values()))


def _insert(connection: Connection, wedding: DemoWedding, view: str, rows: list[dict[str, Any]]) -> None:
    """As Emma, rows with the same columns through a view of the API, in one statement."""
    given = [{"couple_id": wedding.couple_id, **row} for row in rows]
    columns = sql.SQL(", ").join(map(sql.Identifier, given[0]))
    text = sql.SQL("insert into {0} ({1}) select {1} from jsonb_populate_recordset(null::{0}, %s)")
    with acting_as(connection, EMMA):
        connection.execute(text.format(sql.Identifier("wedsync", view), columns), (json.dumps(given, default=str),))
