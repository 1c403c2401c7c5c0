from __future__ import annotations

import pytest

from wedsync.metrics import COUNTERS, GAUGES, Stats, render


def test_samples_of_several_gateways_form_one_family() -> None:
    stats = Stats()
    stats.count("joins", "ok")
    stats.count("joins", "ok")
    stats.count("joins", "Unauthorized")
    text = render({"0": stats.snapshot(), "1": {"connections": 5.0}})
    assert text.count("# TYPE wedsync_joins_total counter") == 1
    assert 'wedsync_joins_total{gateway="0",outcome="ok"} 2\n' in text
    assert 'wedsync_joins_total{gateway="0",outcome="Unauthorized"} 1\n' in text
    assert 'wedsync_connections{gateway="1"} 5\n' in text


def test_every_family_is_described() -> None:
    text = render({})
    for name in (*(f"{counter}_total" for counter in COUNTERS), *GAUGES):
        assert f"# HELP wedsync_{name} " in text


def test_an_undeclared_counter_with_a_label_is_an_error() -> None:
    stats = Stats()
    stats.count("nobody_declared_this", "x")
    with pytest.raises(KeyError):
        stats.snapshot()
