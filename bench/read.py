"""The cost of reading through the masked view, by key and as a list, among 100,000 weddings.

By key, `select *` of the view is compared with `select *` of the bare table in the same envelope (begin, claims, role,
statement, commit; all prepared): for a partner, who sees everything, for a supplier, from whom most is withheld and whose
reads are logged, and for a friend, from whom most is withheld and whose reads are not. The view adds lists, connected
suppliers, version and withheld fields, which the bare table does not have. The lists are those of a supplier and of a
friend with 300 weddings. Client and backend are pinned to one core, then each to its own. All plans are checked: a
sequential scan of a table that grows with the number of weddings counts as a miss.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

from _load import load_weddings, supplier_id, wedding_id
from _report import Report, Target, arguments
from _rounds import Cores, Envelope, Session, interleaved
from _stage import claims, machine, make_wedding, stage

from wedsync.install.database import Connection, connect
from wedsync.local.demo_wedding import acting_as

WEDDINGS = 100_000
LIST = 300
MANY_ROWS = 1000
NUMBER = 4711

PLACES = ("one core", "two cores")
PAIRS = {
    ("partner", "bare"): 2.0,
    ("supplier", "bare"): 2.0,
    ("friend", "bare"): 2.0,
    ("list", "bare_list"): 3.0,
    ("friend_list", "bare_list"): 3.0,
}
TARGETS = {
    f"{upper} / {lower}, {place}": Target(at_most=most) for (upper, lower), most in PAIRS.items() for place in PLACES
} | {"sequential scans": Target(at_most=0.0)}


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=15, each=100)
    report = Report("read", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        wedding = make_wedding(connection)
        load_weddings(connection, WEDDINGS, per_supplier=LIST)
        connection.execute(
            "create schema peer; grant usage on schema peer to authenticated;"
            "create table peer.bare (like wedsync_data.core_fields including all);"
            "insert into peer.bare select * from wedsync_data.core_fields; grant select on peer.bare to authenticated"
        )
        connection.execute("vacuum analyze peer.bare")
        supplier = supplier_id(connection, 1 + (NUMBER - 1) // LIST)
        first = (NUMBER - 1) // LIST * LIST + 1
        ids = ",".join(str(wedding_id(number)) for number in range(first, first + LIST))
        friend = uuid4()
        connection.execute(
            "insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role)"
            f" select id, '{friend}', 'friend' from unnest('{{{ids}}}'::uuid[]) as w (id)"
        )
        view, bare = "select * from wedsync.core_fields", "select * from peer.bare"
        here, there = f"where couple_id = '{wedding.id}'", f"where couple_id = '{wedding_id(NUMBER)}'"
        # the parameter has no effect, but all variants have one
        cases: dict[str, tuple[str, UUID]] = {
            "envelope": ("select $1::int", wedding.partner),
            "bare": (f"{bare} {here} and $1::int > 0", wedding.partner),
            "partner": (f"{view} {here} and $1::int > 0", wedding.partner),
            "supplier": (f"{view} {there} and $1::int > 0", supplier),
            "friend": (f"{view} {there} and $1::int > 0", friend),
            "bare_list": (f"{bare} where couple_id = any ('{{{ids}}}') and $1::int > 0", supplier),
            "list": (f"{view} where $1::int > 0", supplier),
            "friend_list": (f"{view} where $1::int > 0", friend),
        }
        session = Session(connection)
        envelopes = {
            name: Envelope(session, text, role="authenticated", claims=claims(user))
            for name, (text, user) in cases.items()
            if not options.only or name in options.only
        }
        lists = {name: envelopes.pop(name) for name in list(envelopes) if name.endswith("list")}
        cores = Cores(session.pid)
        for place in cores:
            cores.use(place)
            found = interleaved(envelopes, [session.pid], rounds=options.rounds, each=options.each)
            found |= interleaved(lists, [session.pid], rounds=options.rounds, each=5, warm_up=7)
            report.add_all({f"{name}, {place}": rounds for name, rounds in found.items()})
            for upper, lower in PAIRS:
                report.compare(
                    f"{upper}, {place}", f"{lower}, {place}", by="wall", called=f"{upper} / {lower}, {place}"
                )
        cores.release()
        report.notes += [cores.refusal] if cores.refusal else []
        scans = 0
        for name in ("partner", "supplier", "friend", "list", "friend_list"):
            text, user = cases[name]
            used = plan_of(connection, text.replace("$1::int", "1"), user)
            scans += sum(node["rows"] >= MANY_ROWS for node in used if node["type"] == "Seq Scan")
            report.results.setdefault(name, {})["scans"] = ", ".join(
                sorted({f"{node['type']} {node['relation']}" for node in used})
            )
        report.ratios["sequential scans"] = float(scans)
        report.notes.append(
            f"{WEDDINGS:,} weddings; sequential scans of tables of less than {MANY_ROWS} rows do not count"
        )
        report.machine = machine(connection, options.settings)
    report.show(options)


def plan_of(connection: Connection, text: str, user: UUID) -> list[dict[str, Any]]:
    """The scans that a statement performed, each with its type, relation and the number of rows of that relation."""
    with acting_as(connection, user):
        row = connection.execute(f"explain (format json, analyze, costs off, timing off) {text}").fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    found = []
    for node in _nodes(plan[0]["Plan"]):
        if "Relation Name" in node and node["Actual Loops"]:
            size = connection.execute(
                "select coalesce(sum(c.reltuples), 0) from pg_class as c where c.relname = %s", (node["Relation Name"],)
            ).fetchone()
            found.append({"type": node["Node Type"], "relation": node["Relation Name"], "rows": size[0] if size else 0})
    return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


if __name__ == "__main__":
    main()
