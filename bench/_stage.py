"""The environment of a benchmark: its own PostgreSQL with the pack, weddings and users."""

from __future__ import annotations

import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from wedsync.install.database import Connection, connect
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree
from wedsync.local.demo_wedding import SUPPLIERS, call
from wedsync.local.embedded import EmbeddedServer

# Commits do not wait for the disk, because a slow disk would hide differences in our favour.
SETTINGS = {
    "synchronous_commit": "off",
    "fsync": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "max_connections": "100",
    "autovacuum_naptime": "10min",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Wedding:
    """A wedding with one partner who signs in, and fifteen suppliers who hold grants."""

    id: UUID
    partner: UUID
    suppliers: tuple[UUID, ...]
    """User ids of the suppliers' owners."""


MEMORY = Path("/dev/shm")  # noqa: S108 (a private directory is made in it)


@contextmanager
def stage(
    settings: Mapping[str, str] | None = None, programs: Path | None = None, *, in_memory: bool = False
) -> Iterator[str]:
    """Connection string of a new, migrated database; server and files are deleted afterwards. `programs` as in Options.

    `in_memory`: on a file system without a disk, where there is one, so that its pace does not matter.
    """
    home = Path(tempfile.mkdtemp(prefix="wedsync-bench-", dir=MEMORY if in_memory and MEMORY.is_dir() else None))
    home.chmod(0o711)
    try:
        with EmbeddedServer(home / "server", programs=programs, settings={**SETTINGS, **(settings or {})}) as server:
            migrate(server.dsn(), load_tree())
            with closing(connect(server.dsn())) as connection:
                # Counted as usual, but benchmarks make more requests than users.
                connection.execute("update wedsync_data.rate_limits set max_requests = 1000000000")
            yield server.dsn()
    finally:
        shutil.rmtree(home)


def make_wedding(connection: Connection, *, suppliers: bool = True) -> Wedding:
    """Register a couple through the API, with fifteen suppliers' grants and a dozen list elements, or bare of both."""
    partner = uuid4()
    couple: UUID = call(
        connection, partner, "select wedsync.register_couple('Emma', 'James', current_date + 200, 'Europe/London')"
    )
    if not suppliers:
        return Wedding(couple, partner, ())
    patch = {
        "couple.partner1.email": "emma@example.org",
        "couple.partner2.phone": "+44 20 7946 0000",
        "couple.address": {"line1": "12 Rose Lane", "city": "Bath", "postcode": "BA1 1AA", "country": "GB"},
        "wedding.ceremonyVenue": {"name": "St Mary's Church", "address": "Church Street, Bath"},
        "wedding.receptionVenue": {"name": "Rosewood Hall", "address": "Rosewood, near Bath", "notes": "No confetti"},
        "wedding.guestCount": {"adults": 90, "children": 10},
        "wedding.style": ["rustic", "candlelight"],
        "wedding.colors": ["#AABBCC", "#DDEEFF"],
        "timeline.ceremonyTime": "14:00",
        "timeline.receptionTime": "17:30",
        "budget.total": 24000,
        "budget.currency": "GBP",
    }
    call(connection, partner, "select wedsync.update_core_fields(%s, %s)", couple, json.dumps(patch))
    for name, elements in _LISTS.items():
        for element in elements:
            call(connection, partner, "select wedsync.add_list_element(%s, %s, %s)", couple, name, json.dumps(element))
    owners = []
    for supplier in SUPPLIERS:
        owner = uuid4()
        made = call(connection, owner, "select wedsync.register_supplier(%s, %s)", supplier.name, supplier.category)
        fields = list(supplier.fields) if supplier.fields else None
        call(connection, partner, "select wedsync.grant_access(%s, %s, %s, %s)", couple, made, fields, [])
        owners.append(owner)
    return Wedding(couple, partner, tuple(owners))


_LISTS: dict[str, list[dict[str, Any]]] = {
    "key_moments": [
        {"name": name, "time": time, "vendor_involved": ["The Night Owls"]}
        for name, time in (("First dance", "20:00"), ("Speeches", "18:30"), ("Cake", "19:30"), ("Bouquet", "21:00"))
    ],
    "wedding_party": [
        {"name": name, "role": role, "contact_info": "+44 20 7946 0001"}
        for name, role in (("Ana", "maid of honour"), ("Tom", "best man"), ("Lily", "flower girl"), ("Sam", "usher"))
    ],
    "family_vips": [
        {"name": name, "relationship": relation}
        for name, relation in (("Ruth", "grandmother"), ("Henry", "father"), ("Joan", "mother"), ("Bill", "uncle"))
    ],
}


def claims(user: UUID) -> str:
    """`request.jwt.claims` for a request of that user."""
    return json.dumps({"sub": str(user), "role": "authenticated"})


def machine(connection: Connection, settings: Mapping[str, str]) -> dict[str, Any]:
    """The machine of the measurements."""
    row = connection.execute("show server_version").fetchone()
    return {
        "postgresql": row[0] if row else None,
        "cpus": os.cpu_count(),
        "cpu": _cpu_model(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "settings": {**SETTINGS, **settings},
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
