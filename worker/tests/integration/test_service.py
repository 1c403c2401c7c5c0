"""The systemd unit: the recipe of the guide under a real systemd, its exposure, and which ends are final."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from harness.database import Database
from harness.guides import ROOT, blocks
from harness.ports import free_port
from harness.servers import Server
from harness.sockets import open_socket, until
from harness.systemd import Machine, booted_systemd
from harness.weddings import Wedding

from wedsync import errors
from wedsync.local.dev_tokens import sign

UNIT = ROOT / "deploy/wedsync-worker.service"
GUIDE = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
(RECIPE,) = (block.text for block in blocks(GUIDE) if block.words == ("sh", "service"))
NEVER_MENDED = {
    each.exit_code for each in (errors.UsageError, errors.SettingsError, errors.BadDsn, errors.ServerTooOld, errors.SchemaTooNew)
}  # fmt: skip
PYTHON = "/usr/bin/python3"
pytestmark = pytest.mark.xdist_group("service")


@dataclass(frozen=True)
class Service:
    """The machine on which the recipe was followed, the worker's database and its ports."""

    machine: Machine
    database: Database
    socket_port: int
    http_port: int

    def shows(self, *properties: str) -> list[str]:
        """Properties of the unit as systemd knows them now."""
        ask = [f"systemctl show -P {each} wedsync-worker" for each in properties]
        return self.machine.run("\n".join(ask)).split("\n")[:-1]

    def begins(self, settings: str = "") -> None:
        """Start anew with more settings than the recipe's; nothing is waited for."""
        self.machine.run(
            "systemctl stop wedsync-worker\nsystemctl reset-failed wedsync-worker || true\n"
            f"(cat /etc/wedsync/worker.env.first; printf '{settings}') >/etc/wedsync/worker.env\n"
            "systemctl start --no-block wedsync-worker"
        )

    async def until_ready(self) -> None:
        """Wait until it serves."""
        await until(lambda: "ready" in self.machine.run(f"curl -sf localhost:{self.http_port}/readyz || true"))


