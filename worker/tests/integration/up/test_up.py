"""`wedsync up`: what it prints can be pasted, and the guest-count story is told with real sockets."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from harness.command import wedsync
from harness.up import running_up, up_place

from wedsync.local.embedded import EmbeddedServer


@pytest.fixture
def place() -> Iterator[Path]:
    with up_place() as place:
        yield place


HEAR = {
    "James", "Rosewood Hall", "Saffron & Thyme", "Tall Cakes", "Copper Still Bar", "Silver Fork Rentals", "Ink & Petal",
    "Blue Coach Company", "The Night Owls",
}  # fmt: skip


@pytest.mark.proves("F000-69", "F003-02")
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
        assert silent["Wild Stems"]["reason"] == "may not read the number of guests"
        assert silent["Wild Stems"]["refusal"] is None
        assert silent["Sparkle Fireworks"]["refusal"].startswith("Unauthorized")
        assert {(row["field"], row["old_value"], row["new_value"]) for row in told["audit"]} == {
            ("wedding.guestCount.adults", 90, 110),
            ("wedding.guestCount.total", 100, 120),
        }
        assert {row["changed_by"]["name"] for row in told["audit"]} == {"Emma"}
    assert not (place / ".wedsync" / "data" / "postmaster.pid").exists()


def test_the_story_for_people(place: Path) -> None:
    ran = wedsync("demo", cwd=place)
    assert ran.code == 0, ran.err
    assert "Emma changed the guest count from 100 to 120" in ran.out
    assert re.search(r"✓ Saffron & Thyme +caterer +\d", ran.out)
    assert re.search(r"- Wild Stems +florist +may not read the number of guests", ran.out)
    assert re.search(r"wedding.guestCount.total +100 +120 +Emma +twenty cousins said yes", ran.out)


def test_arguments_that_contradict_each_other(place: Path) -> None:
    assert wedsync("up", "--json", cwd=place).code == 2
    named = wedsync("up", cwd=place, dsn="postgresql://production/weddings")
    assert named.code == 2
    assert "WEDSYNC_DSN names another database" in named.err


def command(printed: str, title: str) -> str:
    """The pasteable command below a title."""
    return printed.split(f"# {title}\n")[1].split("\n\n")[0]


def bash(text: str, place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", text], cwd=place, capture_output=True, text=True, check=False, timeout=60)


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
            changed = bash(command(printed, "change the guest count as Emma, in a third"), place)
            assert changed.returncode == 0, changed.stderr
            frame = json.loads(listener.stdout.readline())
            while frame["event"] != "broadcast":
                frame = json.loads(listener.stdout.readline())
            assert frame["payload"]["payload"]["data"]["wedding.guestCount.total"] == 120
        finally:
            listener.kill()
            listener.communicate()
        assert bash(f"{command(printed, 'look around')} -c 'select 1'", place).returncode == 0
        assert bash(command(printed, "a token for Emma"), place).stdout.count(".") == 2
        well = bash(command(printed, "is everything well?"), place)
        assert (well.returncode, "✗" in well.stdout, "✓ token keys" in well.stdout) == (0, False, True), well.stdout
        guides = command(printed, "for the commands of the guides: psql, wedsync and tokens of this demo")
        tried = bash(f"{guides}\nwedsync token && psql -Atc 'select id from wedsync_data.weddings'", place)
        assert re.fullmatch(r"\S+\.\S+\.\S+\n[0-9a-f-]{36}\n", tried.stdout), tried.stderr
        # A change that is pasted once more is heard once more.
        assert "fields updated" in bash(command(printed, "change the guest count as Emma, in a third"), place).stdout
        story = bash(command(printed, "the whole story by itself"), place)
        assert story.returncode == 0, story.stderr
        # The story found the server running and left it running.
        assert bash(f"{command(printed, 'look around')} -c 'select 1'", place).returncode == 0
    assert not (place / ".wedsync" / "data" / "postmaster.pid").exists()


def test_a_postgresql_that_is_killed_comes_back(place: Path) -> None:
    with running_up(place) as up:
        look = f"{command(up.printed, 'look around')} -Atc 'select 1'"
        pid_file = place / ".wedsync" / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGKILL)
        deadline = time.monotonic() + 30
        while (found := bash(look, place)).returncode and time.monotonic() < deadline:
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
