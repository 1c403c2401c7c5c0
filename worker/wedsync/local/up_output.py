"""What `wedsync up` and the guest-count story print for people."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape

from wedsync.cli_output import made_table, out
from wedsync.daemon.supervisor import Addresses
from wedsync.local.demo_wedding import EMMA, SUPPLIERS, DemoWedding
from wedsync.local.dev_tokens import sign
from wedsync.local.embedded import SUPERUSER, EmbeddedServer


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret that tokens are signed with, and the file that holds it."""

    secret: str
    file: Path


_CATERER = next(supplier for supplier in SUPPLIERS if supplier.category == "caterer")


def print_what_to_try(
    server: EmbeddedServer, database: str, wedding: DemoWedding, keys: Keys, at: Addresses, *, page: bool
) -> None:
    """Commands to paste, made for what is running; with `page` the address of the demo page."""
    python = shlex.quote(_short(Path(sys.executable)))
    running = server.running
    parameters = f"host={running.socket_directory} port={running.port} user={SUPERUSER} dbname={database}"
    psql = f'{"psql" if shutil.which("psql") else shlex.quote(str(server.programs / "psql"))} "{parameters}"'
    claims = json.dumps({"sub": str(EMMA), "role": "authenticated"})
    # Twenty more than there are: a number that is there already would change nothing, and nobody would hear of it.
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
    secret = f"WEDSYNC_JWT_SECRET_FILE={shlex.quote(_short(keys.file))}"
    commands = (
        ("listen as the caterer, in a second terminal", listen),
        ("change the guest count as Emma, in a third", change),
        ("look around", psql),
        ("a token for Emma", f"{secret} {python} -m wedsync token --sub {EMMA}"),
        ("is everything well?", f'{secret} WEDSYNC_DSN="{parameters}" {python} -m wedsync doctor'),
        ("for the commands of the guides: psql, wedsync and tokens of this demo", _environment(server, database, keys)),
        ("the whole story by itself", f"{python} -m wedsync demo"),
    )
    people = f"Emma & James and {len(SUPPLIERS)} suppliers"
    out.print(f"\n[bold green]WedSync is up[/]: {people}. Ctrl-C ends it.\n")
    if page:
        out.print(f"  [bold]{at.http_url}/demo[/]   the demo page: open it in two windows, as two people")
    else:
        out.print("  [dim]no demo page: it is served on loopback addresses only[/]")
    out.print(f"  [bold]{at.http_url}/[/]   health, metrics\n  [bold]{at.socket_url}[/]   sockets\n")
    for what, command in commands:
        out.print(f"[dim]# {what}[/]")
        out.print(command, markup=False)
        out.print()


def _environment(server: EmbeddedServer, database: str, keys: Keys) -> str:
    """What a shell needs so that psql and `wedsync token` find this database and its secret."""
    running = server.running
    values = {
        "PGHOST": running.socket_directory,
        "PGPORT": running.port,
        "PGUSER": SUPERUSER,
        "PGDATABASE": database,
        "WEDSYNC_JWT_SECRET_FILE": keys.file.absolute(),
    }
    programs = [Path(sys.executable).parent, *([] if shutil.which("psql") else [server.programs])]
    path = ":".join(shlex.quote(str(place)) for place in programs)
    return " ".join(
        ["export", f'PATH={path}:"$PATH"', *(f"{name}={shlex.quote(str(v))}" for name, v in values.items())]
    )


def _short(path: Path) -> str:
    """The path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def print_story(told: dict[str, Any]) -> None:
    """The story as told, for a terminal."""
    before, after, times = told["before"], told["after"], told["milliseconds"]
    out.print(
        f"\n[bold]Emma changed the guest count from {before['total']} to {after['total']}[/]"
        f" (adults {before['adults']} → {after['adults']}, children {before['children']} → {after['children']})"
    )
    out.print(f"[dim]{', '.join(told['changed'])}; version {told['version']}[/]\n")
    heard = made_table("heard it", "", "ms after commit")
    for each in sorted(told["heard"], key=lambda each: each["milliseconds"]):
        heard.add_row(f"[green]✓[/] {escape(each['name'])}", each["kind"], f"{each['milliseconds']:.1f}")
    out.print(heard)
    out.print()
    deaf = made_table("did not", "", "why")
    for each in told["not_heard"]:
        how = "not let in: " if each["refusal"] else ""
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
        f"\n[bold]{len(told['heard'])}[/] heard it, the first after {times['first']:.1f} ms, "
        f"the last after {times['last']:.1f} ms; {len(told['not_heard'])} did not.\n"
    )
