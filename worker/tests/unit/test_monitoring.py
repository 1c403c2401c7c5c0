"""Alert rules and the Grafana dashboard: they name metrics that there are, and the rules speak when they must."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest

from wedsync.install.sql_files import default_root
from wedsync.metrics import Stats, delays, distribution, registry

DEPLOY = default_root().parent / "deploy"
RULES = DEPLOY / "prometheus-alerts.yml"
CASES = Path(__file__).with_name("alert_rules.yml")
OF_PROMETHEUS = {"up"}


def exposition() -> str:
    """What a worker with one gateway would show."""
    stats = Stats()
    stats.count("joins", "ok")
    snapshot = {**stats.snapshot(), **distribution("commit_to_socket_seconds", delays("commit_to_socket_seconds"))}
    return generate_latest(registry(lambda: {"0": snapshot}, lambda: {})).decode()


def metrics_in(expression: str) -> set[str]:
    """Names of the metrics of an expression, of a histogram also those of its parts."""
    return set(re.findall(r"\b(?:wedsync_[a-z_]+|process_[a-z_]+|up)\b(?!\()", re.sub(r'"[^"]*"', "", expression)))


def expressions() -> dict[str, str]:
    """All expressions of rules and panels by where they stand."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))["panels"]
    found = {rule["alert"]: rule["expr"] for rule in rules}
    for panel in panels:
        found |= {f"{panel['title']} {each['refId']}": each["expr"] for each in panel["targets"]}
    return found


def test_rules_and_panels_name_metrics_that_there_are() -> None:
    text = exposition()
    known = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) | set(
        re.findall(r"^([a-z_]+)[{ ]", text, re.MULTILINE)
    )
    for place, expression in expressions().items():
        named = metrics_in(expression)
        assert named, place
        assert named <= known | OF_PROMETHEUS, place


def test_a_name_that_there_is_not_would_be_noticed() -> None:
    assert metrics_in('rate(wedsync_no_such_total{job="wedsync"}[5m]) / up') == {"wedsync_no_such_total", "up"}


def promtool(*arguments: str | Path, text: str = "") -> str:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not there; ./scripts/test unpacks it on Debian")
    done = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_exposition_is_what_prometheus_advises() -> None:
    assert promtool("check", "metrics", text=exposition()) == ""


def test_the_rules_are_well_formed() -> None:
    assert f"{len(yaml.safe_load(RULES.read_text(encoding='utf-8'))['groups'][0]['rules'])} rules found" in promtool(
        "check", "rules", RULES
    )


def test_the_rules_speak_when_they_must(tmp_path: Path) -> None:
    for source in (RULES, CASES):
        shutil.copy(source, tmp_path)
    promtool("test", "rules", tmp_path / CASES.name)
