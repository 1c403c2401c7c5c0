"""A copy of the project in which files may be broken, and its tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PASSED, FAILED = 0, 1
"""Exit codes of pytest."""
_SHARED = (".venv", "worker/tests/clients/js/node_modules")
_SECONDS = 900


def copy_tree(target: Path) -> Path:
    """Copy what git knows and does not ignore; what is installed is shared."""
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    for name in _SHARED:
        if (ROOT / name).exists():
            (target / name).symlink_to(ROOT / name)
    return target


def environment(tree: Path) -> dict[str, str]:
    """Variables with which Python takes the package from the copy."""
    return {**os.environ, "PYTHONPATH": str(tree / "worker"), "PYTHONDONTWRITEBYTECODE": "1"}


def test_command(tests: Iterable[str]) -> list[str]:
    """pytest for these files or folders, ending at the first failure."""
    return [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *tests]


def run_tests(tree: Path, tests: Iterable[str]) -> tuple[int, str]:
    """pytest's exit code and the end of its output."""
    try:
        done = subprocess.run(
            test_command(tests),
            cwd=tree,
            env=environment(tree),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return FAILED, f"the tests had not ended after {_SECONDS} seconds"
    return done.returncode, "\n".join((done.stdout + done.stderr).splitlines()[-15:])
