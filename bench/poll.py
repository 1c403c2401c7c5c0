"""What a poll of the event log costs: by the events that it finds, and by the groups that its node has.

Two nodes of one database take turns with the same events: one has a group for each of 40 weddings, the other 20,000 more, for
weddings in which nothing happens. Each poll finds 1, 5 or 20 events, every one for a group with rights of its own.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from itertools import product
from uuid import UUID, uuid4

from _load import load_weddings, wedding_id
from _report import Report, Target, arguments
from _rounds import Session, interleaved
from _stage import claims, machine, stage

from wedsync.install.database import Connection, connect

WEDDINGS = 40
OTHERS = 20_000
EVENTS = (1, 5, 20)

TARGETS = {f"{events} events, 20,000 groups / 40 groups": Target(at_most=1.2) for events in EVENTS}

_OTHERS = """
insert into wedsync_data.subscription_groups
    (node, identity, topic, scope, tables, couple_id, principals, readable, is_private, is_service, bindings)
select g.node, md5(n::text)::uuid, 'core_fields_' || n, g.scope, g.tables, md5(n::text)::uuid, g.principals, g.readable,
    g.is_private, g.is_service, g.bindings
from (select * from wedsync_data.subscription_groups where node = %s limit 1) as g cross join generate_series(1, %s) as n
"""
_POLL = "select kind, group_id, couple_id, seq, payload, for_node, xid, age from wedsync_internal.next_frames($1, $2)"


def make_node(connection: Connection) -> UUID:
    """A node with a group for each wedding."""
    node = uuid4()
    connection.execute("select wedsync_internal.register_node(%s, 'bench', 1, false, null, null)", (node,))
    for number in range(1, WEDDINGS + 1):
        couple = wedding_id(number)
        row = connection.execute(
            "select wedsync_internal.join_topic(%s, %s, %s, null)", (node, claims(couple), f"core_fields_{couple}")
        ).fetchone()
        assert row is not None
        assert row[0]["ok"], row[0]
    return node


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__, rounds=11, each=60)
    report = Report("poll", TARGETS)
    with (
        stage(options.settings, options.programs) as dsn,
        closing(connect(dsn)) as connection,
        closing(connect(dsn)) as reader,
    ):
        load_weddings(connection, 200)
        nodes = {"40 groups": make_node(connection), "20,000 groups": make_node(connection)}
        connection.execute(_OTHERS, (nodes["20,000 groups"], OTHERS))
        connection.execute("analyze")
        session = Session(reader)
        poll = session.prepare(_POLL)
        variants = {}

        def run(given: list[bytes], _number: int) -> None:
            session.run(poll, given)

        for events, (name, node) in product(EVENTS, nodes.items()):
            row = connection.execute("select pg_current_snapshot()::text").fetchone()
            assert row is not None
            for number in range(1, events + 1):
                connection.execute(
                    "update wedsync_data.core_fields set partner2_name = %s where couple_id = %s",
                    (f"James {events} {number} {name}", wedding_id(number)),
                )
            until = connection.execute("select pg_current_snapshot()::text").fetchone()
            assert until is not None
            # a finished page: each of these polls ends where its own events end
            cursor = f"{row[0]}/{until[0]}/e/-1"
            variants[f"{events} events, {name}"] = partial(run, [str(node).encode(), cursor.encode()])
        found = interleaved(variants, [session.pid], rounds=options.rounds, each=options.each)
        report.add_all(found)
        for events in EVENTS:
            many, few = (f"{events} events, {name}" for name in ("20,000 groups", "40 groups"))
            report.compare(many, few, by="wall", called=f"{many} / 40 groups")
        report.machine = machine(connection, options.settings)
    for name, rounds in found.items():
        events = int(name.split()[0])
        report.results[name]["cpu_us_per_event"] = round(sorted(rounds.cpu_us)[len(rounds.cpu_us) // 2] / events, 1)
    report.notes.append("one frame per event; cpu_us is processor time of the server process for a whole poll")
    report.show(options)


if __name__ == "__main__":
    main()
