"""The cluster of the embedded PostgreSQL: its home directory, initdb and password."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from wedsync.errors import EmbeddedError
from wedsync.local.embedded_binaries import ServerUser, reaches, run_as

SUPERUSER = "postgres"


def make_home(home: Path, user: ServerUser) -> None:
    """Create the directory, for the server's user alone. Raises EmbeddedError."""
    if found := set(str(home)) & set('"$`\\\n'):
        # pg_ctl passes it to a shell in double quotes.
        raise EmbeddedError(
            f"PostgreSQL does not support {' '.join(map(repr, sorted(found)))} in the name of the directory",
            hint="set WEDSYNC_DATA_DIR to another directory",
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not user.is_self:
            os.chown(home, user.uid, user.gid)
        home.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(f"cannot use {home}: {error.strerror}") from error
    if not reaches(user, home, flag="-x"):
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and user {user.name} cannot access {home}",
            hint="set WEDSYNC_DATA_DIR to another directory, such as /var/lib/wedsync, or run as an ordinary user",
        )


def make_cluster(home: Path, user: ServerUser, programs: Path) -> None:
    """Run initdb unless the cluster exists. Raises EmbeddedError, also for a cluster of another version."""
    data, major = home / "data", _major(user, programs)
    version_file = data / "PG_VERSION"
    if version_file.exists():
        found, ours = version_file.read_text().strip(), str(major)
        if found != ours:
            raise EmbeddedError(
                f"{data} was created by PostgreSQL {found}, but these programs are version {ours}",
                hint="dump it with the old version, or remove the directory to start from scratch",
            )
        return
    for leftover in home.glob("making-*"):
        shutil.rmtree(leftover)
    password = secrets.token_urlsafe(24)
    password_file = _private_file(home / "pgpass", f"127.0.0.1:*:*:{SUPERUSER}:{password}\n")
    # Into a temporary directory first: a killed initdb leaves an incomplete cluster that looks complete.
    making = home / f"making-{secrets.token_hex(4)}"
    secret = _private_file(home / "initial", password, owner=user)
    try:
        made = run_as(
            user,
            [str(programs / "initdb"), "-D", str(making), "-U", SUPERUSER, "--encoding=UTF8", "--no-sync",
             "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}", *_locale(major)],
        )  # fmt: skip
    finally:
        secret.unlink()
    if made.returncode != 0:
        password_file.unlink()
        raise EmbeddedError(f"initdb failed in {home}", hint=made.stderr.strip()[-800:])
    making.rename(data)


def _locale(major: int) -> list[str]:
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _major(user: ServerUser, programs: Path) -> int:
    answer = run_as(user, [str(programs / "postgres"), "--version"])
    if answer.returncode != 0:
        raise EmbeddedError(f"{programs / 'postgres'} does not run", hint=answer.stderr.strip())
    return int(answer.stdout.split()[2].split(".")[0])


def _private_file(path: Path, text: str, *, owner: ServerUser | None = None) -> Path:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    if owner is not None and not owner.is_self:
        os.chown(path, owner.uid, owner.gid)
    return path
