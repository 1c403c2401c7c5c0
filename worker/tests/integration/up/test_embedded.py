"""The embedded PostgreSQL: made once, adopted, survives being killed, and says clearly what it cannot do."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from wedsync.errors import EmbeddedError, EmbeddedMissing
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.embedded_binaries import ServerUser, reaches

FAST = {"fsync": "off"}


@pytest.fixture
def home() -> Iterator[Path]:
    # Not below tmp_path: as root the server's user cannot get there.
    with tempfile.TemporaryDirectory(prefix="wedsync-embedded-") as directory:
        Path(directory).chmod(0o711)
        yield Path(directory) / "home"


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(home, settings=FAST)
    yield server
    server.stop()


def test_it_serves_over_socket_and_loopback(server: EmbeddedServer) -> None:
    server.start()
    for dsn in (server.dsn(), server.tcp_dsn()):
        with psycopg.connect(dsn) as connection:
            row = connection.execute(
                "select current_setting('server_version_num')::int / 10000, current_user"
            ).fetchone()
        assert row == (18, "postgres")


def test_loopback_needs_the_password(server: EmbeddedServer) -> None:
    server.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.tcp_dsn().replace(":postgres", "").split("@")[0].rsplit(":", 1)[0] + ":wrong@127.0.0.1:"
                        f"{server.running.port}/postgres")  # fmt: skip


def test_the_socket_and_the_secrets_are_closed_to_others(server: EmbeddedServer) -> None:
    server.start()
    assert server.home.stat().st_mode & 0o777 == 0o700
    assert server.running.socket_directory.stat().st_mode & 0o777 == 0o700
    assert (server.home / "pgpass").stat().st_mode & 0o777 == 0o600
    assert not (server.home / "initial").exists()


def test_a_second_start_adopts_and_does_not_stop_it(server: EmbeddedServer) -> None:
    first = server.start()
    with EmbeddedServer(server.home) as second:
        assert second.running.adopted
        assert second.running.pid == first.pid
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_what_a_killed_process_left_running_is_stopped_by_the_next(server: EmbeddedServer) -> None:
    start_and_die = (
        "import os, sys\nfrom pathlib import Path\nfrom wedsync.local.embedded import EmbeddedServer\n"
        "print(EmbeddedServer(Path(sys.argv[1])).start().pid, flush=True)\nos.kill(os.getpid(), 9)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", start_and_die, server.home], stdout=subprocess.PIPE, text=True, check=False
    )
    with server:
        assert server.running.pid == int(killed.stdout)
        assert not server.running.adopted
        assert EmbeddedServer(server.home).start().adopted
    assert not (server.data / "postmaster.pid").exists()


def test_it_comes_back_on_the_same_port(server: EmbeddedServer) -> None:
    before = server.start()
    os.kill(before.pid, signal.SIGKILL)
    while not server.has_ended():
        time.sleep(0.05)
    after = server.start()
    assert after.pid != before.pid
    assert (after.port, after.socket_directory) == (before.port, before.socket_directory)


def test_many_starts_at_once_give_one_server(home: Path) -> None:
    servers = [EmbeddedServer(home, settings=FAST) for _ in range(6)]
    try:
        with ThreadPoolExecutor(6) as pool:
            running = list(pool.map(lambda server: server.start(), servers))
        assert len({each.pid for each in running}) == 1
        assert [each.adopted for each in running].count(False) == 1
    finally:
        servers[0].stop()


def test_data_survives_stop_and_kill(server: EmbeddedServer) -> None:
    server.start()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create table kept as select 1 as one")
    server.stop()
    running = server.start()
    os.kill(running.pid, signal.SIGKILL)
    again = server.start()
    assert again.pid != running.pid
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_pid_file_that_names_a_stranger_is_not_believed(server: EmbeddedServer) -> None:
    server.start()
    pid_file = server.data / "postmaster.pid"
    text = pid_file.read_text()
    server.stop()
    owner = server.data.stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid, extra_groups=[]) if (
        os.geteuid() == 0
    ) else subprocess.Popen(["sleep", "60"])  # fmt: skip
    try:
        pid_file.write_text(text.replace(text.split()[0], str(stranger.pid), 1))
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        assert not server.start().adopted
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_initdb_leaves_nothing_in_the_way(server: EmbeddedServer) -> None:
    (server.home / "making-0000").mkdir(parents=True)
    (server.home / "making-0000" / "PG_VERSION").write_text("18\n")
    server.start()
    assert list(server.home.glob("making-*")) == []


def test_a_cluster_of_another_version_is_left_alone(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    version = server.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(EmbeddedError, match="belongs to PostgreSQL 17, these programs are 18"):
        server.start()
    version.write_text("18\n")


def test_a_long_path_gets_a_socket_elsewhere(home: Path) -> None:
    server = EmbeddedServer(home / ("long" * 25), settings=FAST)
    try:
        server.start()
        server_sockets = server.running.socket_directory
        assert len(str(server_sockets)) < 90
        with psycopg.connect(server.dsn()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()
    assert not server_sockets.exists()


def test_settings_it_cannot_start_with_are_told(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    broken = EmbeddedServer(server.home, settings={"shared_buffers": "nonsense"})
    with pytest.raises(EmbeddedError, match="does not start") as caught:
        broken.start()
    assert "shared_buffers" in (caught.value.hint or "")


def test_missing_programs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbeddedMissing) as caught:
        EmbeddedServer(home).start()
    assert "wedsync[embedded]" in (caught.value.hint or "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is told to go elsewhere")
def test_as_root_a_place_that_the_server_cannot_reach_is_told() -> None:
    with tempfile.TemporaryDirectory(prefix="wedsync-closed-") as closed, pytest.raises(EmbeddedError) as caught:
        EmbeddedServer(Path(closed) / "home").start()
    assert "does not run as root" in caught.value.message
    assert "WEDSYNC_DATA_DIR" in (caught.value.hint or "")


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_as_an_ordinary_user() -> None:
    program = textwrap.dedent("""
        import os, sys, psycopg
        from pathlib import Path
        from wedsync.local.embedded import EmbeddedServer
        with EmbeddedServer(Path(sys.argv[1]), settings={"fsync": "off"}) as server:
            assert server.user.is_self and os.geteuid() != 0
            with psycopg.connect(server.dsn()) as connection:
                print(connection.execute("select current_user").fetchone()[0])
    """)
    person = pwd.getpwnam("nobody")
    user = ServerUser(person.pw_name, person.pw_uid, person.pw_gid)
    # The virtual environment's interpreter may lie below /root; Debian's can use the same packages.
    candidates = (Path(sys.executable), Path(f"/usr/bin/python3.{sys.version_info.minor}"))
    python = next((path for path in candidates if reaches(user, path, flag="-x")), None)
    if python is None:
        pytest.skip("an ordinary user cannot run any Python of this version here")
    with tempfile.TemporaryDirectory(prefix="wedsync-nobody-") as directory:
        os.chown(directory, person.pw_uid, person.pw_gid)
        ran = subprocess.run(
            [str(python), "-c", program, f"{directory}/home"],
            user=person.pw_uid,
            group=person.pw_gid,
            extra_groups=[],
            env={
                "PATH": os.environ["PATH"],
                "HOME": directory,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stdout) == (0, "postgres\n"), ran.stderr


def test_it_keeps_its_port_unless_somebody_else_has_it(server: EmbeddedServer) -> None:
    first = server.start().port
    server.stop()
    assert EmbeddedServer(server.home, settings=FAST).start().port == first
    server.stop()
    with socket.create_server(("127.0.0.1", first)):
        other = EmbeddedServer(server.home, settings=FAST).start().port
    assert other != first
    server.stop()
    assert EmbeddedServer(server.home, settings=FAST).start().port == other
    server.stop()
    (server.home / "port").write_text("no number")
    assert EmbeddedServer(server.home, settings=FAST).start().port > 0


@pytest.mark.parametrize("name", ["wed sync é 100%", "one,two"])
def test_any_name_of_a_directory_will_do(home: Path, name: str) -> None:
    server = EmbeddedServer(home / name, settings=FAST)
    try:
        server.start()
        with psycopg.connect(server.dsn()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()


def test_who_wants_the_data_alone_is_told_that_others_use_it(server: EmbeddedServer) -> None:
    server.start()
    with server.in_use(alone=False):
        with EmbeddedServer(server.home).in_use(alone=False):
            pass
        with pytest.raises(EmbeddedError, match="another `wedsync up` uses the data"):
            server.in_use(alone=True).__enter__()
    with server.in_use(alone=True):
        pass


@pytest.mark.parametrize("name", ['in "quotes"', "$(cash)"])
def test_a_name_that_pg_ctl_would_misread_is_refused(home: Path, name: str) -> None:
    with pytest.raises(EmbeddedError, match="in its name"):
        EmbeddedServer(home / name).start()
    assert not home.exists()
