"""The demo wedding: Emma & James, and fifteen suppliers with different access. Created through the API, like an application."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid5

from wedsync.install.database import Connection, connect

# Fixed ids, so that a second `wedsync up` finds its users and pasted commands keep working.
_PEOPLE = UUID("6ba1c8a2-5c1f-4c53-9d3e-2f5d6a3c7e10")
EMMA = uuid5(_PEOPLE, "Emma")
JAMES = uuid5(_PEOPLE, "James")
STRANGER = uuid5(_PEOPLE, "Stranger")

_START = {"wedding.guestCount.adults": 90, "wedding.guestCount.children": 10}

State = Literal["granted", "requested", "revoked"]


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier of the demo: the fields it requested, or None for the defaults of its category, and the outcome."""

    name: str
    category: str
    fields: tuple[str, ...] | None = None
    writable: tuple[str, ...] = ()
    state: State = "granted"

    @property
    def user(self) -> UUID:
        """The user id of its owner."""
        return uuid5(_PEOPLE, self.name)

    @property
    def email(self) -> str:
        """The address in the tokens of its owner."""
        return f"{self.category}@example.org"


SUPPLIERS = (
    Supplier("Rosewood Hall", "venue", writable=("ceremony", "reception", "seating")),
    Supplier("Saffron & Thyme", "caterer"),
    Supplier("Tall Cakes", "baker"),
    Supplier("Copper Still Bar", "bar"),
    Supplier("Silver Fork Rentals", "rentals"),
    Supplier("Ink & Petal", "stationery"),
    Supplier("Blue Coach Company", "transport"),
    Supplier("The Night Owls", "band"),
    Supplier(
        "Quiet Light Photography",
        "photographer",
        ("couple", "wedding_basics", "timeline", "ceremony", "reception", "guests.names"),
    ),
    Supplier("Moving Frames", "videographer", ("wedding_basics", "timeline", "ceremony", "reception")),
    Supplier("Wild Stems", "florist", ("wedding_basics", "ceremony", "reception")),
    Supplier("Brush & Veil", "make_up", ("wedding_basics", "timeline")),
    Supplier("Vow & Verse", "officiant", ("couple", "wedding_basics", "ceremony")),
    Supplier("Sparkle Fireworks", "fireworks", ("basic", "timeline"), state="revoked"),
    Supplier("Gown House", "attire", ("people",), state="requested"),
)


@dataclass(frozen=True, slots=True)
class DemoWedding:
    """The couple's id and the suppliers' ids by name."""

    couple_id: UUID
    supplier_ids: dict[str, UUID]


@contextmanager
def acting_as(connection: Connection, user: UUID, **claims: str) -> Iterator[Connection]:
    """A transaction with the claims and the role that a signed-in user's request has; `claims` are more of them."""
    with connection.transaction():
        token = json.dumps({"sub": str(user), "role": "authenticated", **claims})
        connection.execute("select set_config('request.jwt.claims', %s, true)", (token,))
        connection.execute("set local role authenticated")
        yield connection


def call(connection: Connection, user: UUID, text: str, *parameters: object, **claims: str) -> Any:
    """The first value of one statement, run as that user in a transaction of its own; `claims` as for `acting_as`."""
    with acting_as(connection, user, **claims):
        row = connection.execute(text, parameters).fetchone()
    return row[0] if row else None


def ensure_wedding(dsn: str) -> DemoWedding:
    """Create the wedding if it does not exist; `dsn` is of a role that may become `authenticated` and read the tables."""
    with closing(connect(dsn, application_name="wedsync demo")) as connection:
        found = connection.execute("select id from wedsync_data.weddings where created_by = %s", (EMMA,)).fetchone()
        if found is None:
            # All or nothing: acting_as creates savepoints within this transaction.
            with connection.transaction():
                return _make(connection)
        rows = connection.execute(
            "select business_name, id from wedsync_data.suppliers where created_by = any (%s)",
            ([supplier.user for supplier in SUPPLIERS],),
        ).fetchall()
        return DemoWedding(found[0], dict(rows))


def reset_guest_count(connection: Connection, wedding: DemoWedding) -> None:
    """Reset to a hundred guests, in case the story was played before."""
    call(connection, EMMA, "select wedsync.update_core_fields(%s, %s)", wedding.couple_id, json.dumps(_START))


def _make(connection: Connection) -> DemoWedding:
    couple = call(
        connection, EMMA, "select wedsync.register_couple('Emma', 'James', (current_date + 200), 'Europe/London')"
    )
    invited = call(connection, EMMA, "select wedsync.invite_member(%s, 'partner') ->> 'token'", couple)
    call(connection, JAMES, "select wedsync.accept_invitation(%s)", invited)
    record = {
        **_START,
        "couple.partner1.email": "emma@example.org",
        "wedding.ceremonyVenue.name": "St Mary's Church",
        "wedding.receptionVenue.name": "Rosewood Hall",
        "wedding.style": ["rustic", "candlelight"],
        "timeline.ceremonyTime": "14:00",
        "timeline.receptionTime": "17:30",
        "budget.total": 24000,
        "budget.currency": "GBP",
    }
    call(connection, EMMA, "select wedsync.update_core_fields(%s, %s)", couple, json.dumps(record))
    ids = {supplier.name: _add(connection, couple, supplier) for supplier in SUPPLIERS}
    call(connection, STRANGER, "select wedsync.register_supplier('Another Couple''s Caterer', 'caterer')")
    return DemoWedding(couple, ids)


def _add(connection: Connection, couple: UUID, supplier: Supplier) -> UUID:
    fields = list(supplier.fields) if supplier.fields is not None else None
    made: UUID = call(
        connection, supplier.user, "select wedsync.register_supplier(%s, %s)", supplier.name, supplier.category,
        email=supplier.email,
    )  # fmt: skip
    if supplier.state == "requested":
        call(connection, supplier.user, "select wedsync.request_access(%s, %s, %s)", couple, made, fields)
        return made
    invite = "select wedsync.invite_supplier(%s, %s, supplier_id => %s, readable_fields => %s, writable_fields => %s) ->> 'token'"
    invited = call(connection, EMMA, invite, couple, supplier.category, made, fields, list(supplier.writable))
    call(connection, supplier.user, "select wedsync.accept_invitation(%s)", invited)
    if supplier.state == "revoked":
        call(connection, EMMA, "select wedsync.revoke_access(%s, %s, null, 'no fireworks near the barn')", couple, made)
    return made
