"""The container file: what a build is given, and whether that is enough. Docker's own rules, without Docker."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.utils.build import exclude_paths

from wedsync.install.sql_files import default_root

ROOT = default_root().parent
CONTAINERFILE = ROOT / "deploy/Containerfile"
SECRETS = (
    ".env", ".env.production", "worker.env", "dsn", "jwt_secret", "jwt-secret", "server.key", "server.pem", "id_ed25519",
    ".pgpass", "weddings.dump", "worker.log",
)  # fmt: skip
COPIED = (".dockerignore", "pyproject.toml", "README.md", "LICENSE", "deploy", "docs", "sql", "worker/wedsync")


def build_context(root: Path) -> set[str]:
    """The files below `root` that a build is given."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    # docker-py always sends the ignore file itself
    found = exclude_paths(str(root), patterns, dockerfile="deploy/Containerfile") - {".dockerignore"}
    return {name for name in found if (root / name).is_file()}


def tracked(*places: str) -> set[str]:
    """Files of the project in those places, or everywhere."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        # an unpacked archive: there is nothing else in it, but for what the tests leave
        found = {path.relative_to(ROOT).as_posix() for place in places or COPIED for path in _files(ROOT / place)}
        return {name for name in found if "__pycache__" not in name}
    listed = subprocess.run(["git", "ls-files", "-z", *places], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


def _files(place: Path) -> Iterator[Path]:
    yield from (path for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the files of the repository."""
    for name in tracked():
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy)
    return tmp_path


def test_secrets_and_environments_stay_out_of_a_build(checkout: Path) -> None:
    folders = {Path(name).parent for name in build_context(checkout)} | {Path(), Path("worker"), Path(".wedsync")}
    for folder in folders:
        (checkout / folder).mkdir(exist_ok=True)
        for secret in SECRETS:
            (checkout / folder / secret).write_text("secret", encoding="utf-8")
    for place in (".venv/bin/python", ".git/config", "worker/tests/clients/js/node_modules/x.js", "notes.txt"):
        (checkout / place).parent.mkdir(parents=True, exist_ok=True)
        (checkout / place).write_text("mine", encoding="utf-8")
    wanted = {name for name in tracked(*COPIED) if not name.startswith(("sql/tests/", ".dockerignore"))}
    assert build_context(checkout) == wanted


@pytest.mark.slow
def test_what_is_copied_makes_the_whole_package(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    image = tmp_path_factory.mktemp("image")
    copies = re.findall(r"^COPY (?!--)(.+) (\S+)$", CONTAINERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    context = build_context(checkout)
    for sources, target in copies:
        for source in sources.split():
            given = {name for name in context if name == source or name.startswith(f"{source}/")}
            assert given, f"{source} is not in the build context"
            for name in given:
                goal = image / (
                    Path(target) / name if target == "./" else Path(target) / Path(name).relative_to(source)
                )
                goal.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(checkout / name, goal)
    for folder, out in ((image, "image-dist"), (checkout, "checkout-dist")):
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path_factory.getbasetemp() / out],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
    names = []
    for out in ("image-dist", "checkout-dist"):
        (wheel,) = (tmp_path_factory.getbasetemp() / out).glob("*.whl")
        names.append(set(zipfile.ZipFile(wheel).namelist()))
    assert names[0] == names[1]
