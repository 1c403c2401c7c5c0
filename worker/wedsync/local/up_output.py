"""The output of `wedsync up` and the stories."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from rich.markup import escape

from wedsync.cli_output import made_table, out
from wedsync.local.demo_wedding import EMMA, SUPPLIERS, DemoWedding
from wedsync.local.dev_tokens import sign
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.embedded_cluster import SUPERUSER
from wedsync.local.postgrest import Rest, how_to_install
from wedsync.processes.supervisor import Addresses


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret that tokens are signed with, and its file."""

    secret: str
    file: Path


_CATERER = next(supplier for supplier in SUPPLIERS if supplier.category == "caterer")


def print_what_to_try(
    server: EmbeddedServer,
    database: str,
    wedding: DemoWedding,
    keys: Keys,
    at: Addresses,
    rest: Rest,
    origin: str | None,
    *,
    page: bool,
) -> None:
    """Commands to paste in any directory, for the running servers; `page` is the address of the demo page.

    origin: the address for supabase-js, if PostgREST is running.
    """
    python = shlex.quote(sys.executable)
    running = server.running
    parameters = shlex.quote(
        make_conninfo(host=str(running.socket_directory), port=running.port, user=SUPERUSER, dbname=database)
    )
    psql = f"{'psql' if shutil.which('psql') else shlex.quote(str(server.programs / 'psql'))} {parameters}"
    claims = json.dumps({"sub": str(EMMA), "role": "authenticated"})
    # Twenty more than the current number, because setting the same number would not be a change.
    change = (
        f"{psql} -q <<'SQL'\nbegin;\nset local request.jwt.claims = '{claims}';\nset local role authenticated;\n"
        "select wedsync.update_core_fields(couple_id,\n"
        "    jsonb_build_object('wedding.guestCount.adults', (guest_count ->> 'adults')::int + 20),\n"
        "    reason => 'twenty cousins said yes') -> 'message' as message\nfrom wedsync.core_fields;\ncommit;\nSQL"
    )
    caterer = sign(keys.secret, str(_CATERER.user), seconds=30 * 86400)
    listen = (
        f"{python} -m wedsync.local.socket_client {at.socket_url}/websocket core_fields_{wedding.couple_id} {caterer}"
    )
    secret = f"WEDSYNC_JWT_SECRET_FILE={shlex.quote(str(keys.file.absolute()))}"
    commands = (
        ("listen as the caterer, in a second terminal", listen),
        ("change the guest count as Emma, in a third one", change),
        ("look around", psql),
        ("a token for Emma", f"{secret} {python} -m wedsync token --sub {EMMA}"),
        ("check the installation", f"{secret} WEDSYNC_DSN={parameters} {python} -m wedsync doctor"),
        (
            "for the commands in the guides: psql, wedsync and tokens for this demo",
            _environment(server, database, keys),
        ),
        *over_http(rest, origin, keys),
        ("play the stories", f"WEDSYNC_DATA_DIR={shlex.quote(str(server.home))} {python} -m wedsync demo"),
    )
    people = f"Emma & James and {len(SUPPLIERS)} suppliers"
    out.print(f"\n[bold green]WedSync is up[/]: {people}. Press Ctrl-C to stop it.\n")
    if not page:
        out.print("  [dim]no demo page, because it is served on loopback addresses only[/]")
    addresses = {
        **({f"{at.http_url}/demo": "demo page: open it in two windows, as two users"} if page else {}),
        f"{at.http_url}/": "health, metrics, dashboard",
        at.socket_url: "sockets",
        **(
            {rest.url: "PostgREST", origin: "PostgREST and sockets at one address, for supabase-js"}
            if origin is not None
            else {}
        ),
    }
    width = max(map(len, addresses))
    for address, what in addresses.items():
        out.print(f"  [bold]{address}[/]{' ' * (width - len(address))}   {what}")
    out.print()
    for what, command in commands:
        out.print(f"[dim]# {escape(what)}[/]")
        out.print(command.rstrip(), markup=False)
        out.print()


def _environment(server: EmbeddedServer, database: str, keys: Keys) -> str:
    """Shell variables with which psql and `wedsync` use this database and its secret."""
    running = server.running
    values = {
        "PGHOST": running.socket_directory,
        "PGPORT": running.port,
        "PGUSER": SUPERUSER,
        "PGDATABASE": database,
        "WEDSYNC_DSN": make_conninfo(
            host=str(running.socket_directory), port=running.port, user=SUPERUSER, dbname=database
        ),
        "WEDSYNC_JWT_SECRET_FILE": keys.file.absolute(),
    }
    # The server's own programs first: an older pg_dump refuses this server.
    programs = [Path(sys.executable).parent, server.programs]
    path = ":".join(shlex.quote(str(place)) for place in programs)
    return " ".join(
        ["export", f'PATH={path}:"$PATH"', *(f"{name}={shlex.quote(str(v))}" for name, v in values.items())]
    )


