"""The sentences of the dashboard about how sockets lie on the processes: each reason of `balance_advice` has one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from harness.guides import ROOT

import wedsync

MODULE = next(Path(wedsync.__file__).parent.rglob("advice.js"))
NODE = {"sockets": 900, "share": 0.818, "even_share": 0.25, "loop_lag_seconds": 0.4}
LATE = {"processes": 3, "sockets": 1100, "others_healthy": 2}
FULL = {"processes": 2, "needed": 3, "most_used_percent": 70}
SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"reason": "lease_expired"}, "its lease has expired; clients reconnect to other processes"),
    ({"reason": "not_reported"}, "it has not reported yet"),
    (
        {**NODE, "reason": "no_notifications", "figures": {**LATE, "others_healthy": 1}},
        "it does not receive notifications, 1 of 2 others do: stop it with SIGTERM, its clients reconnect elsewhere",
    ),
    (
        {**NODE, "reason": "late", "figures": LATE},
        "its event loop is 400 ms late, 2 of 2 others keep up: stop it with SIGTERM, its clients reconnect elsewhere",
    ),
    (
        {**NODE, "reason": "crowded", "figures": LATE},
        "900 of 1100 sockets are 82 %, an even share is 25 %: use least connections, or restart it at a quiet hour",
    ),
    ({**NODE, "reason": "even", "figures": LATE}, "900 of 1100 sockets"),
    ({"reason": "no_process", "figures": {"processes": 0}}, "no process reports: changes are not delivered"),
    (
        {"reason": "full", "sockets": 1500, "most_sockets": 2000, "figures": FULL},
        "1500 sockets, 2 processes with room for 2000: at 70 % of that each it takes 3, 1 more",
    ),
    (
        {"reason": "all_late", "loop_lag_seconds": 0.5, "figures": LATE},
        "all 3 processes are late, by up to 500 ms: it takes more of them, on other cores",
    ),
    (
        {"reason": "room", "sockets": 3, "most_sockets": 2000, "figures": FULL},
        "3 of 2000 sockets that there is room for (0 %)",
    ),
]


def test_every_reason_has_a_sentence_with_its_figures() -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    script = MODULE.read_text(encoding="utf-8")
    script += f"console.log(JSON.stringify({json.dumps([row for row, _ in SENTENCES])}.map(why)));"
    ran = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", script], capture_output=True, check=True
    )
    assert json.loads(ran.stdout) == [sentence for _, sentence in SENTENCES]


def test_these_are_all_reasons_there_are() -> None:
    text = (ROOT / "sql/functions/nodes/node_balance.sql").read_text(encoding="utf-8")
    spoken = {str(row["reason"]) for row, _ in SENTENCES}
    assert spoken == set(re.findall(r"(?:then|else) '([a-z_]+)'", text)) - {
        "gone",
        "wait",
        "drain",
        "spread",
        "keep",
        "add",
    }
