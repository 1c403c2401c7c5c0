"""A stream of changes for chaos tests: writers that go on through every accident, and what must have been heard of it."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg

from harness.database import Database
from harness.stock import StockClient
from harness.tokens import token
from harness.weddings import Supplier, Wedding

FIELD = "wedding.guestCount"


@dataclass(frozen=True)
class Stream:
    """One wedding whose changes concern the number of guests; `start` is the position before the first of them."""

    wedding: Wedding
    start: int

    @classmethod
    def new(cls, database: Database) -> Stream:
        wedding = Wedding.new(database)
        return cls(wedding, last_position(wedding))

    def couple(self, port: int, session: str | None = None) -> StockClient:
        return StockClient(port, self.wedding.topic, self.wedding.token, session)

    def suppliers(self, port: int, count: int, *, sessions: bool) -> tuple[list[Supplier], list[StockClient]]:
        """Suppliers that may read the number of guests; each is a user of its own."""
        suppliers = [self.wedding.supplier(FIELD) for _ in range(count)]
        clients = [
            StockClient(port, self.wedding.topic, token(each.owner.id), f"session {n}" if sessions else None)
            for n, each in enumerate(suppliers)
        ]
        return suppliers, clients

    def from_now_on(self) -> Stream:
        """The same, but only what is written from now on."""
        return Stream(self.wedding, last_position(self.wedding))

    def expected(self) -> list[tuple[str, int]]:
        """Positions that everybody who may read the number of guests has to hear."""
        rows = self.wedding.emma.database.query(
            """select couple_id::text, seq from wedsync_data.events
            where couple_id = %s and seq > %s and event_type = 'core_fields_updated' order by seq""",
            self.wedding.id, self.start,
        )  # fmt: skip
        return [(couple, seq) for couple, seq in rows]


def last_position(wedding: Wedding) -> int:
    """Position of the last committed event."""
    last: int = wedding.emma.database.value(
        "select coalesce(max(seq), 0) from wedsync_data.events where couple_id = %s", wedding.id
    )
    return last


def write_much(wedding: Wedding, count: int) -> None:
    """That many large changes, as an administrator would make them."""
    with wedding.emma.database.connect() as connection:
        for _ in range(count):
            connection.execute(
                "update wedsync_data.core_fields set private_notes = %s where couple_id = %s",
                (f"{uuid4()} {'x' * 9000}", wedding.id),
            )


@contextmanager
def writing(*weddings: Wedding, writers: int = 3, pause: float = 0.03, longest: float = 0.0) -> Iterator[None]:
    """Writers that change the number of guests all the time; `longest` is how many seconds a transaction may stay open."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_write, args=(weddings[number % len(weddings)], stop, number, pause, longest))
        for number in range(writers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads), "a writer hangs"


def _write(wedding: Wedding, stop: threading.Event, number: int, pause: float, longest: float) -> None:
    dice = random.Random(number)
    claims = json.dumps({"sub": str(wedding.emma.id), "role": "authenticated"})
    while not stop.is_set():
        try:
            with psycopg.connect(wedding.emma.database.dsn) as connection:
                # What a client has heard must survive a crash.
                connection.execute("set synchronous_commit = on")
                connection.commit()
                while not stop.is_set():
                    _change(connection, wedding, claims, dice, longest)
                    time.sleep(dice.random() * pause * 2)
        except psycopg.OperationalError:
            time.sleep(0.1)


def _change(connection: psycopg.Connection, wedding: Wedding, claims: str, dice: random.Random, longest: float) -> None:
    connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
    connection.execute("set local role authenticated")
    late = longest > 0 and dice.random() < 0.3
    if late:
        # An open transaction that has its number, and its events still to come.
        connection.execute("select pg_current_xact_id()")
        connection.execute("select pg_sleep(%s)", (dice.random() * longest,))
    patch = json.dumps({"wedding.guestCount.adults": dice.randrange(1, 400)})
    connection.execute("select wedsync.update_core_fields(%s, %s)", (wedding.id, patch))
    if dice.random() < 0.1:
        connection.rollback()
    else:
        connection.commit()
