"""`wedsync up`: what it prints can be pasted, and the guest-count story is told with real sockets."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import jwt
import psutil
import psycopg
import pytest
from harness import postgrest
from harness.command import wedsync
from harness.guides import JS
from harness.ports import free_port
from harness.up import running_up, up_place

from wedsync.local import postgrest as local_postgrest
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.up_output import Keys, over_http


@pytest.fixture
def place() -> Iterator[Path]:
    with up_place() as place:
        yield place


@pytest.fixture
def used_place() -> Iterator[Path]:
    """A place in which it ran before."""
    with up_place(used=True) as place:
        yield place


HEAR = {
    "James", "Rosewood Hall", "Saffron & Thyme", "Tall Cakes", "Copper Still Bar", "Silver Fork Rentals", "Ink & Petal",
    "Blue Coach Company", "The Night Owls",
}  # fmt: skip


def check_stories(stories: dict[str, Any]) -> None:
    """What the stories check themselves is not repeated here."""
    rsvp, task, outage = stories["rsvp"], stories["task"], stories["outage"]
    assert "nuts (anaphylaxis): 0 → 1" in rsvp["kitchen_heard"]["message"]
    assert (rsvp["guests_before"], rsvp["guests_after"]) == (6, 7)
    assert 0 < rsvp["kitchen_heard"]["milliseconds"] < 5000
    assert 0 < rsvp["couple_heard"]["milliseconds"] < 5000
    assert (task["helper"], task["answer"]) == ("Aunt Ada", "accepted")
    assert task["refused"] == {"another link": "PT404", "all tasks": "42501", "the guest list": "42501"}
    assert 0 < task["couple_heard"]["milliseconds"] < 5000
    assert (outage["waited"], outage["arrived"], outage["calls_while_open"]) == (4, 4, 0)
    assert [each["to_state"] for each in outage["changes"]][:2] == ["open", "half_open"]
    assert outage["changes"][-1]["to_state"] == "closed"


@pytest.mark.proves("F000-69", "F003-02", "F001-05", "F001-06", "F001-10")
def test_the_story_as_one_object_and_again(place: Path) -> None:
    for _ in range(2):
        ran = wedsync("up", "--demo", "--json", cwd=place)
        assert ran.code == 0, ran.err + ran.out
        assert ran.err == ""
        told = ran.json
        assert (told["before"]["total"], told["after"]["total"]) == (100, 120)
        assert (told["after"]["adults"], told["after"]["children"]) == (110, 10)
        assert {each["name"] for each in told["heard"]} == HEAR
        assert all(each["payload"]["data"]["wedding.guestCount.total"] == 120 for each in told["heard"])
        assert all(each["milliseconds"] > 0 for each in told["heard"])
        silent = {each["name"]: each for each in told["not_heard"]}
        assert len(silent) == 8
        assert silent["Wild Stems"]["reason"] == "may not read the guest count"
        assert silent["Wild Stems"]["refusal"] is None
        assert silent["Sparkle Fireworks"]["refusal"].startswith("Unauthorized")
        assert {(row["field"], row["old_value"], row["new_value"]) for row in told["audit"]} == {
            ("wedding.guestCount.adults", 90, 110),
            ("wedding.guestCount.total", 100, 120),
        }
        assert {row["changed_by"]["name"] for row in told["audit"]} == {"Emma"}
        check_stories(told["stories"])
    assert not (place / ".wedsync" / "data" / "postmaster.pid").exists()


def test_the_story_for_people(place: Path) -> None:
    ran = wedsync("demo", cwd=place)
    assert ran.code == 0, ran.err
    assert "Emma changed the guest count from 100 to 120" in ran.out
    assert re.search(r"✓ Saffron & Thyme +caterer +\d", ran.out)
    assert re.search(r"- Wild Stems +florist +may not read the guest count", ran.out)
    assert re.search(r"wedding.guestCount.total +100 +120 +Emma +twenty cousins said yes", ran.out)
    assert "Grace Whitfield replied without a login, and named an allergy" in ran.out
    assert "Aunt Ada was handed a task by link: Bake the welcome biscuits" in ran.out
    assert "4 mails waited; the server was called 0 times meanwhile" in ran.out


def test_arguments_that_contradict_each_other(place: Path) -> None:
    assert wedsync("up", "--json", cwd=place).code == 2
    named = wedsync("up", cwd=place, dsn="postgresql://production/weddings")
    assert named.code == 2
    assert "WEDSYNC_DSN names another database" in named.err


def command(printed: str, title: str) -> str:
    """The pasteable command below a title."""
    return printed.split(f"# {title}\n")[1].split("\n\n")[0]


def bash(text: str) -> subprocess.CompletedProcess[str]:
    """Run what was printed, from a directory that has nothing to do with it."""
    return subprocess.run(["bash", "-c", text], cwd="/", capture_output=True, text=True, check=False, timeout=60)


def request(address: str, token: str | None = None, body: object = None) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(address, data, headers), timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def rest_settings(printed: str) -> str:
    """The settings of PostgREST, as printed."""
    title = re.search(r"# (PostgREST configuration .*)\n", printed)
    assert title is not None, printed
    return command(printed, title[1])


def test_the_settings_of_postgrest_that_it_prints_work_as_they_stand(place: Path) -> None:
    if reason := postgrest.missing():
        pytest.skip(reason)
    odd = place / "wed sync é"
    odd.mkdir()
    with running_up(odd) as up:
        settings = rest_settings(up.printed)
        port, other = int(settings.split("server-port = ")[1].split()[0]), free_port()
        file = place / "postgrest.conf"
        file.write_text(settings.replace(f"server-port = {port}", f"server-port = {other}"))
        token = bash(command(up.printed, "a token for Emma")).stdout.strip()
        process = subprocess.Popen([postgrest.PROGRAM, file], env={"LC_ALL": "C.UTF-8"}, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    status, rows = request(f"http://127.0.0.1:{other}/core_fields?select=partner1_name", token)
                except OSError:
                    status = 503
                # It answers so until it has read the schema.
                if status != 503:
                    break
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert (status, rows) == (200, [{"partner1_name": "Emma"}])
            assert request(f"http://127.0.0.1:{other}/core_fields?select=partner1_name")[0] == 401
        finally:
            process.kill()
            process.wait()


@pytest.mark.proves("F000-69")
def test_with_postgrest_it_serves_one_address_for_supabase_js(used_place: Path) -> None:
    if reason := postgrest.missing():
        pytest.skip(reason)
    if shutil.which("node") is None or not (JS / "node_modules/@supabase/supabase-js").exists():
        pytest.skip("node or supabase-js is not installed; ./scripts/test installs them")
    with running_up(used_place) as up:
        client = command(up.printed, "supabase-js, as Emma")
        script = JS / f".up-{os.getpid()}.mjs"
        script.write_text(
            "import { createClient } from '@supabase/supabase-js';\nimport { WebSocket } from 'ws';\n"
            "globalThis.WebSocket ??= WebSocket;\n"
            f"{client}\n"
            "const { data } = await supabase.from('core_fields').select('couple_id,partner1_name');\n"
            "console.log(data[0].partner1_name);\n"
            "supabase.channel(`core_fields_${data[0].couple_id}`)"
            ".subscribe((status) => { console.log(status); process.exit(); });\n"
        )
        try:
            ran = bash(f"node --no-warnings {shlex.quote(str(script))}")
        finally:
            script.unlink()
        assert ran.stdout == "Emma\nSUBSCRIBED\n", ran.stderr
        assert re.search(r"server-port = (\d+)", rest_settings(up.printed))
    ours = str(used_place / ".wedsync" / "postgrest.conf")
    assert not any(ours in (each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"]))


def test_a_postgrest_that_is_killed_comes_back(used_place: Path) -> None:
    if reason := postgrest.missing():
        pytest.skip(reason)
    file = str(used_place / ".wedsync" / "postgrest.conf")

    def ours() -> list[psutil.Process]:
        return [each for each in psutil.process_iter(["cmdline"]) if file in (each.info["cmdline"] or [])]

    with running_up(used_place) as up:
        address = f"http://127.0.0.1:{rest_settings(up.printed).split('server-port = ')[1].split()[0]}/core_fields"
        token = bash(command(up.printed, "a token for Emma")).stdout.strip()
        (killed,) = ours()
        killed.kill()
        deadline = time.monotonic() + 30
        while True:
            try:
                status, _rows = request(address, token)
            except OSError:
                status = 0
            if status == 200 or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        assert status == 200
    assert "PostgREST exited and was restarted" in (used_place / "output").read_text()
    assert ours() == []


def test_without_postgrest_it_says_how_to_get_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert local_postgrest.find_program(place) is None
    keys = Keys("a secret with more than 32 characters", place / "jwt-secret")
    rest = local_postgrest.Rest("server-port = 3000\n", place / "postgrest.conf", 3000, runs=False)
    ((title, settings),) = over_http(rest, None, keys)
    assert "up runs it once it is installed: npm install" in title
    assert settings == rest.settings


def test_the_database_keeps_its_port_and_its_passwords(place: Path) -> None:
    with running_up(place) as up:
        first = re.search(r'db-uri = "(\S+)"', up.printed)
    with running_up(place) as up:
        second = re.search(r'db-uri = "(\S+)"', up.printed)
    assert first is not None
    assert second is not None
    assert first[1] == second[1]


def test_reset_waits_for_nobody_and_takes_nothing_from_another_up(place: Path) -> None:
    with running_up(place) as up:
        refused = wedsync("up", "--demo", "--reset", cwd=place)
        assert refused.code == 40
        assert "another `wedsync up` is using" in refused.err
        look = f"{command(up.printed, 'look around')} -Atc 'select count(*) from wedsync_data.weddings'"
        assert bash(look).stdout == "1\n"
    assert wedsync("up", "--demo", "--reset", cwd=place).code == 0


def test_the_secret_that_is_given_is_the_one_that_is_printed(used_place: Path) -> None:
    given = "a secret of the developer's own, with 32 characters or more"
    with running_up(used_place, jwt_secret=given) as up:
        assert given not in up.printed
        token = bash(command(up.printed, "a token for Emma")).stdout.strip()
    assert jwt.decode(token, given, algorithms=["HS256"])["role"] == "authenticated"


@pytest.mark.proves("F000-68", "F000-69")
def test_what_it_prints_can_be_pasted(place: Path) -> None:
    with running_up(place) as up:
        printed = up.printed
        assert re.search(r"http://127.0.0.1:\d+/ ", printed)
        listener = subprocess.Popen(
            ["bash", "-c", f"exec {command(printed, 'listen as the caterer, in a second terminal')}"],
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert listener.stderr is not None
            assert listener.stdout is not None
            assert listener.stderr.readline().startswith("listening on core_fields_")
            changed = bash(command(printed, "change the guest count as Emma, in a third one"))
            assert changed.returncode == 0, changed.stderr
            frame = json.loads(listener.stdout.readline())
            while frame["event"] != "broadcast":
                frame = json.loads(listener.stdout.readline())
            assert frame["payload"]["payload"]["data"]["wedding.guestCount.total"] == 120
        finally:
            listener.kill()
            listener.communicate()
        assert bash(f"{command(printed, 'look around')} -c 'select 1'").returncode == 0
        assert bash(command(printed, "a token for Emma")).stdout.count(".") == 2
        well = bash(command(printed, "check the installation"))
        assert (well.returncode, "✗" in well.stdout, "✓ token keys" in well.stdout) == (0, False, True), well.stdout
        guides = command(printed, "for the commands in the guides: psql, wedsync and tokens for this demo")
        tried = bash(f"{guides}\nwedsync token && psql -Atc 'select id from wedsync_data.weddings' && wedsync verify")
        assert re.fullmatch(r"\S+\.\S+\.\S+\n[0-9a-f-]{36}\n.*as installed.*\n", tried.stdout), tried.stderr
        # Also where older programs of PostgreSQL are installed: a dump of this server needs one as new.
        dumped = bash(f"{guides}\npg_dump --schema-only --schema=wedsync")
        assert "CREATE SCHEMA wedsync" in dumped.stdout, dumped.stderr
        # A change that is pasted once more is heard once more.
        assert "fields updated" in bash(command(printed, "change the guest count as Emma, in a third one")).stdout
        story = bash(f"{guides}\n{command(printed, 'play the stories')}")
        assert story.returncode == 0, story.stderr
        # The story found the server running and left it running.
        assert bash(f"{command(printed, 'look around')} -c 'select 1'").returncode == 0
    assert not (place / ".wedsync" / "data" / "postmaster.pid").exists()


def test_a_postgresql_that_is_killed_comes_back(used_place: Path) -> None:
    with running_up(used_place) as up:
        look = f"{command(up.printed, 'look around')} -Atc 'select 1'"
        pid_file = used_place / ".wedsync" / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while (found := bash(look)).returncode and time.monotonic() < deadline:
            time.sleep(0.2)
        assert found.stdout == "1\n", found.stderr
    assert not pid_file.exists()


def test_a_database_of_another_version_says_how_to_start_anew(place: Path) -> None:
    with EmbeddedServer(place / ".wedsync") as server:
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("create database wedsync")
        with psycopg.connect(server.dsn("wedsync"), autocommit=True) as connection:
            connection.execute("create schema wedsync")
            connection.execute("create table wedsync.mine (id int)")
    ran = wedsync("up", "--demo", cwd=place)
    assert ran.code == 21
    assert "wedsync up --reset" in ran.err
    assert wedsync("up", "--demo", "--reset", cwd=place).code == 0
