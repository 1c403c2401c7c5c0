"""A wedding with its people, for tests of what is heard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from harness.database import Database, Person
from harness.tokens import token


@dataclass(frozen=True)
class Supplier:
    """A supplier and its owner."""

    owner: Person
    id: UUID

    @property
    def token(self) -> str:
        return token(self.owner.id)

    def invitation(self, role: str) -> str:
        """The token of an invitation to work for the supplier."""
        answer: str = self.owner.call("select wedsync.invite_supplier_member(%s, %s) ->> 'token'", self.id, role)
        return answer

    def hire(self, person: Person, role: str) -> None:
        """Invite a person, who accepts."""
        person.call("select wedsync.accept_invitation(%s)", self.invitation(role))


@dataclass(frozen=True)
class Wedding:
    """Emma and James, and the database they are in."""

    emma: Person
    id: UUID

    @classmethod
    def new(cls, database: Database) -> Self:
        # Limits of writes a minute and of sockets are not what these tests are about.
        database.query("update wedsync_data.rate_limits set max_requests = null")
        database.query("update wedsync_data.settings set value = '1000' where starts_with(name, 'connections_per_')")
        emma = Person.new(database)
        couple = emma.call("select wedsync.register_couple('Emma', 'James', current_date + 200, 'Europe/London')")
        return cls(emma, couple)

    @property
    def topic(self) -> str:
        return f"core_fields_{self.id}"

    @property
    def token(self) -> str:
        return token(self.emma.id)

    @property
    def binding(self) -> dict[str, str]:
        """The row changes that a stock client asks for."""
        return {"event": "UPDATE", "schema": "wedsync", "table": "core_fields", "filter": f"couple_id=eq.{self.id}"}

    def supplier(self, *readable: str) -> Supplier:
        """A new supplier; with `readable`, one that may read those fields."""
        owner = Person.new(self.emma.database)
        supplier = Supplier(owner, owner.call("select wedsync.register_supplier('Best Catering', 'caterer')"))
        if readable:
            self.grant(supplier, *readable)
        return supplier

    def invitation(self, role: str) -> str:
        """The token of an invitation to the wedding."""
        answer: str = self.emma.call("select wedsync.invite_member(%s, %s) ->> 'token'", self.id, role)
        return answer

    def admit(self, person: Person, role: str) -> None:
        """Invite a person, who accepts."""
        person.call("select wedsync.accept_invitation(%s)", self.invitation(role))

    def welcome(self, supplier: Supplier, *readable: str) -> None:
        """Invite a supplier, which accepts, with these fields offered."""
        token = self.emma.call(
            "select wedsync.invite_supplier(%s, 'caterer', %s, readable_fields => %s) ->> 'token'",
            self.id,
            supplier.id,
            list(readable),
        )
        supplier.owner.call("select wedsync.accept_invitation(%s)", token)

    def grant(self, supplier: Supplier, *readable: str) -> None:
        self.emma.call("select wedsync.grant_access(%s, %s, %s::text[])", self.id, supplier.id, list(readable))

    def revoke(self, supplier: Supplier) -> None:
        self.emma.call("select wedsync.revoke_access(%s, %s)", self.id, supplier.id)

    def update(self, patch: dict[str, Any]) -> dict[str, Any]:
        """Change fields as Emma; returns the answer of update_core_fields."""
        answer: dict[str, Any] = self.emma.call("select wedsync.update_core_fields(%s, %s)", self.id, json.dumps(patch))
        return answer

    def adults(self, number: int) -> dict[str, Any]:
        """Change the number of adult guests, the usual thing to hear about."""
        return self.update({"wedding.guestCount.adults": number})
