"""A real systemd in namespaces of its own, with a copy of this machine's /etc and nothing in /opt, /run and /var/lib."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

SYSTEMD = Path("/lib/systemd/systemd")
_CGROUPS = Path("/sys/fs/cgroup")
_PATIENCE = 30.0
# Those of the machine itself are not started: they would set its clock, its kernel and its devices.
_TARGETS = "basic exit multi-user network-online shutdown sysinit trial"
_BOOT = f"""
set -eu
place=$1; shift
for group in "$@"; do
  mkdir "$group"
  case $group in */cpuset/*)
    cat "$group/../cpuset.cpus" >"$group/cpuset.cpus"
    cat "$group/../cpuset.mems" >"$group/cpuset.mems"
  esac
  echo $$ >"$group/cgroup.procs"
done
exec unshare --mount --propagation private --uts --ipc --cgroup --fork --pid --mount-proc --kill-child sh -euc '
  mount -t tmpfs tmpfs "$0"
  mkdir "$0/etc" "$0/work"
  mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/etc,workdir=$0/work" /etc
  for each in /opt /run /var/lib /etc/systemd/system; do mount -t tmpfs tmpfs $each; done
  # Credentials reach a service by a mount in another namespace.
  mount --make-rshared /
  mkdir /run/trial
  for name in {_TARGETS}; do printf "[Unit]\\nDefaultDependencies=no\\n" >/run/trial/$name.target; done
  exec env -i container=lxc PATH="$PATH" SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/trial \\
    {SYSTEMD} --system --unit=trial.target --log-target=console --show-status=no
' "$place"
"""


@dataclass(frozen=True)
class Machine:
    """Where that systemd is process 1; `environment` is what commands there are given."""

    pid: int
    environment: dict[str, str]

    def run(self, script: str) -> str:
        """Run a bash script there as root; what it printed. Fails the test when the script fails."""
        enter = ["nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-p", "-C", "--"]
        done = subprocess.run(
            [*enter, "bash", "-euo", "pipefail", "-c", script],
            env=self.environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def booted_systemd(place: Path, **environment: str) -> Iterator[Machine]:
    """A machine until the end of the block; skips, with the reason, where this one does not allow it."""
    for program in (str(SYSTEMD), "systemctl", "unshare", "nsenter"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if os.getuid() != 0:
        pytest.skip("only root may start a systemd of its own")
    groups = _groups()
    place.mkdir()
    output = place.with_suffix(".log")
    with output.open("w") as handle:
        process = subprocess.Popen(
            ["sh", "-c", _BOOT, "sh", place, *groups], stdin=subprocess.DEVNULL, stdout=handle, stderr=handle
        )
    try:
        machine = _booted(process, {"PATH": os.environ["PATH"], **environment})
        if machine is None:
            pytest.skip(f"no systemd of its own here: {output.read_text().strip()[-300:]}")
        yield machine
    finally:
        process.kill()
        process.wait()
        _remove(groups)


def _groups() -> list[Path]:
    """Control groups for it, one in each hierarchy, below those that this process is in."""
    name = f"systemd-trial-{uuid4()}"
    found = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        root = _CGROUPS / (controllers.removeprefix("name=") or "unified")
        found.append((root if root.is_dir() else _CGROUPS) / path.strip("/") / name)
    return found


def _booted(process: subprocess.Popen[bytes], environment: dict[str, str]) -> Machine | None:
    """The machine once its systemd answers; None when it ended before."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        for child in psutil.Process(process.pid).children():
            machine = Machine(child.pid, environment)
            try:
                machine.run("systemctl is-active trial.target")
            except AssertionError:
                continue
            return machine
        time.sleep(0.05)
    return None


def _remove(groups: list[Path]) -> None:
    """Its processes are gone or going; a group that still has one cannot be removed yet."""
    deadline = time.monotonic() + _PATIENCE
    left = [path for group in groups if group.exists() for path in (*group.rglob("*/"), group)]
    left.sort(key=lambda path: len(path.parts), reverse=True)
    while left:
        try:
            left[0].rmdir()
        except FileNotFoundError:
            left.pop(0)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
