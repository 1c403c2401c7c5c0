"""The cost of the full write path, against a bare UPDATE and a trigger that stores whole rows.

Every variant changes one field of the same wedding (fifteen suppliers with grants, a dozen list elements) in the same
envelope: begin, claims, role, statement, commit. The peer `keeps_rows` reimplements supa_audit: one
row trigger that looks up the primary key in the catalogue, computes a name-based uuid of table and key for the old and the
new row, and stores both rows as jsonb under four indexes. It checks no rights, values, limits or conflicts, notifies
nobody and returns nothing; the full path does all of that, and update_core_fields also returns the whole document.
`rows_only` is the floor of any such path in PL/pgSQL: a trigger that writes the three rows that a change leaves behind.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from _load import load_weddings
from _report import Report, Target, arguments
from _rounds import Envelope, Session, interleaved
from _stage import claims, machine, make_wedding, stage

from wedsync.install.database import connect

PEERS = Path(__file__).with_name("write_peers.sql")

FIELD = "partner2_name = 'James ' || $1"

TARGETS = {
    "update_core_fields / bare": Target(at_least=0.5),
    "update_core_fields / keeps_rows": Target(at_least=1.5),
    "view_update / bare": Target(at_least=0.5),
    "view_update / keeps_rows": Target(at_least=1.5),
    "table_update / bare": Target(at_least=0.5),
    "table_update / keeps_rows": Target(at_least=1.5),
}


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=15, each=150)
    report = Report("write", TARGETS)
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as connection:
        wedding = make_wedding(connection)
        connection.execute(PEERS.read_text(encoding="utf-8"))
        # plan for a database with some weddings
        load_weddings(connection, 2000, per_supplier=20)
        session = Session(connection)
        where = f"where couple_id = '{wedding.id}'"
        statements = {
            "envelope": ("select $1::text", "authenticated"),
            "bare": (f"update peer.bare set {FIELD} {where}", "authenticated"),
            "keeps_rows": (f"update peer.audited set {FIELD} {where}", "authenticated"),
            "rows_only": (f"update peer.changed set {FIELD} {where}", "authenticated"),
            "table_update": (f"update wedsync_data.core_fields set {FIELD} {where}", "service_role"),
            "view_update": (f"update wedsync.core_fields set {FIELD} {where}", "authenticated"),
            "update_core_fields": (
                f"select wedsync.update_core_fields('{wedding.id}', jsonb_build_object('couple.partner2.name', 'James ' || $1))",
                "authenticated",
            ),
            "two_leaves": (
                f"select wedsync.update_core_fields('{wedding.id}', jsonb_build_object('wedding.guestCount.adults', $1::int))",
                "authenticated",
            ),
        }
        found = interleaved(
            {
                name: Envelope(session, text, role=role, claims=claims(wedding.partner))
                for name, (text, role) in statements.items()
                if not options.only or name in options.only
            },
            [session.pid],
            rounds=options.rounds,
            each=options.each,
        )
        report.add_all(found)
        for name in ("table_update", "view_update", "update_core_fields", "two_leaves"):
            for peer in ("bare", "keeps_rows", "rows_only"):
                report.compare(name, peer)
        report.compare("keeps_rows", "bare")
        report.compare("rows_only", "bare")
        report.machine = machine(connection, options.settings)
    report.show(options)


if __name__ == "__main__":
    main()
