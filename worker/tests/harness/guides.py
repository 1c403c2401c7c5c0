"""Runs the commands and snippets of a Markdown document, in order, against a real database, PostgREST and worker.

The first words after the fence say what happens to a block:
    sql run            statements for one psql session that lasts through the document
    sql run fails=CODE the same, and exactly one error with that SQLSTATE comes
    sh run             a bash script in the root of the checkout; variables it sets are there in later ones
    js run, python run a program of its own, with those variables in its environment that were exported
    go run             the same; where Go is not installed, neither it nor the output after it is looked at
    ini postgrest      a configuration that PostgREST must understand
    yaml prometheus    a configuration that promtool must understand, where it is there
    sh service         installs into the machine; worker/tests/integration/test_service.py runs it on one of its own
    sh self            commands that cannot be run from within a test; `SELF` says which and why
    text               output of the block before: each line, split at …, must be found in it
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from psycopg.conninfo import conninfo_to_dict

from harness.database import Database
from harness.ports import free_port
from harness.postgrest import PROGRAM as POSTGREST
from harness.tokens import SECRET
from wedsync.settings import PUBLISHED_SECRETS

ROOT = Path(__file__).parents[3]
JS = ROOT / "worker/tests/clients/js"
SELF = {
    "./scripts/up": "runs until Ctrl-C; worker/tests/integration/up runs the same command",
    "./scripts/test": "is what runs this test",
    "./scripts/lint": "takes minutes; it is a step of its own beside the tests",
    "./scripts/lint --fix": "rewrites files",
    "./scripts/docs": "rewrites files; test_documents compares what it would write",
    "./scripts/mutate": "takes hours; worker/tests/unit/test_mutations.py shows that its lists fit the code",
    "./scripts/mutate --match revoke_access --jobs 2": "the same, for some of them",
    "wedsync worker": "runs until Ctrl-C; worker/tests/integration/test_supervisor.py runs it",
}
_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = 120.0


@dataclass(frozen=True)
class Block:
    """A fenced block: its words after the fence, its text, and the line it begins at."""

    words: tuple[str, ...]
    text: str
    line: int


def blocks(document: str) -> list[Block]:
    """All fenced blocks."""
    return [
        Block(tuple(found["info"].split()), found["body"], document.count("\n", 0, found.start()) + 1)
        for found in _FENCE.finditer(document)
    ]


class Failed(AssertionError):
    """A block did not do what the document says."""


@dataclass
class Stage:
    """Where the blocks of one document run. `places` replaces the addresses of the document by the real ones."""

    database: Database
    home: Path
    places: Mapping[str, str]
    environment: dict[str, str] = field(init=False)
    output: str | None = ""
    """Of the block before; None if it was not run."""

    def __post_init__(self) -> None:
        # PYTEST_XDIST_WORKER would make a pytest that a guide runs believe that it is one of our workers.
        ours = ("WEDSYNC_", "PG", "PYTEST_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        where = conninfo_to_dict(self.database.dsn)
        self.environment = {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}:{self.database.server.programs}:{os.environ['PATH']}",
            "PGHOST": str(where["host"]),
            "PGPORT": str(where["port"]),
            "PGUSER": str(where["user"]),
            "PGDATABASE": str(where["dbname"]),
            "COLUMNS": "200",
            # It takes its port even to show its configuration.
            "PGRST_SERVER_PORT": str(free_port()),
        }

    def run(self, block: Block, psql: Psql) -> None:
        """Do what the block says; raises Failed."""
        text = block.text
        for there, here in self.places.items():
            text = text.replace(there, here)
        try:
            self._do(block.words, text, psql)
        except Failed as failure:
            raise Failed(f"line {block.line}: {failure}\n{block.text}") from None

    def _do(self, words: tuple[str, ...], text: str, psql: Psql) -> None:
        match words:
            case ("sql", "run", *more):
                self.output = psql.run(text, more[0].removeprefix("fails=") if more else None)
            case ("sh", "run"):
                self.output = self._shell(text)
            case ("js", "run"):
                self.output = self._program(text, JS, ".mjs", "node")
            case ("python", "run"):
                self.output = self._program(text, self.home, ".py", sys.executable)
            case ("go", "run"):
                self.output = self._program(text, self.home, ".go", "go", "run") if shutil.which("go") else None
            case ("ini", "postgrest"):
                self.output = self._program(text, self.home, ".conf", str(POSTGREST), "--dump-config")
            case ("text",) | ("json",):
                self._compare(text)
            case ("yaml", "prometheus"):
                self._check_prometheus(text)
            case ("sh", "service"):
                pass
            case ("sh", "self"):
                _check_self(text)
            case _:
                raise Failed(f"nobody runs a block of kind {' '.join(words) or '(none)'!r}")

    def _shell(self, text: str) -> str:
        state = self.home / "state"
        state.touch()
        # All variables but those that bash keeps for itself; a terminal that a reader pastes into keeps them too.
        keep = (
            f"declare -p | grep -Ev '^declare -[a-zA-Z]*[raA]|^declare -[-a-zA-Z]+ (BASH|FUNC|_=|SHELLOPTS)' > {state}"
        )
        script = f"set -euo pipefail\nsource {state}\n{text}\n{keep}\n"
        return self._finished(["bash", "-c", script])

    def _program(self, text: str, place: Path, ending: str, *command: str) -> str:
        # Node looks for packages beside the file, not in the working directory.
        # Go ignores files that begin with a dot.
        path = place / f"{'' if ending == '.go' else '.'}guide-{os.getpid()}{ending}"
        path.write_text(text, encoding="utf-8")
        try:
            first, *options = command
            arguments = [first, *options, str(path)] if ending != ".conf" else [first, str(path), *options]
            with_state = f'source {self.home / "state"}; exec "$@"'
            (self.home / "state").touch()
            return self._finished(["bash", "-c", with_state, "bash", *arguments])
        finally:
            path.unlink()

    def _check_prometheus(self, text: str) -> None:
        if shutil.which("promtool") is None:
            return
        (self.home / "prometheus.yml").write_text(text, encoding="utf-8")
        shutil.copy(ROOT / "deploy/prometheus-alerts.yml", self.home)
        self._finished(["promtool", "check", "config", str(self.home / "prometheus.yml")])

    def _finished(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        if done.returncode:
            raise Failed(f"ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def _compare(self, text: str) -> None:
        if self.output is None:
            return
        for line in text.splitlines():
            for part in line.split("…"):
                if part.strip() and part.strip() not in self.output:
                    raise Failed(f"{part.strip()!r} is not in the output:\n{self.output}")


def _check_self(text: str) -> None:
    for line in text.splitlines():
        command = line.split("#")[0].strip()
        if command and command not in SELF:
            raise Failed(f"{command!r} is not among the commands that may go without a run")
        if command.startswith("./") and not os.access(ROOT / command.split()[0], os.X_OK):
            raise Failed(f"{command} is not there")


def unnamed_arguments(statements: str) -> list[str]:
    """Arguments without `name =>` in calls of functions of schema wedsync, each after the function's name."""
    found = []
    for call in re.finditer(r"wedsync\.(\w+)\(", statements):
        arguments = _arguments(statements[call.end() :])
        found += [f"{call[1]}: {argument}" for argument in arguments if not re.match(r"\w+ => ", argument)]
    return found


