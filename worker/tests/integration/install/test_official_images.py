"""The official images of PostgreSQL, of another C library, where Docker answers."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException
from harness.command import wedsync
from testcontainers.community.postgres import PostgresContainer

from wedsync.install.database import connect
from wedsync.install.drift import find_drift
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import load_tree


def docker_missing() -> str | None:
    """Why no container can be run, or None."""
    reason = None
    with warnings.catch_warnings():
        # Where nothing answers, the client leaves a socket open; it is collected here, not in the middle of another test.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            client = docker.from_env(timeout=5)
            client.ping()
            client.close()
        except DockerException as error:
            reason = f"no Docker engine answers ({str(error).splitlines()[0][:120]})"
        gc.collect()
    return reason


@pytest.mark.slow
@pytest.mark.parametrize("major", [15, 16, 17, 18])
def test_install_and_verify(major: int, tmp_path: Path) -> None:
    if reason := docker_missing():
        pytest.skip(reason)
    with PostgresContainer(f"postgres:{major}-alpine", driver=None) as container:
        dsn = container.get_connection_url()
        tree = load_tree()
        assert len(migrate(dsn, tree).applied) == len(tree.versioned) + len(tree.repeatable)
        assert migrate(dsn, tree).applied == ()
        with connect(dsn) as connection:
            assert find_drift(connection) == ()
        assert wedsync("verify", dsn=dsn).code == 0