def over_http(rest: Rest, origin: str | None, keys: Keys) -> Iterator[tuple[str, str]]:
    """The configuration of PostgREST, and how to create a supabase-js client for it."""
    if origin is None:
        yield (
            f"PostgREST configuration for this database; up runs it once it is installed: {how_to_install()}",
            rest.settings,
        )
        return
    yield f"PostgREST configuration for this database, currently in use ({rest.file})", rest.settings
    anon = sign(keys.secret, None, role="anon", seconds=3650 * 86400)
    emma = sign(keys.secret, str(EMMA), seconds=30 * 86400)
    yield (
        "supabase-js, as Emma",
        f"const supabase = createClient({json.dumps(origin)}, {json.dumps(anon)},\n"
        f'    {{ db: {{ schema: "wedsync" }}, accessToken: async () => {json.dumps(emma)} }});',
    )


def print_story(told: dict[str, Any]) -> None:
    """The story, formatted for a terminal."""
    before, after, times = told["before"], told["after"], told["milliseconds"]
    out.print(
        f"\n[bold]Emma changed the guest count from {before['total']} to {after['total']}[/]"
        f" (adults {before['adults']} → {after['adults']}, children {before['children']} → {after['children']})"
    )
    out.print(f"[dim]{', '.join(told['changed'])}; version {told['version']}[/]\n")
    heard = made_table("received it", "", "ms after commit")
    for each in sorted(told["heard"], key=lambda each: each["milliseconds"]):
        heard.add_row(f"[green]✓[/] {escape(each['name'])}", each["kind"], f"{each['milliseconds']:.1f}")
    out.print(heard)
    out.print()
    deaf = made_table("did not", "", "why")
    for each in told["not_heard"]:
        how = "refused: " if each["refusal"] else ""
        deaf.add_row(f"[dim]-[/] {escape(each['name'])}", each["kind"], escape(f"{how}{each['reason']}"))
    out.print(deaf)
    out.print()
    audit = made_table("audit", "was", "is", "by", "reason")
    for row in told["audit"]:
        by = (row["changed_by"] or {}).get("name") or "?"
        audit.add_row(
            row["field"],
            json.dumps(row["old_value"]),
            json.dumps(row["new_value"]),
            escape(by),
            escape(row["reason"] or ""),
        )
    out.print(audit)
    out.print(
        f"\n[bold]{len(told['heard'])}[/] received it, the first after {times['first']:.1f} ms, "
        f"the last after {times['last']:.1f} ms; {len(told['not_heard'])} did not.\n"
    )
    _print_others(told["stories"])


def _print_others(stories: dict[str, Any]) -> None:
    rsvp, task, outage = stories["rsvp"], stories["task"], stories["outage"]
    couple, kitchen, answer = rsvp["couple_heard"], rsvp["kitchen_heard"], task["couple_heard"]
    out.print(f"[bold]{rsvp['guest']} replied without a login, and named an allergy[/]")
    out.print(f"  {kitchen['milliseconds']:.0f} ms later, {escape(kitchen['name'])}: {escape(kitchen['message'])}")
    out.print(f"  {couple['milliseconds']:.0f} ms later, Emma: {escape(couple['message'])}")
    out.print(f"  [dim]the kitchen counts {rsvp['guests_after']} guests, and sees neither names nor the budget[/]\n")
    out.print(f"[bold]{task['helper']} was handed a task by link: {escape(task['task'])}[/]")
    out.print(f"  she has no login, saw this task only, and {task['answer']} it: {escape(task['note'])}")
    out.print(f"  {answer['milliseconds']:.0f} ms later, Emma: {escape(answer['message'])}")
    out.print(f"  [dim]refused without a login: {', '.join(task['refused'])}[/]\n")
    if "left_out" in outage:
        out.print(f"[bold]The outage of the mail server was left out[/]: {escape(outage['left_out'])}\n")
        return
    opened, closed = outage["opened_after_seconds"], outage["closed_after_seconds"]
    out.print("[bold]The mail server went down[/]")
    out.print(f"  after {outage['failed_calls']} failed calls, {opened:.1f} s, the circuit breaker opened")
    out.print(f"  {outage['waited']} mails waited; the server was called {outage['calls_while_open']} times meanwhile")
    out.print(
        f"  it came back: the breaker closed after {closed:.1f} s, {outage['arrived']} mails arrived, each once\n"
    )
