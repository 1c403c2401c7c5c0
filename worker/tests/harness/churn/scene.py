"""The weddings of a trial, the people in them, and those who change weddings and rights."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg

from harness.churn.record import EVERYTHING, History, Right

GUESTS, CEREMONY, NOTES = "wedding.guestCount", "timeline.ceremonyTime", "private.notes"
GIVEN = (frozenset((GUESTS,)), frozenset((CEREMONY,)), frozenset((GUESTS, CEREMONY)))
"""What suppliers are given."""
_CLOCK = "select seq from wedsync_data.wedding_clocks where couple_id = any (%s::uuid[]) order by couple_id for update"

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


@dataclass
class Wedding:
    """A wedding, its partner, and what each supplier may read now."""

    couple: str
    partner: str
    given: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Scene:
    """Weddings and suppliers with their staff; every commit and every right goes into `history`."""

    dsn: str
    weddings: list[Wedding] = field(default_factory=list)
    staff: dict[str, list[str]] = field(default_factory=dict)
    out: set[tuple[str, str]] = field(default_factory=set)
    history: History = field(default_factory=History)
    repeated: int = 0

    async def people(self, weddings: int, suppliers: int, staff: int, dice: random.Random) -> None:
        """Register everybody; each supplier gets something of most weddings."""
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            await connection.execute("update wedsync_data.rate_limits set max_requests = null")
            await connection.execute(
                "update wedsync_data.settings set value = '9999' where starts_with(name, 'connections_per_')"
            )
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            for _ in range(suppliers):
                owner = str(uuid4())
                supplier = str(
                    await call(connection, owner, "select wedsync.register_supplier('Best Catering', 'caterer')")
                )
                self.staff[supplier] = [owner]
                for _ in range(staff - 1):
                    person = str(uuid4())
                    await connection.execute(
                        "insert into wedsync_data.supplier_members (supplier_id, user_id) values (%s, %s)",
                        (supplier, person),
                    )
                    self.staff[supplier].append(person)
                await connection.commit()
            for _ in range(weddings):
                partner = str(uuid4())
                register = "select wedsync.register_couple('Emma', 'James', current_date + 200, 'Europe/London')"
                couple = str(await call(connection, partner, register))
                await connection.commit()
                wedding = Wedding(couple, partner)
                self.weddings.append(wedding)
                self.history.note(partner, couple, Right(0, EVERYTHING, 0.0, 0.0))
                for supplier in self.staff:
                    if dice.random() < 0.8:
                        await self.give(connection, wedding, supplier, dice.choice(GIVEN))

    async def write(self, dice: random.Random, pause: float, longest: float) -> None:
        """Change weddings until cancelled; some transactions stay open for up to `longest` seconds."""
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            while True:
                await self._change(connection, dice.choice(self.weddings), dice, longest)
                await asyncio.sleep(dice.random() * 2 * pause)

    async def _change(self, connection: Connection, wedding: Wedding, dice: random.Random, longest: float) -> None:
        patches: Sequence[dict[str, object]] = (
            {f"{GUESTS}.adults": dice.randrange(400)},
            {CEREMONY: f"{dice.randrange(24):02}:{dice.randrange(60):02}"},
            {NOTES: str(uuid4())},
            {f"{GUESTS}.adults": dice.randrange(400), NOTES: str(uuid4())},
        )
        patch = json.dumps(dice.choice(patches))
        late = dice.random() < 0.1
        if late:
            # a transaction that has its number, and its event still to come
            await connection.execute("select pg_current_xact_id()")
            await asyncio.sleep(dice.random() * longest)
        await call(connection, wedding.partner, "select wedsync.update_core_fields(%s, %s)", wedding.couple, patch)
        ((seq,),) = await rows(connection, _CLOCK, [wedding.couple])
        if dice.random() < 0.05:
            await connection.rollback()
            return
        before = time.monotonic()
        await connection.commit()
        self.history.commits[wedding.couple, seq] = before, time.monotonic()

    async def change_rights(self, dice: random.Random, pause: float) -> None:
        """Give and take, and let staff come and go, until cancelled."""
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            while True:
                await asyncio.sleep(dice.random() * 2 * pause)
                supplier = dice.choice(list(self.staff))
                try:
                    if dice.random() < 0.2:
                        await self.come_or_go(connection, supplier, dice.choice(self.staff[supplier]))
                    else:
                        wedding = dice.choice(self.weddings)
                        taken = supplier in wedding.given and dice.random() < 0.5
                        await self.give(connection, wedding, supplier, frozenset() if taken else dice.choice(GIVEN))
                except psycopg.errors.DeadlockDetected:
                    await connection.rollback()
                    self.repeated += 1

    async def give(self, connection: Connection, wedding: Wedding, supplier: str, fields: frozenset[str]) -> None:
        """Let a supplier read these fields and no others; none ends its access."""
        if fields:
            grant = "select wedsync.grant_access(%s, %s, %s::text[])"
            await call(connection, wedding.partner, grant, wedding.couple, supplier, sorted(fields))
        elif supplier in wedding.given:
            await call(connection, wedding.partner, "select wedsync.revoke_access(%s, %s)", wedding.couple, supplier)
        else:
            return
        ((seq,),) = await rows(connection, _CLOCK, [wedding.couple])
        begun = time.monotonic()
        await connection.commit()
        settled = time.monotonic()
        if fields:
            wedding.given[supplier] = fields
        else:
            del wedding.given[supplier]
        for person in self.staff[supplier]:
            if (supplier, person) not in self.out:
                self.history.note(person, wedding.couple, Right(seq, fields, begun, settled))

    async def come_or_go(self, connection: Connection, supplier: str, person: str) -> None:
        """Let somebody leave a supplier, or come back: that concerns all its weddings at once."""
        couples = sorted(wedding.couple for wedding in self.weddings)
        seqs = [seq for (seq,) in await rows(connection, _CLOCK, couples)]
        comes = (supplier, person) in self.out
        statement = (
            "insert into wedsync_data.supplier_members (supplier_id, user_id) values (%s, %s)"
            if comes
            else "delete from wedsync_data.supplier_members where supplier_id = %s and user_id = %s"
        )
        await connection.execute(statement, (supplier, person))
        begun = time.monotonic()
        await connection.commit()
        settled = time.monotonic()
        (self.out.discard if comes else self.out.add)((supplier, person))
        given = {wedding.couple: wedding.given.get(supplier, frozenset()) for wedding in self.weddings}
        for couple, seq in zip(couples, seqs, strict=True):
            fields = given[couple] if comes else frozenset()
            self.history.note(person, couple, Right(seq, fields, begun, settled))


async def call(connection: Connection, user: str, statement: str, *parameters: object) -> Any:
    """The first value of a statement run as a signed-in person, in the transaction that is open or begins."""
    claims = json.dumps({"sub": user, "role": "authenticated"})
    await connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    await connection.execute("set local role authenticated")
    cursor = await connection.execute(statement, parameters)
    row = await cursor.fetchone()
    await connection.execute("reset role")
    return row[0] if row else None


async def rows(connection: Connection, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    return await (await connection.execute(statement, parameters)).fetchall()
