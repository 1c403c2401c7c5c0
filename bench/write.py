"""The cost of the full write path, against a bare UPDATE and a trigger that stores whole rows.

Every variant changes one field of the same wedding (fifteen suppliers with grants, a dozen list elements) in the same
envelope: begin, claims, role, statement, commit. The peer `keeps_rows` reimplements supa_audit: one
row trigger that looks up the primary key in the catalogue, computes a name-based uuid of table and key for the old and the
new row, and stores both rows as jsonb under four indexes. It checks no rights, values, limits or conflicts, notifies
nobody and returns nothing; the full path does all of that, and update_core_fields also returns the whole document.
`rows_only` is the floor of any such path in PL/pgSQL: a trigger that writes the three rows that a change leaves behind.

Client and backend are pinned, both to one core or each to its own, and every round measures both. On one core, a transaction
takes the time of client and server; on two, also that of waking the other core ten times. Targets are those for two cores.

The field of most variants, a partner's name, is one on which the rules of two partners depend. `plain_` variants change one
without such rules, `_minimal` ones ask for an answer without the record.
"""

from __future__ import annotations

from contextlib import closing
from itertools import product
from pathlib import Path

from _load import load_weddings
from _report import Report, Target, arguments
from _rounds import Cores, Envelope, Session, interleaved
from _stage import claims, machine, make_wedding, stage

from wedsync.install.database import connect

PEERS = Path(__file__).with_name("write_peers.sql")

NAMED = "partner2_name = 'James ' || $1"
PLAIN = "partner2_phone = '+44 20 ' || $1"
JSON_NAMED = "jsonb_build_object('couple.partner2.name', 'James ' || $1)"
JSON_PLAIN = "jsonb_build_object('couple.partner2.phone', '+44 20 ' || $1)"

PATHS = {
    "table_update": 0.6,
    "view_update": 0.5,
    "plain_view_update": 0.5,
    "update_core_fields": 0.5,
    "update_minimal": 0.5,
    "plain_update": 0.5,
    "plain_minimal": 0.5,
    "two_leaves": None,
}
PEERS_OF_PATHS = ("bare", "keeps_rows")

TARGETS = {f"{name} / bare, two cores": Target(at_least=least) for name, least in PATHS.items() if least} | {
    "update_core_fields / keeps_rows, two cores": Target(at_least=0.9)
}


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=15, each=100)
    report = Report("write", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        wedding = make_wedding(connection)
        connection.execute(PEERS.read_text(encoding="utf-8"))
        # plan for a database with some weddings
        load_weddings(connection, 2000, per_supplier=20)
        session = Session(connection)
        where = f"where couple_id = '{wedding.id}'"
        call = f"select wedsync.update_core_fields('{wedding.id}', "
        statements = {
            "envelope": "select $1::text",
            "bare": f"update peer.bare set {NAMED} {where}",
            "keeps_rows": f"update peer.audited set {NAMED} {where}",
            "rows_only": f"update peer.changed set {NAMED} {where}",
            "table_update": f"update wedsync_data.core_fields set {NAMED} {where}",
            "view_update": f"update wedsync.core_fields set {NAMED} {where}",
            "plain_view_update": f"update wedsync.core_fields set {PLAIN} {where}",
            "update_core_fields": f"{call} {JSON_NAMED})",
            "update_minimal": f"{call} {JSON_NAMED}, answer => 'minimal')",
            "plain_update": f"{call} {JSON_PLAIN})",
            "plain_minimal": f"{call} {JSON_PLAIN}, answer => 'minimal')",
            "two_leaves": f"{call} jsonb_build_object('wedding.guestCount.adults', $1::int))",
        }
        cores = Cores(session.pid)
        found = interleaved(
            {
                f"{name}, {place}": Envelope(
                    session, text, claims=claims(wedding.partner),
                    role="service_role" if name == "table_update" else "authenticated",
                )
                for place in cores
                for name, text in statements.items()
                if not options.only or name in options.only
            },
            [session.pid],
            rounds=options.rounds,
            each=options.each,
            before=lambda name: cores.use(name.rsplit(", ", 1)[1]),
        )  # fmt: skip
        report.add_all(found)
        for place in cores:
            for name, peer in (*product(PATHS, PEERS_OF_PATHS), ("keeps_rows", "bare"), ("rows_only", "bare")):
                report.compare(f"{name}, {place}", f"{peer}, {place}", called=f"{name} / {peer}, {place}")
        cores.release()
        report.notes += [cores.refusal] if cores.refusal else []
        report.machine = machine(connection, options.settings)
    report.show(options)


if __name__ == "__main__":
    main()
