"""The pytest plugin: starts servers when a test needs one, collects pgTAP files, and offers the fixtures."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import hypothesis
import pytest

from harness import nats as nats_program
from harness import postgrest as postgrest_program
from harness import worker
from harness.database import Database
from harness.nats import NatsServer
from harness.pgtap import TAP_DATABASES, TapDatabases, TapFile, TapItem
from harness.ports import free_port
from harness.servers import Server, Servers, make_home
from harness.versions import ALL_MAJORS, END_MAJORS, missing
from wedsync.install import references

SERVERS = pytest.StashKey[Servers]()
_HOME_VARIABLE = "WEDSYNC_TEST_HOME"


def _is_xdist_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pg 17` leaves what depends on the server version, and runs it on that one; may be repeated."""
    parser.addoption("--pg", type=int, action="append", choices=ALL_MAJORS, metavar="MAJOR", help="server version")


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the home directory before xdist starts workers, which inherit its name."""
    # What a file refers to depends on its text alone; many tests load the whole pack several times.
    references.read_references = functools.cache(references.read_references)
    # pytest-asyncio asks for the current event loop, and asyncio would make one then that nobody ever closes.
    asyncio.set_event_loop(None)
    # A busy machine is no reason to fail: examples take as long as they take.
    hypothesis.settings.register_profile(
        "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("patient")
    if not _is_xdist_worker():
        os.environ[_HOME_VARIABLE] = str(make_home())
    config.stash[SERVERS] = Servers(Path(os.environ[_HOME_VARIABLE]))
    config.stash[TAP_DATABASES] = TapDatabases(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if TAP_DATABASES in config.stash:
        config.stash[TAP_DATABASES].close()
    if SERVERS in config.stash and not _is_xdist_worker():
        config.stash[SERVERS].stop()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    tests = parent.config.rootpath / "sql" / "tests"
    if file_path.suffix == ".sql" and tests in file_path.parents:
        return TapFile.from_parent(parent, path=file_path)
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a server runs once on each version that concerns it."""
    every = metafunc.definition.get_closest_marker("every_version") is not None
    majors = metafunc.config.option.pg or (ALL_MAJORS if every else END_MAJORS)
    for name in ("server", "own_server", "fresh_server"):
        if name in metafunc.fixturenames:
            scope: Literal["session", "function"] = "session" if name == "server" else "function"
            metafunc.parametrize(name, majors, indirect=True, ids=[f"pg{major}" for major in majors], scope=scope)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Record what each Python test proves, as the pgTAP items do; leave out what has no version where one is named."""
    if config.option.pg:
        others = [item for item in items if not _has_version(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _has_version(item)]
    for item in items:
        for mark in item.iter_markers("proves"):
            item.user_properties.extend(("proves", feature) for feature in mark.args)


def _has_version(item: pytest.Item) -> bool:
    names: list[str] = getattr(item, "fixturenames", [])
    return isinstance(item, TapItem) or not {"server", "own_server", "fresh_server"}.isdisjoint(names)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """All servers."""
    return pytestconfig.stash[SERVERS]


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    """A running server; a test that asks for it runs once on 15 and on 18, and marked every_version on all versions."""
    return _server(servers, request.param)


@pytest.fixture(scope="session")
def server15(servers: Servers) -> Server:
    """PostgreSQL 15 with its contrib modules."""
    return _server(servers, 15)


@pytest.fixture(scope="session")
def server18(servers: Servers) -> Server:
    """The embedded PostgreSQL 18."""
    return _server(servers, 18)


def _server(servers: Servers, major: int) -> Server:
    if reason := missing(major):
        pytest.skip(reason)
    return servers.get(major)


@pytest.fixture
def own_server(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Server]:
    """A cluster that only this test has: it may be killed."""
    if reason := missing(request.param):
        pytest.skip(reason)
    with servers.fresh(request.param) as own:
        yield own


@pytest.fixture
def fresh_server(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Server]:
    """A cluster that only this test has, without roles of ours."""
    if reason := missing(request.param):
        pytest.skip(reason)
    with servers.fresh(request.param, with_template=False) as fresh:
        yield fresh


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A migrated database of one's own, on each version."""
    with server.database() as database:
        yield database


@pytest.fixture
def database18(server18: Server) -> Iterator[Database]:
    """A migrated database of one's own on 18 only, for what does not depend on the version."""
    with server18.database() as database:
        yield database


@pytest.fixture
def empty_database(server: Server) -> Iterator[Database]:
    """A database without the pack, on each version."""
    with server.database(template=None) as database:
        yield database


@pytest.fixture
def serve_postgrest(tmp_path: Path) -> Iterator[Callable[[Database], str]]:
    """A function that starts PostgREST for a database and returns its address; stopped after the test."""
    if reason := postgrest_program.missing():
        pytest.skip(reason)
    running = []

    def start(database: Database) -> str:
        context = postgrest_program.running_postgrest(database, tmp_path)
        address = context.__enter__()
        running.append(context)
        return address

    yield start
    for context in reversed(running):
        context.__exit__(None, None, None)


@pytest.fixture
def postgrest(database: Database, serve_postgrest: Callable[[Database], str]) -> str:
    """Address of a PostgREST in front of `database`."""
    return serve_postgrest(database)


@pytest.fixture
def nats_server() -> Iterator[NatsServer]:
    """A running NATS server of one's own."""
    if reason := nats_program.missing():
        pytest.skip(reason)
    server = NatsServer(free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["postgres", "nats"])
def bus(request: pytest.FixtureRequest) -> str:
    """The setting WEDSYNC_BUS; a test that asks for it runs once on each bus."""
    return "postgres" if request.param == "postgres" else request.getfixturevalue("nats_server").url


@pytest.fixture
def each_bus(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the test once on each bus, with all its workers; for whole files: `pytest.mark.usefixtures("each_bus")`."""
    monkeypatch.setattr(worker, "default_bus", bus)
