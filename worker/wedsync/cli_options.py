"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Dsn = Annotated[
    str | None, typer.Option("--dsn", help="Connection string; by default WEDSYNC_DSN.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
OnWeddingDay = Annotated[bool, typer.Option("--allow-on-wedding-day", help="Proceed although it is a wedding day.")]
