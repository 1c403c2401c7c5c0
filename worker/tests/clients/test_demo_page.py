"""The demo page in a real browser, with the stock client: people see each other and each other's changes, within their rights."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from harness.javascript import PACKAGES, SCRIPTS, chromium
from harness.up import running_up, up_place

from wedsync.local.embedded import EmbeddedServer

_SCRIPT = SCRIPTS / "demo_page.mjs"


@pytest.mark.slow
@pytest.mark.proves("F000-69", "F000-71", "F003-02")
def test_people_see_each_other_and_each_others_changes(tmp_path: Path) -> None:
    browser = chromium()
    with up_place(used=True) as place:
        # A folder above the page's own start is where npm would have put it, too.
        (place / "node_modules").symlink_to(PACKAGES.resolve())
        with running_up(place) as up:
            assert f"{up.http_url}/demo " in up.printed
            ran = subprocess.run(
                ["node", str(_SCRIPT), up.http_url, browser, str(tmp_path)],
                capture_output=True, text=True, check=False, timeout=150,
            )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["before"] == "100"
    assert seen["leaked"] == []
    assert seen["jamesHeard"]
    assert seen["caterersFrames"] >= 2
    assert not seen["budgetVisible"]
    assert seen["budget"].count("not shared with you") == 2
    assert seen["readOnly"]
    assert "Adults: 110" in seen["log"]
    assert (seen["images"], seen["title"]) == (0, "WedSync demo")
    assert seen["kept"] == "14"
    assert seen["conflict"] == "Children: Emma changed it to “12” while you entered “14”."
    assert seen["error"] == "Must be three capital letters of ISO 4217, such as GBP."
    assert seen["described"] == [True, "true", seen["error"]]
    assert seen["empty"]
    assert seen["errorsLeft"] == 0
    assert seen["findings"] == [], "\n".join(seen["findings"])
    assert seen["hosts"] == ["127.0.0.1"]
    assert seen["errors"] == []


@pytest.mark.slow
@pytest.mark.proves("F002-10", "F000-35")
def test_what_is_taken_back_goes_and_comes_back_when_it_is_given_again(tmp_path: Path) -> None:
    browser = chromium()
    with up_place(used=True) as place:
        (place / "node_modules").symlink_to(PACKAGES.resolve())
        with running_up(place) as up:
            server = EmbeddedServer(place / ".wedsync")
            server.start()
            arguments = [up.http_url, browser, str(tmp_path), str(server.programs / "psql"), server.dsn("wedsync")]
            ran = subprocess.run(
                ["node", str(SCRIPTS / "demo_rights.mjs"), *arguments],
                capture_output=True, text=True, check=False, timeout=200,
            )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert "does not share this wedding with Gown House" in seen["asked"]
    assert "4711" not in seen["part"]
    assert "4712" not in seen["part"], "nor what was written over it"
    assert seen["buttons"] == 0
    assert seen["style"] == "lanterns"
    for gone in ("4711", "4712", "lanterns", "last word", "Emma is here"):
        assert gone not in seen["whole"]
    assert seen["why"].startswith("The couple revoked Saffron & Thyme's access to this wedding. ")
    assert seen["status"].startswith("not connected")
    assert seen["findings"] == [], "\n".join(seen["findings"])
    assert seen["errors"] == []


@pytest.mark.slow
@pytest.mark.proves("F003-02", "F001-05", "F004-13", "F004-16", "F004-19", "F000-40")
def test_plans_are_live_in_several_windows_as_each_may_see_them(tmp_path: Path) -> None:
    browser = chromium()
    with up_place(used=True) as place:
        (place / "node_modules").symlink_to(PACKAGES.resolve())
        with running_up(place) as up:
            server = EmbeddedServer(place / ".wedsync")
            server.start()
            arguments = [up.http_url, browser, str(tmp_path), str(server.programs / "psql"), server.dsn("wedsync")]
            ran = subprocess.run(
                ["node", str(SCRIPTS / "demo_plans.mjs"), *arguments],
                capture_output=True, text=True, check=False, timeout=240,
            )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert [seen[f"caterer{part}"] for part in ("Guests", "Budget", "Tasks")] == ["not shared with you"] * 3
    assert seen["venueNote"] == "Not shared with you: replies, diets and allergies."
    assert seen["venueFields"] == ["Table"]
    assert (seen["floristTimeline"], seen["floristTasks"], seen["floristMayAdd"]) == (1, 1, False)
    assert seen["catererMayChangeTimes"] == 0
    assert seen["order"].index("Photographs") < seen["order"].index("Dinner ★") < seen["order"].index("Speeches ★")
    assert seen["focused"] == "Reopen: Confirm the bouquet"
    assert (seen["images"], seen["title"]) == (0, "WedSync demo")
    assert seen["animation"] == "none"
    assert seen["moved"] == []
    assert "Kitchen" not in seen["catererLog"]
    assert seen["leaked"] == []
    assert seen["venueLeaked"] == []
    assert seen["control"]
    assert seen["findings"] == [], "\n".join(seen["findings"])
    assert seen["errors"] == []
