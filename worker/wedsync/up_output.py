"""What `wedsync up` and the guest-count story print for people."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

from rich.markup import escape

from wedsync.cli_output import made_table, out
from wedsync.demo_wedding import EMMA, SUPPLIERS, DemoWedding
from wedsync.dev_tokens import sign
from wedsync.supervisor import Addresses

_CATERER = next(supplier for supplier in SUPPLIERS if supplier.category == "caterer")


def print_what_to_try(
    dsn: str, programs: Path, wedding: DemoWedding, secret: str, secret_file: Path, addresses: Addresses
) -> None:
    """Commands to paste, made for what is running."""
    psql = "psql" if shutil.which("psql") else str(programs / "psql")
    claims = json.dumps({"sub": str(EMMA), "role": "authenticated"})
    patch = json.dumps({"wedding.guestCount.adults": 110, "wedding.guestCount.children": 10})
    change = (
        f"begin; select set_config('request.jwt.claims', '{claims}', true); set local role authenticated; "
        f"select wedsync.update_core_fields('{wedding.couple_id}', '{patch}', reason => 'twenty cousins said yes'); commit;"
    )
    caterer = sign(secret, str(_CATERER.user), seconds=30 * 86400)
    topic = f"core_fields_{wedding.couple_id}"
    commands = (
        (
            "listen as the caterer, in a second terminal",
            f"python -m wedsync.socket_client {addresses.socket_url} {topic} {caterer}",
        ),
        ("change the guest count as Emma, in a third", f"{psql} {shlex.quote(dsn)} -c {shlex.quote(change)}"),
        ("look around", f"{psql} {shlex.quote(dsn)}"),
        ("a token for Emma", f"WEDSYNC_JWT_SECRET_FILE={shlex.quote(str(secret_file))} wedsync token --sub {EMMA}"),
        ("is everything well?", f"WEDSYNC_DSN={shlex.quote(dsn)} wedsync doctor"),
        ("the whole story by itself", "wedsync demo"),
    )
    out.print(
        f"\n[bold green]WedSync is up[/]: Emma & James and {len(SUPPLIERS)} suppliers, 100 guests. Ctrl-C ends it.\n"
    )
    out.print(f"  [bold]{addresses.http_url}/[/]   health, metrics\n  [bold]{addresses.socket_url}[/]   sockets\n")
    for what, command in commands:
        out.print(f"[dim]# {what}[/]")
        out.print(command, markup=False)
        out.print()


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
        deaf.add_row(f"[dim]-[/] {escape(each['name'])}", each["kind"], escape(each["reason"] or ""))
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
