"""`wedsync up`: an embedded PostgreSQL, the pack, a demo wedding and a worker, with one command."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from wedsync.cli_output import err, print_error, print_json, progress_bar
from wedsync.errors import DemoFailed, EmbeddedError, MigrationError, UsageError
from wedsync.install.database import connect
from wedsync.install.migrate import MigrateOptions, migrate
from wedsync.install.sql_files import load_tree
from wedsync.local import postgrest
from wedsync.local.demo_client import find_client
from wedsync.local.demo_page import DemoPage, is_loopback
from wedsync.local.demo_plans import ensure_plans
from wedsync.local.demo_wedding import DemoWedding, ensure_wedding
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.embedded_binaries import make_reachable, reaches, server_user
from wedsync.local.origin import one_origin
from wedsync.local.ports import free_port
from wedsync.local.postgrest import find_program
from wedsync.local.stories import playing
from wedsync.local.stories.mail_server import mail_server
from wedsync.local.up_output import Keys, print_story, print_what_to_try
from wedsync.processes import supervisor
from wedsync.settings import Settings

DATABASE = "wedsync"
_FOR_CLOSED_PLACES = Path("/var/lib/wedsync/up")
_READY_SECONDS = 30.0
_WATCH_SECONDS = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Home:
    """The result of `up`: the running server, the demo wedding, and the token secret."""

    server: EmbeddedServer
    wedding: DemoWedding
    keys: Keys

    @property
    def dsn(self) -> str:
        """The superuser's connection string over the Unix socket."""
        return self.server.dsn(DATABASE)


def run(settings: Settings, *, demo: bool = False, reset: bool = False, as_json: bool = False) -> int:
    """Start everything; with `demo` play the stories and exit, otherwise serve until Ctrl-C. Returns the exit code."""
    server = EmbeddedServer(settings.data_dir or _default_home())
    if settings.dsn is not None and not _is_below(server.home, settings.dsn):
        raise UsageError(
            "`up` starts its own PostgreSQL, but WEDSYNC_DSN names another database",
            hint="unset WEDSYNC_DSN, or use `wedsync migrate` and `wedsync worker` with it",
        )
    if as_json and not demo:
        raise UsageError("--json requires --demo")
    say = _silent if as_json else _say
    with server:
        say(f"PostgreSQL in {server.home}{', already running' if server.running.adopted else ''}")
        if reset:
            with server.in_use(alone=True):
                _drop_database(server)
        with server.in_use(alone=False):
            home = _prepare(server, settings, shown=not as_json)
            if demo:
                return _tell(home, settings, say, as_json=as_json)
            return _serve(home, settings)


def _is_below(home: Path, dsn: str) -> bool:
    """Whether `dsn` leads to the server of this home, as in the line that is printed for the guides."""
    try:
        return Path(str(conninfo_to_dict(dsn).get("host") or "")).is_relative_to(home)
    except ProgrammingError:
        return False


def _say(text: str) -> None:
    err.print(f"[dim]{text}[/]")


def _silent(text: str) -> None:
    """Print nothing: standard output is for the JSON object, standard error for errors."""


def _default_home() -> Path:
    """`.wedsync` in the current directory, or for root, if the server's user cannot access that, one below /var/lib."""
    here = Path.cwd()
    if reaches(server_user(), here, flag="-x"):
        return here / ".wedsync"
    try:
        make_reachable(_FOR_CLOSED_PLACES)
    except OSError as error:
        raise EmbeddedError(f"cannot use {_FOR_CLOSED_PLACES}: {error.strerror}") from error
    return _FOR_CLOSED_PLACES / hashlib.sha256(os.fsencode(here)).hexdigest()[:16]


def _drop_database(server: EmbeddedServer) -> None:
    with closing(connect(server.dsn())) as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")


def _prepare(server: EmbeddedServer, settings: Settings, *, shown: bool) -> Home:
    with closing(connect(server.dsn())) as connection:
        if connection.execute("select from pg_database where datname = %s", (DATABASE,)).fetchone() is None:
            connection.execute(f"create database {DATABASE}")
    try:
        with progress_bar(shown=shown) as on_progress:
            # There are no real weddings in this database.
            options = MigrateOptions(allow_on_wedding_day=True)
            migrate(server.dsn(DATABASE), load_tree(), options, on_progress=on_progress)
    except MigrationError as error:
        error.hint = "if another version of WedSync created the demo database, `wedsync up --reset` recreates it"
        raise
    with closing(connect(server.dsn(DATABASE))) as connection:
        connection.execute("alter role wedsync_worker login")
    secret_file = server.home / "jwt-secret"
    keys = Keys(_secret(secret_file, settings.jwt_secret), secret_file)
    wedding = ensure_wedding(server.dsn(DATABASE))
    ensure_plans(server.dsn(DATABASE), wedding)
    return Home(server, wedding, keys)


