"""Importing a guest list: guests a second through `import_guests`, for lists of 10,000 and of 100,000 rows.

Households of two, with names, an e-mail address, a phone and here and there a diet; each list into a wedding of its own, in one
call, as a partner. `import` reads, stores, versions, audits and announces; `preview` only reads. `table` is the floor: the same
guests and households inserted into the pack's tables without a list. The growth is that of the time for one guest, from the short
list to the long one.
"""

from __future__ import annotations

import json
import statistics
import time
from contextlib import closing
from uuid import UUID, uuid4

from _report import Report, Target, arguments
from _stage import machine, stage

from wedsync.install.database import Connection, connect

TARGETS = {
    "import of 10,000, guests/s": Target(at_least=5000),
    "seconds a guest, 100,000 / 10,000": Target(at_most=1.2),
}
_WEDDING = "select wedsync.register_couple('Emma', 'James', current_date + 201, 'Europe/London')"
_TABLE = """
with homes as (
    insert into wedsync_data.households (couple_id, name)
    select %(couple)s, 'House ' || n from generate_series(1, %(rows)s / 2) as n
)
insert into wedsync_data.guests (couple_id, first_name, last_name, email, phone)
select %(couple)s, 'Ann' || n, 'Poe' || n / 2, 'a' || n || '@example.org', '+44 7700 ' || n from generate_series(1, %(rows)s) as n
"""


def guest_list(rows: int) -> str:
    """A list with that many guests, two to a household."""
    heading = "Household,First name,Last name,Email,Phone,Diets\n"
    return heading + "".join(
        f"House {n // 2},Ann{n},Poe{n // 2},a{n}@example.org,+44 7700 {n},{'' if n % 10 else 'vegan'}\n"
        for n in range(rows)
    )


def register(connection: Connection) -> tuple[UUID, UUID]:
    """A new wedding and its partner."""
    partner = uuid4()
    with connection.transaction():
        _become(connection, partner)
        row = connection.execute(_WEDDING).fetchone()
    if row is None:
        raise RuntimeError("no wedding")
    return row[0], partner


def _become(connection: Connection, partner: UUID) -> None:
    claims = json.dumps({"sub": str(partner), "role": "authenticated"})
    connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
    connection.execute("set local role authenticated")


def timed(connection: Connection, rows: int, way: str, text: str) -> float:
    """Seconds for one list in a new wedding."""
    couple, partner = register(connection)
    started = time.perf_counter()
    with connection.transaction():
        if way == "table":
            connection.execute(_TABLE, {"couple": couple, "rows": rows})
        else:
            _become(connection, partner)
            options = json.dumps({"preview": way == "preview"})
            connection.execute("select wedsync.import_guests(%s, %s, %s)", [couple, text, options])
    return time.perf_counter() - started


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__, rounds=5, each=1, numbers={"rows": (10_000, "rows of the short list; the long one has ten times that")}
    )
    report = Report("import", TARGETS)
    short = options.numbers["rows"]
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        connection.execute("update wedsync_data.rate_limits set max_requests = null")
        connection.execute("update wedsync_data.settings set value = '100000' where name = 'import_max_rows'")
        connection.execute("update wedsync_data.settings set value = '50000000' where name = 'import_max_bytes'")
        seconds: dict[str, float] = {}
        for rows, rounds in ((short, options.rounds), (10 * short, 1)):
            text = guest_list(rows)
            for way in ("table", "preview", "import")[rows > short :]:
                if options.only and way not in options.only:
                    continue
                taken = [timed(connection, rows, way, text) for _ in range(rounds)]
                connection.execute("vacuum analyze")
                seconds[f"{way} {rows}"] = statistics.median(taken)
                report.results[f"{way} of {rows:,}"] = {
                    "seconds": round(statistics.median(taken), 3),
                    "guests_per_second": round(rows / statistics.median(taken)),
                    "fastest_seconds": round(min(taken), 3),
                }
        if f"import {short}" in seconds:
            report.ratios["import of 10,000, guests/s"] = short / seconds[f"import {short}"]
            report.ratios["seconds a guest, 100,000 / 10,000"] = (
                seconds[f"import {10 * short}"] / 10 / seconds[f"import {short}"]
            )
        report.machine = machine(connection, options.settings)
    report.show(options)


if __name__ == "__main__":
    main()
