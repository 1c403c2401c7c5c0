"""The built wheel, in a virtual environment of its own, installs the pack: the SQL travels with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from harness.servers import Server

from wedsync.install.sql_files import default_root, load_tree

REPOSITORY = default_root().parent

# One wheel for all.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("WEDSYNC_", "PYTHON", "VIRTUAL"))
    }
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the sdist, and with the wheel that was built from the unpacked sdist."""
    directory = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", directory, cwd=REPOSITORY)
    (sdist,) = directory.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(directory / "unpacked", filter="data")
    (unpacked,) = (directory / "unpacked").iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", directory, cwd=unpacked)
    return directory


def test_the_sql_is_in_both(built: Path) -> None:
    expected = {path.relative_to(default_root()).as_posix() for path in default_root().rglob("*.sql")}
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/sql/")[2] for name in archive.getnames() if "/sql/" in name}
    assert expected <= inside
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    of_the_pack = {name for name in expected if not name.startswith(("tests/", "testing/"))}
    assert of_the_pack == {
        name.removeprefix("wedsync/sql/") for name in names if name.startswith("wedsync/sql/") and name.endswith(".sql")
    }
    assert not [name for name in names if "test" in name]
    for folder in ("wedsync/local/demo/", "wedsync/server/dashboard/"):
        page = {f"{folder}{path.name}" for path in (REPOSITORY / "worker" / folder).iterdir()}
        assert page == {name for name in names if name.startswith(folder)}
        assert f"{folder}index.html" in page


@pytest.mark.slow
@pytest.mark.proves("F000-23")
def test_a_fresh_environment_installs_the_pack_from_the_wheel(built: Path, server18: Server, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    run(home / "bin" / "pip", "install", "-q", "--disable-pip-version-check", wheel, cwd=tmp_path)
    with server18.database(template=None) as empty:
        wedsync = home / "bin" / "wedsync"
        run(wedsync, "migrate", cwd=tmp_path, WEDSYNC_DSN=empty.dsn)
        assert run(wedsync, "verify", cwd=tmp_path, WEDSYNC_DSN=empty.dsn).stdout == "✓ as installed\n"
        (source,) = (built / "unpacked").iterdir()
        tree = load_tree(source / "sql")
        ledger = "select name, checksum from wedsync_internal.migrations where kind <> 'finish' order by id"
        assert empty.query(ledger) == [(file.name, file.checksum) for file in (*tree.versioned, *tree.repeatable)]
    script = run(wedsync, "migrate", "--script", cwd=tmp_path).stdout
    assert script.count("create or replace function") > 50
    where = "import wedsync.install.sql_files as files; print(files.default_root())"
    assert run(home / "bin" / "python", "-c", where, cwd=tmp_path).stdout.strip().startswith(str(home))