def _secret(path: Path, given: str | None) -> str:
    """The secret of this home: the configured one, or one generated once. The file always contains the current one."""
    try:
        if given is not None or not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
                handle.write(given or secrets.token_urlsafe(48))
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EmbeddedError(f"cannot use {path}: {error.strerror}") from error


def _worker_settings(home: Home, settings: Settings) -> Settings:
    """The worker logs in with its least-privileged role, and logs only problems."""
    dsn = home.server.dsn(DATABASE, user="wedsync_worker")
    level = "warning" if settings.log_level == "info" else settings.log_level
    # The demo signs its own tokens, for users unknown to any identity provider.
    return dataclasses.replace(
        settings,
        dsn=dsn,
        listen_dsn=dsn,
        jwt_secret=home.keys.secret,
        jwt_audience=None,
        jwt_issuer=None,
        log_level=level,
    )


def _serve(home: Home, settings: Settings) -> int:
    page = DemoPage(home.dsn, home.keys.secret, home.wedding, find_client(Path.cwd()))
    # Visitors of the page can act as any user, so nobody else may reach it.
    private = is_loopback(settings.http_host) and is_loopback(settings.socket_host)

    def ready(addresses: supervisor.Addresses) -> None:
        page.socket_url = addresses.socket_url
        origin = None
        if rest.runs:
            sockets = urlsplit(addresses.socket_url)
            targets = {"rest": ("127.0.0.1", rest.port), "sockets": (str(sockets.hostname), sockets.port or 80)}
            origin = stack.enter_context(one_origin("127.0.0.1", targets))
        # The reader of our output may have exited, as in `up | head`; keep running.
        with suppress(SystemExit):
            print_what_to_try(home.server, DATABASE, home.wedding, home.keys, addresses, rest, origin, page=private)

    pages = [page.route()] if private else []
    program = find_program(Path.cwd())
    with _kept_running(home.server), ExitStack() as stack:
        rest = stack.enter_context(postgrest.running(program, home.server, DATABASE, home.keys.file))
        return supervisor.run(_worker_settings(home, settings), on_ready=ready, pages=pages)


@contextmanager
def _kept_running(server: EmbeddedServer) -> Iterator[None]:
    """Restart PostgreSQL if it exits during the block; the worker reconnects."""
    over = Event()

    def watch() -> None:
        while not over.wait(_WATCH_SECONDS):
            if server.has_ended():
                try:
                    server.start()
                    _say("PostgreSQL exited and was restarted")
                except EmbeddedError as error:
                    print_error(error, as_json=False)

    watching = Thread(target=watch, name="watch PostgreSQL")
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _tell(home: Home, settings: Settings, say: Callable[[str], None], *, as_json: bool) -> int:
    mail_port = free_port()
    worker = dataclasses.replace(
        _worker_settings(home, settings), socket_port=free_port(), http_port=free_port(), smtp_port=mail_port
    )
    with mail_server(mail_port) as mailbox, _running_worker(worker, home.server.home / "worker.log"):
        say(f"worker on port {worker.socket_port}")
        address = f"ws://127.0.0.1:{worker.socket_port}/realtime/v1/websocket"
        told = asyncio.run(playing.play(home.dsn, address, home.keys.secret, home.wedding, mailbox))
    if as_json:
        print_json(told)
    else:
        print_story(told)
    return 0


@contextmanager
def _running_worker(settings: Settings, log: Path) -> Iterator[None]:
    """A worker process with one gateway until the end of the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEDSYNC_")}
    environment |= {
        "WEDSYNC_DSN": settings.need_dsn(),
        "WEDSYNC_JWT_SECRET": settings.jwt_secret or "",
        "WEDSYNC_SOCKET_PORT": str(settings.socket_port),
        "WEDSYNC_HTTP_PORT": str(settings.http_port),
        "WEDSYNC_GATEWAYS": "1",
    }
    if playing.left_out() is None:
        environment |= {
            "WEDSYNC_SMTP_HOST": "127.0.0.1",
            "WEDSYNC_SMTP_PORT": str(settings.smtp_port),
            "WEDSYNC_SMTP_SECURITY": "none",
            "WEDSYNC_SMTP_FROM": "demo@example.org",
        }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "wedsync", "worker"], env=environment, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(f"http://127.0.0.1:{settings.http_port}/readyz", process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise DemoFailed("the worker did not become ready", hint=log.read_text(errors="replace")[-1500:].strip())
