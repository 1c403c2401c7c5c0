from __future__ import annotations

import os

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from wedsync import __version__
from wedsync.metrics import COUNTERS, DELAYS, GAUGES, Snapshot, Stats, delays, distribution, registry


def text_of(snapshots: dict[str, Snapshot], pids: dict[str, int] | None = None) -> str:
    return generate_latest(registry(lambda: snapshots, lambda: pids or {})).decode()


def test_samples_of_several_gateways_form_one_family() -> None:
    stats = Stats()
    stats.count("joins", "ok")
    stats.count("joins", "ok")
    stats.count("joins", "Unauthorized")
    others = {"connections": 5.0, "refreshes_total": 2.0, 'waiting_seconds{part="presence"}': 0.5}
    text = text_of({"0": stats.snapshot(), "1": others})
    assert text.count("# TYPE wedsync_joins_total counter") == 1
    assert 'wedsync_joins_total{gateway="0",outcome="ok"} 2.0\n' in text
    assert 'wedsync_joins_total{gateway="0",outcome="Unauthorized"} 1.0\n' in text
    assert 'wedsync_connections{gateway="1"} 5.0\n' in text
    assert 'wedsync_refreshes_total{gateway="1"} 2.0\n' in text
    assert 'wedsync_waiting_seconds{gateway="1",part="presence"} 0.5\n' in text


def test_every_family_is_described() -> None:
    text = text_of({})
    for name in (*(f"{counter}_total" for counter in COUNTERS), *GAUGES, *DELAYS):
        assert f"# HELP wedsync_{name} " in text


def test_an_undeclared_counter_with_a_label_is_an_error() -> None:
    stats = Stats()
    stats.count("nobody_declared_this", "x")
    with pytest.raises(KeyError):
        stats.snapshot()


def test_delays_travel_as_a_histogram() -> None:
    name = "commit_to_socket_seconds"
    histogram = delays(name)
    for seconds in (0.0004, 0.002, 0.002, 0.7, 99.0):
        histogram.observe(seconds)
    text = text_of({"0": distribution(name, histogram), "1": distribution(name, delays(name))})
    family = {each.name: each for each in text_string_to_metric_families(text)}[f"wedsync_{name}"]
    assert family.type == "histogram"
    own = [each for each in family.samples if each.labels["gateway"] == "0"]
    buckets = {each.labels["le"]: each.value for each in own if each.name.endswith("_bucket")}
    assert (buckets["0.001"], buckets["0.0025"], buckets["0.5"], buckets["1.0"], buckets["+Inf"]) == (1, 3, 3, 4, 5)
    assert {each.name.removeprefix(f"wedsync_{name}_"): each.value for each in own if "le" not in each.labels} == {
        "count": 5, "sum": pytest.approx(99.7044),
    }  # fmt: skip
    assert sum(each.value for each in family.samples if each.labels["gateway"] == "1") == 0


def test_what_runs_is_said() -> None:
    assert f'version="{__version__}"' in text_of({}).partition("wedsync_build_info{")[2].partition("}")[0]


def test_processes_are_measured_and_one_that_is_gone_is_left_out() -> None:
    text = text_of({}, {"0": os.getpid(), "1": 2**22 + 1})
    families = {each.name: each for each in text_string_to_metric_families(text)}
    for name in (
        "process_resident_memory_bytes",
        "process_cpu_seconds",
        "process_open_fds",
        "process_start_time_seconds",
    ):
        samples = families[name].samples
        assert [each.labels for each in samples] == [{}, {"gateway": "0"}], name
        assert all(each.value > 0 for each in samples)
