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
    # Not below tmp_path: as root the user of the server cannot get there.
    with tempfile.TemporaryDirectory(prefix="wedsync-embedded-") as directory:
        Path(directory).chmod(0o711)
        yield Path(directory) / "home"


@pytest.fixture
def embedded(home: Path) -> Iterator[EmbeddedServer]:
    embedded = EmbeddedServer(home, settings=FAST)
    yield embedded
    embedded.stop()


def test_it_serves_over_socket_and_loopback(embedded: EmbeddedServer) -> None:
    embedded.start()
    for dsn in (embedded.dsn(), embedded.tcp_dsn()):
        with psycopg.connect(dsn) as connection:
            row = connection.execute(
                "select current_setting('server_version_num')::int / 10000, current_user"
            ).fetchone()
        assert row == (18, "postgres")


def test_loopback_needs_the_password(embedded: EmbeddedServer) -> None:
    embedded.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(embedded.tcp_dsn().replace(":postgres", "").split("@")[0].rsplit(":", 1)[0] + ":wrong@127.0.0.1:"
                        f"{embedded.running.port}/postgres")  # fmt: skip


def test_the_socket_and_the_secrets_are_closed_to_others(embedded: EmbeddedServer) -> None:
    embedded.start()
    assert embedded.home.stat().st_mode & 0o777 == 0o700
    assert embedded.running.socket_directory.stat().st_mode & 0o777 == 0o700
    assert (embedded.home / "pgpass").stat().st_mode & 0o777 == 0o600
    assert not (embedded.home / "initial").exists()


def test_a_second_start_adopts_and_does_not_stop_it(embedded: EmbeddedServer) -> None:
    first = embedded.start()
    with EmbeddedServer(embedded.home) as second:
        assert second.running.adopted
        assert second.running.pid == first.pid
    with psycopg.connect(embedded.dsn()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_what_a_killed_process_left_running_is_stopped_by_the_next(embedded: EmbeddedServer) -> None:
    start_and_die = (
        "import os, sys\nfrom pathlib import Path\nfrom wedsync.local.embedded import EmbeddedServer\n"
        "print(EmbeddedServer(Path(sys.argv[1])).start().pid, flush=True)\nos.kill(os.getpid(), 9)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", start_and_die, embedded.home], stdout=subprocess.PIPE, text=True, check=False
    )
    with embedded:
        assert embedded.running.pid == int(killed.stdout)
        assert not embedded.running.adopted
        assert EmbeddedServer(embedded.home).start().adopted
    assert not (embedded.data / "postmaster.pid").exists()


def test_it_comes_back_on_the_same_port(embedded: EmbeddedServer) -> None:
    before = embedded.start()
    os.kill(before.pid, signal.SIGKILL)
    while not embedded.has_ended():
        time.sleep(0.05)
    after = embedded.start()
    assert after.pid != before.pid
    assert (after.port, after.socket_directory) == (before.port, before.socket_directory)


def test_many_starts_at_once_give_one_server(home: Path) -> None:
    servers = [EmbeddedServer(home, settings=FAST) for _ in range(6)]
    try:
        with ThreadPoolExecutor(6) as pool:
            running = list(pool.map(lambda embedded: embedded.start(), servers))
        assert len({each.pid for each in running}) == 1
        assert [each.adopted for each in running].count(False) == 1
    finally:
        servers[0].stop()


def test_data_survives_stop_and_kill(embedded: EmbeddedServer) -> None:
    embedded.start()
    with psycopg.connect(embedded.dsn(), autocommit=True) as connection:
        connection.execute("create table kept as select 1 as one")
    embedded.stop()
    running = embedded.start()
    os.kill(running.pid, signal.SIGKILL)
    again = embedded.start()
    assert again.pid != running.pid
    with psycopg.connect(embedded.dsn()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_pid_file_that_names_a_stranger_is_not_believed(embedded: EmbeddedServer) -> None:
    embedded.start()
    pid_file = embedded.data / "postmaster.pid"
    text = pid_file.read_text()
    embedded.stop()
    owner = embedded.data.stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid, extra_groups=[]) if (
        os.geteuid() == 0
    ) else subprocess.Popen(["sleep", "60"])  # fmt: skip
    try:
        pid_file.write_text(text.replace(text.split()[0], str(stranger.pid), 1))
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        assert not embedded.start().adopted
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_initdb_leaves_nothing_in_the_way(embedded: EmbeddedServer) -> None:
    (embedded.home / "making-0000").mkdir(parents=True)
    (embedded.home / "making-0000" / "PG_VERSION").write_text("18\n")
    embedded.start()
    assert list(embedded.home.glob("making-*")) == []


def test_a_cluster_of_another_version_is_left_alone(embedded: EmbeddedServer) -> None:
    embedded.start()
    embedded.stop()
    version = embedded.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(EmbeddedError, match="created by PostgreSQL 17, but these programs are version 18"):
        embedded.start()
    version.write_text("18\n")


def test_a_long_path_gets_a_socket_elsewhere(home: Path) -> None:
    embedded = EmbeddedServer(home / ("long" * 25), settings=FAST)
    try:
        embedded.start()
        server_sockets = embedded.running.socket_directory
        assert len(str(server_sockets)) < 90
        with psycopg.connect(embedded.dsn()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        embedded.stop()
    assert not server_sockets.exists()


def test_settings_it_cannot_start_with_are_told(embedded: EmbeddedServer) -> None:
    embedded.start()
    embedded.stop()
    broken = EmbeddedServer(embedded.home, settings={"shared_buffers": "nonsense"})
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
        with EmbeddedServer(Path(sys.argv[1]), settings={"fsync": "off"}) as embedded:
            assert embedded.user.is_self and os.geteuid() != 0
            with psycopg.connect(embedded.dsn()) as connection:
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


def test_it_keeps_its_port_unless_somebody_else_has_it(embedded: EmbeddedServer) -> None:
    first = embedded.start().port
    embedded.stop()
    assert EmbeddedServer(embedded.home, settings=FAST).start().port == first
    embedded.stop()
    with socket.create_server(("127.0.0.1", first)):
        other = EmbeddedServer(embedded.home, settings=FAST).start().port
    assert other != first
    embedded.stop()
    assert EmbeddedServer(embedded.home, settings=FAST).start().port == other
    embedded.stop()
    (embedded.home / "port").write_text("no number")
    assert EmbeddedServer(embedded.home, settings=FAST).start().port > 0


@pytest.mark.parametrize("name", ["wed sync é 100%", "one,two"])
def test_any_name_of_a_directory_will_do(home: Path, name: str) -> None:
    embedded = EmbeddedServer(home / name, settings=FAST)
    try:
        embedded.start()
        with psycopg.connect(embedded.dsn()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        embedded.stop()


def test_who_wants_the_data_alone_is_told_that_others_use_it(embedded: EmbeddedServer) -> None:
    embedded.start()
    with embedded.in_use(alone=False):
        with EmbeddedServer(embedded.home).in_use(alone=False):
            pass
        with pytest.raises(EmbeddedError, match="another `wedsync up` is using"):
            embedded.in_use(alone=True).__enter__()
    with embedded.in_use(alone=True):
        pass


@pytest.mark.parametrize("name", ['in "quotes"', "$(cash)"])
def test_a_name_that_pg_ctl_would_misread_is_refused(home: Path, name: str) -> None:
    with pytest.raises(EmbeddedError, match="in the name of the directory"):
        EmbeddedServer(home / name).start()
    assert not home.exists()