def _arguments(text: str) -> list[str]:
    """What stands between commas up to the closing bracket; quotes and brackets within are left whole."""
    depth, quote, parts = 0, "", [""]
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            if depth == 0:
                break
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


class Psql:
    """One psql session; each run returns what was printed since the last."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: Queue[str | None] = Queue()
        self._number = 0
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def run(self, text: str, fails: str | None) -> str:
        """Send statements; raises Failed unless exactly the error `fails` came, or none."""
        assert self._process.stdin is not None
        self._number += 1
        end = f"-- end of block {self._number} --"
        self._process.stdin.write(f"{text}\n\\echo '{end}'\n")
        self._process.stdin.flush()
        lines: list[str] = []
        try:
            while (line := self._lines.get(timeout=_SECONDS)) is not None and end not in line:
                lines.append(line)
        except Empty:
            raise Failed("psql does not answer") from None
        output = "".join(lines)
        errors = re.findall(r"ERROR:  (\w+):", output) + re.findall(r"^invalid command.*$", output, re.MULTILINE)
        if errors != ([fails] if fails else []):
            raise Failed(f"errors {errors}, expected {fails or 'none'}:\n{output}")
        return output


@contextmanager
def psql_session(stage: Stage) -> Iterator[Psql]:
    """A psql session in the stage's database, ended with the block."""
    process = subprocess.Popen(
        ["psql", "-X", "-q", "-v", "VERBOSITY=verbose"],
        env={**stage.environment, "PGOPTIONS": "-c statement_timeout=60s"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Psql(process)
    finally:
        process.kill()
        process.communicate()


def secret_places() -> dict[str, str]:
    """The secret of the documents and the one of the tests."""
    return dict.fromkeys(PUBLISHED_SECRETS, SECRET)
