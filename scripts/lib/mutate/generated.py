"""Generated mutations of a Python module: operators, numbers and decisions, by cosmic-ray.

For pure modules with fast tests, because every mutation requires a test run.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

from mutate.tree import PASSED, copy_tree, environment, run_tests, test_command
from rich.console import Console
from rich.progress import Progress

_CONFIGURATION = """
[cosmic-ray]
module-path = {module}
timeout = {timeout}
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"
"""


def run_generated(home: Path, module: str, tests: list[str], console: Console, columns: tuple[object, ...]) -> int:
    """Apply all mutations of cosmic-ray to a module or package; returns 1 if a mutation survived."""
    # here, so that the lists can be run without it
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import TestOutcome

    tree = copy_tree(home / "0")
    began = time.monotonic()
    code, output = run_tests(tree, tests)
    if code != PASSED:
        raise SystemExit(f"the tests do not pass while nothing is broken:\n{output}")
    timeout = 10.0 + 5 * (time.monotonic() - began)
    configuration, session = home / "mutate.toml", home / "session.sqlite"
    command = shlex.join(test_command(tests))
    configuration.write_text(
        _CONFIGURATION.format(module=json.dumps(module), timeout=timeout, command=json.dumps(command)), encoding="utf-8"
    )
    program = [sys.executable, "-m", "cosmic_ray.cli"]
    subprocess.run([*program, "init", configuration, session], cwd=tree, env=environment(tree), check=True)
    with use_db(str(session), WorkDB.Mode.open) as database:
        total = database.num_work_items
    with (
        Progress(*columns, console=console) as bar,  # type: ignore[arg-type]
        subprocess.Popen([*program, "exec", configuration, session], cwd=tree, env=environment(tree)) as running,
    ):
        task = bar.add_task(module, total=total)
        while running.poll() is None:
            time.sleep(1)
            with use_db(str(session), WorkDB.Mode.open) as database:
                bar.update(task, completed=database.num_results)
    with use_db(str(session), WorkDB.Mode.open) as database:
        results = list(database.completed_work_items)
    survived = [result for _, result in results if result.test_outcome == TestOutcome.SURVIVED]
    for result in survived:
        console.print(result.diff or "", markup=False, soft_wrap=True)
    share = f" ({1 - len(survived) / len(results):.0%})" if results else ""
    console.print(f"{len(results) - len(survived)} killed{share}, {len(survived)} survived, of {total}")
    return 1 if survived or len(results) < total else 0
