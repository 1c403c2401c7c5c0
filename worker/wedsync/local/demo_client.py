"""The stock realtime client for the demo page: found where npm installed it, served unchanged, and not part of WedSync."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "@supabase/realtime-js"
_OWN_PLACE = Path(sys.prefix) / "js"


@dataclass(frozen=True, slots=True)
class StockClient:
    """The client and what it imports; `entries` maps the name of each package to its module, relative to `root`."""

    root: Path
    entries: dict[str, str]

    def import_map(self, prefix: str) -> dict[str, dict[str, str]]:
        """How a browser finds the packages when the files of `root` are served below `prefix`."""
        return {"imports": {name: f"{prefix}/{path}" for name, path in self.entries.items()}}

    def file(self, path: str) -> Path | None:
        """The script that `path` names, as browsers ask for it: imports inside of the packages leave out `.js`."""
        if not any(path.startswith(f"{name}/") for name in self.entries):
            return None
        for candidate in (path, f"{path}.js"):
            try:
                found = (self.root / candidate).resolve()
                if found.suffix in {".js", ".mjs"} and found.is_relative_to(self.root) and found.is_file():
                    return found
            except (OSError, ValueError):
                # Not a valid file name.
                return None
        return None


def how_to_install() -> str:
    """The command that installs the client where `find_client` looks."""
    return f"npm install --prefix {shlex.quote(str(_OWN_PLACE))} {PACKAGE}"


def find_client(start: Path) -> StockClient | None:
    """The client in `node_modules` of `start` or above it, of this environment, or of a checkout's client tests."""
    checkout = Path(__file__).resolve().parents[2] / "tests" / "clients" / "js"
    for place in (start, *start.parents, _OWN_PLACE, checkout):
        root = (place / "node_modules").resolve()
        entries: dict[str, str] = {}
        _collect(root, PACKAGE, entries)
        if PACKAGE in entries:
            return StockClient(root, entries)
    return None


def _collect(root: Path, name: str, entries: dict[str, str]) -> None:
    """Add a package and those it depends on, as far as they are installed and have a module for browsers."""
    if name in entries:
        return
    try:
        description = json.loads((root / name / "package.json").read_text(encoding="utf-8"))
        module = Path(name, str(description["module"])).as_posix()
    except (OSError, ValueError, KeyError, TypeError):
        # Not installed, or only types.
        return
    entries[name] = module
    for needed in description.get("dependencies", {}):
        _collect(root, needed, entries)
