"""Run the command `wedsync` as a process, as its users do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


def wedsync(
    *arguments: str, dsn: str | None = None, cwd: Path | None = None, timeout: float = 120, **settings: str
) -> Ran:
    """Run it with exactly these WEDSYNC_* settings (without prefix, lower case)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEDSYNC_")}
    environment |= {f"WEDSYNC_{name.upper()}": value for name, value in settings.items()}
    environment["COLUMNS"] = "200"
    if dsn is not None:
        environment["WEDSYNC_DSN"] = dsn
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "wedsync", *arguments],
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
