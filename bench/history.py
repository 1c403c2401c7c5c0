"""The cost of a growing log: history, a write and catching up, with 10,000 and 1,000,000 events in the log.

Two interleaved databases of one server contain the same weddings; the log of the larger one is a hundred times as long, over
six days, and so is its audit trail; the measured wedding has a hundredth of it in both. `fetch`: the last 100 events through
`event_history`. `write`: a change with its audit row and its event. `catch_up`: `missed_frames` for a channel that missed
50 events of its wedding, while 50 times as many happened elsewhere.
"""

from __future__ import annotations

import time
from contextlib import closing
from uuid import uuid4

from _load import ID, load_weddings, wedding_id
from _report import Report, Target, arguments
from _rounds import Envelope, Session, interleaved
from _stage import claims, machine, stage

from wedsync.install.database import Connection, connect
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree

WEDDINGS = 100
DAYS = 6
MISSED = 50

TARGETS = {f"{name}, long log / short log": Target(at_most=1.2) for name in ("fetch", "write", "catch_up")}

# The rows that the triggers would have written, spread over the previous days.
_LOG = """
select wedsync_internal.make_partition(t.name, now() - d * interval '1 day')
from generate_series(0, {days}) as d cross join (values ('events'), ('audit_log')) as t (name);
insert into wedsync_data.events (
    couple_id, seq, topic, event_type, table_name, op, right_nos, paths, changes, record, old_record,
    actor_id, actor_type, created_at
)
    select
        {id}, s, 'core_fields_' || {id}, 'core_fields_updated', 'core_fields', 'UPDATE', '{{3}}', '{{couple.partner2.name}}',
        jsonb_build_object('couple.partner2.name', 'James ' || s),
        jsonb_build_object('id', {id}, 'partner1_name', 'Emma', 'partner2_name', 'James ' || s, 'version_number', s),
        jsonb_build_object('partner2_name', 'James ' || (s - 1)), {id}, 'couple',
        now() - interval '{days} days' + s * (interval '{days} days' / {each})
    from generate_series(1, {each}) as s cross join generate_series(1, {weddings}) as n;
insert into wedsync_data.audit_log (
    couple_id, chain_no, id, table_name, change_type, right_no, path, old_value, new_value, actor_id, actor_type,
    version_before, version_after, changed_at, salt, digest, chain_hash
)
    select
        {id}, s, s * 1000000 + 1, 'core_fields', 'update', 3, 'couple.partner2.name',
        to_jsonb('James ' || (s - 1)), to_jsonb('James ' || s),
        {id}, 'couple',
        s, s + 1, now() - interval '{days} days' + s * (interval '{days} days' / {each}), gen_random_uuid(),
        sha256(int4send(s)), sha256(int4send(s))
    from generate_series(1, {each}) as s cross join generate_series(1, {weddings}) as n;
update wedsync_data.wedding_clocks set seq = {each}, chain_no = {each}, version = {each};
"""


def fill(connection: Connection, events: int) -> None:
    """A log of that many events, all triggers off while it is loaded."""
    load_weddings(connection, WEDDINGS)
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        connection.execute(_LOG.format(id=ID.format(n="n"), each=events // WEDDINGS, weddings=WEDDINGS, days=DAYS))
    connection.execute("vacuum analyze")


def go_away(connection: Connection) -> tuple[int, str]:
    """A channel of the first wedding whose client missed something: subscription and position."""
    node = uuid4()
    _one(connection, "select wedsync_internal.register_node(%s, 'bench', 1)", node)
    couple = wedding_id(1)
    answer = _one(
        connection,
        "select wedsync_internal.join_topic(%s, %s, %s, null)",
        node,
        claims(couple),
        f"core_fields_{couple}",
    )
    if not isinstance(answer, dict) or not answer["ok"]:
        raise RuntimeError(f"the join was refused: {answer}")
    position = str(_one(connection, "select pg_current_snapshot()::text"))
    for number in range(MISSED):
        for wedding in (1, *range(2, 52)):
            connection.execute(
                "update wedsync_data.core_fields set partner1_name = %s where couple_id = %s",
                (f"Emma {number}", wedding_id(wedding)),
            )
    connection.execute("analyze wedsync_data.events")
    found = _one(
        connection, "select count(*) from wedsync_internal.missed_frames(%s, %s)", answer["subscription_id"], position
    )
    if found != MISSED:
        raise RuntimeError(f"{found} missed frames were found instead of {MISSED}")
    return int(answer["subscription_id"]), position


def _one(connection: Connection, text: str, *parameters: object) -> object:
    row = connection.execute(text, parameters).fetchone()
    return row[0] if row else None


def variants(connection: Connection, subscription: int, position: str) -> tuple[Session, dict[str, Envelope]]:
    """The measured statements, in one session of that database."""
    session, couple = Session(connection), wedding_id(1)
    after = _one(
        connection, "select greatest(0, seq - 100) from wedsync_data.wedding_clocks where couple_id = %s", couple
    )
    mine = claims(couple)
    texts = {
        "fetch": (f"select count(*) from wedsync.event_history('{couple}', {after} + 0 * $1::bigint, 100)", "authenticated"),
        "write": (
            f"update wedsync_data.core_fields set partner2_name = 'James ' || $1 where couple_id = '{wedding_id(99)}'",
            "service_role",
        ),
        "catch_up": (
            f"select count(*) from wedsync_internal.missed_frames({subscription} + 0 * $1::bigint, '{position}')",
            "wedsync_worker",
        ),
    }  # fmt: skip
    return session, {name: Envelope(session, text, role=role, claims=mine) for name, (text, role) in texts.items()}


def main() -> None:
    """Measure and report."""
    options = arguments(
        __doc__,
        rounds=15,
        each=20,
        numbers={"events": (10_000, "events in the short log; the long one has 100 times that")},
    )
    report = Report("history", TARGETS)
    short = options.numbers["events"]
    with stage(options.settings, options.programs) as dsn, closing(connect(dsn)) as first:
        first.execute("create database long_log")
        other = dsn.replace("/postgres?", "/long_log?")
        migrate(other, load_tree())
        with closing(connect(other)) as second:
            second.execute("update wedsync_data.rate_limits set max_requests = 1000000000")
            found: dict[str, Envelope] = {}
            pids = []
            for name, connection, events in (("short log", first, short), ("long log", second, short * 100)):
                started = time.monotonic()
                fill(connection, events)
                subscription, position = go_away(connection)
                session, each = variants(connection, subscription, position)
                pids.append(session.pid)
                found |= {f"{what}, {name}": run for what, run in each.items()}
                report.notes.append(
                    f"{name}: {events:,} events and as many audit rows, loaded in {time.monotonic() - started:.0f} s"
                )
            ordered = {
                name: found[name] for what in ("fetch", "write", "catch_up") for name in found if name.startswith(what)
            }
            report.add_all(interleaved(ordered, pids, rounds=options.rounds, each=options.each))
            for what in ("fetch", "write", "catch_up"):
                report.compare(
                    f"{what}, long log", f"{what}, short log", by="wall", called=f"{what}, long log / short log"
                )
            report.machine = machine(first, options.settings)
    report.show(options)


if __name__ == "__main__":
    main()
