"""Tells pytest where the test harness is; it lives in worker/tests/harness."""

pytest_plugins = ["harness.plugin"]
