"""The server versions that are supported, where the programs of each come from, and on which of them tests run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wedsync.errors import EmbeddedMissing
from wedsync.local.embedded_binaries import reachable, server_user, wheel_programs

ALL_MAJORS = (15, 16, 17, 18)
# The oldest and the newest: enough for what does not concern the catalogue or the installation.
END_MAJORS = (15, 18)
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
# Put there by need_postgresql17 in scripts/lib/environment.sh; it has no client programs.
MAVEN_HOME = Path(__file__).parents[3] / ".venv/postgresql17"
PGTAP_SQL = Path("/usr/share/postgresql/15/extension/pgtap--1.2.0.sql")


@cache
def missing(major: int) -> str | None:
    """Why this machine has no server of that version, or None."""
    if major == 15 and not (DEBIAN_PROGRAMS / "initdb").exists():
        return f"PostgreSQL 15 is not installed in {DEBIAN_PROGRAMS}"
    if major == 17 and not (MAVEN_HOME / "bin/initdb").exists():
        return (
            f"PostgreSQL 17 is not unpacked in {MAVEN_HOME} (needs Maven, Linux x86-64 only); ./scripts/test does that"
        )
    if major in (16, 18):
        try:
            wheel_programs(server_user(), major)
        except EmbeddedMissing as error:
            return error.message
    return None


@cache
def server_programs(major: int) -> Path:
    """The directory with postgres, initdb and pg_ctl of that version, where the server's user can run them."""
    if major == 15:
        return DEBIAN_PROGRAMS
    if major == 17:
        return reachable(MAVEN_HOME, server_user()) / "bin"
    return wheel_programs(server_user(), major)


def client_programs(major: int) -> Path:
    """The directory with psql, pg_dump and so on: of the same version, or of the next where it has none."""
    return server_programs(18 if major == 17 else major)
