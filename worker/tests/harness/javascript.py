"""The stock JavaScript client as a process."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness.worker import ScriptedClient

CURRENT = "@supabase/realtime-js"
WITH_GHOSTS = "realtime-js-2.109"
"""A release that shows people for ever once their metas have changed, unless it is given the state again."""
BEFORE_2_90 = "realtime-js-2.89"
"""The last release that speaks version 1 unless it is told otherwise."""

SCRIPTS = Path(__file__).parents[1] / "clients" / "js"
PACKAGES = SCRIPTS / "node_modules"
_SCRIPT = SCRIPTS / "listen.mjs"


@asynccontextmanager
async def javascript_client(package: str = CURRENT) -> AsyncIterator[ScriptedClient]:
    """A client of that package; skips where it is not installed."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not any((folder / "node_modules" / package).exists() for folder in _SCRIPT.parents):
        pytest.skip(f"{package} is not installed in worker/tests/clients/js")
    process = await asyncio.create_subprocess_exec(
        "node", "--no-warnings", str(_SCRIPT), package,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**22,
    )  # fmt: skip
    try:
        yield ScriptedClient(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def chromium() -> str:
    """The browser; skips where it or what drives it is missing."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed; ./scripts/test installs it on Debian, as root")
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    for package in ("axe-core", "playwright-core", "@supabase/realtime-js"):
        if not (PACKAGES / package).exists():
            pytest.skip(f"{package} is not installed in worker/tests/clients/js; ./scripts/test installs it")
    return found