@pytest.fixture(scope="module")
def service(server18: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The recipe, followed to the letter but for the database's address and the ports, which other tests need as well."""
    place = tmp_path_factory.mktemp("service") / "machine"
    role = f"operator_{uuid4().hex}"
    ports = (free_port(), free_port())
    with server18.database() as database:
        database.query(f"create role {role} login password 'a long password' in role wedsync_worker")
        where = server18.cluster.running.port
        settings = f"WEDSYNC_SOCKET_PORT={ports[0]}\\nWEDSYNC_HTTP_PORT={ports[1]}\\nWEDSYNC_GATEWAYS=1\\n"
        packages = sysconfig.get_path("purelib")
        recipe = f"cd {ROOT}\n{RECIPE}"
        for theirs, ours in (
            ("postgresql://wedsync_worker:password@localhost/weddings",
             f"postgresql://{role}:a%20long%20password@localhost:{where}/{database.name}"),
            ("localhost:4001", f"localhost:{ports[1]}"),
            ("systemctl daemon-reload", f"printf '{settings}' >>/etc/wedsync/worker.env\nsystemctl daemon-reload"),
            # what the package depends on is in this environment already: nothing is fetched
            ("/opt/wedsync/bin/pip install ",
             f"echo {packages} >$(echo /opt/wedsync/lib/python3*/site-packages)/trial.pth\n/opt/wedsync/bin/pip install -q "),
        ):  # fmt: skip
            assert recipe.count(theirs) == 1, theirs
            recipe = recipe.replace(theirs, ours)
        offline = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        try:
            _need_this_python()
            with booted_systemd(place, **offline) as machine:
                assert '"status":"ready"' in machine.run(recipe)
                machine.run("cp /etc/wedsync/worker.env /etc/wedsync/worker.env.first")
                yield Service(machine, database, *ports)
        finally:
            database.query(f"drop role {role}")


def _need_this_python() -> None:
    version = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([PYTHON, "-c", version], capture_output=True, text=True, check=False)
    if done.stdout.split() != [str(part) for part in sys.version_info[:2]]:
        pytest.skip(f"{PYTHON} is another Python than that of the tests, whose packages it would use")


def analyze(*arguments: str) -> str:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed; ./scripts/test installs it on Debian, as root")
    done = subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_service_is_exposed_as_little_as_the_guide_says() -> None:
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", analyze("security", "--offline=true", str(UNIT)))
    assert found
    (said,) = re.findall(r"`systemd-analyze security wedsync-worker` rates its exposure below ([\d.]+)", GUIDE)
    assert float(found[1]) < float(said) < 3.0


def test_it_stays_down_where_only_a_person_can_help() -> None:
    (line,) = re.findall(r"^RestartPreventExitStatus=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code) for code in line.split()} == NEVER_MENDED
    *first, last = line.split()
    assert f"{', '.join(first)} and {last}." in GUIDE


@pytest.mark.slow
async def test_the_recipe_makes_a_service_that_serves_under_all_its_restrictions(service: Service) -> None:
    machine = service.machine
    assert machine.run("systemd-analyze verify wedsync-worker.service 2>&1") == ""
    (documentation,) = service.shows("Documentation")
    machine.run(f"test -s {documentation.removeprefix('file://')}")
    status = machine.run("cat /proc/$(systemctl show -P MainPID wedsync-worker)/status")
    for restriction in (r"NoNewPrivs:\t1", r"Seccomp:\t2", r"CapBnd:\t0+", r"Uid:(\t6\d{4}){4}"):
        assert re.search(rf"^{restriction}$", status, re.MULTILINE), restriction
    wedding = Wedding.new(service.database)
    # the figures of its processes are still within its reach
    assert 'process_open_fds{gateway="0"}' in machine.run(f"curl -sf localhost:{service.http_port}/metrics")
    signed = sign(machine.run("cat /etc/wedsync/jwt_secret").strip(), str(wedding.emma.id))
    async with open_socket(service.socket_port, signed) as socket:
        await socket.join(wedding.topic)
        wedding.adults(101)
        await socket.hear("broadcast")
    machine.run("systemctl stop wedsync-worker")
    assert service.shows("Result", "ExecMainStatus") == ["success", "0"]


@pytest.mark.slow
async def test_it_comes_back_after_a_crash(service: Service) -> None:
    service.begins()
    await service.until_ready()
    (before,) = service.shows("MainPID")
    service.machine.run(f"kill -9 {before}")
    await until(lambda: service.shows("MainPID") not in ([before], ["0"]))
    await service.until_ready()


@pytest.mark.slow
async def test_with_a_key_set_it_needs_no_secret(service: Service) -> None:
    service.machine.run(
        "mv /etc/wedsync/jwt_secret /etc/systemd/system/wedsync-worker.service.d /run/\nsystemctl daemon-reload"
    )
    try:
        service.begins("WEDSYNC_JWKS_URL=https://id.example.org/jwks.json\\n")
        await service.until_ready()
        # and without either it says so, and is not tried again
        service.begins()
        await until(lambda: service.shows("ActiveState", "ExecMainStatus") == ["failed", "3"])
    finally:
        service.machine.run(
            "mv /run/jwt_secret /etc/wedsync\nmv /run/wedsync-worker.service.d /etc/systemd/system\nsystemctl daemon-reload"
        )


@pytest.mark.slow
async def test_it_is_tried_again_only_after_what_may_pass(service: Service) -> None:
    service.begins("WEDSYNC_NO_SUCH_SETTING=1\\n")
    await until(lambda: service.shows("ActiveState", "ExecMainStatus") == ["failed", "3"])
    with service.database.server.database(template=None) as empty:
        service.machine.run(f"sed -i.first 's,/{service.database.name}$,/{empty.name},' /etc/wedsync/dsn\n")
        try:
            service.begins()
            await until(
                lambda: (
                    service.shows("ExecMainStatus", "SubState") == [str(errors.NotInstalled.exit_code), "auto-restart"]
                )
            )
        finally:
            service.machine.run("mv /etc/wedsync/dsn.first /etc/wedsync/dsn")
