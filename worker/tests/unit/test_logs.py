from __future__ import annotations

import json
import logging

from wedsync.logs import JsonFormatter, PlainFormatter


def record(**fields: object) -> logging.LogRecord:
    made = logging.LogRecord("wedsync.relay", logging.INFO, "", 0, "relay_attached", None, None)
    made.fields = fields
    return made


def test_a_line_is_one_json_object_with_event_and_fields() -> None:
    line = json.loads(JsonFormatter().format(record(node="n", resumed=True)))
    assert line["time"].endswith("+00:00")
    del line["time"]
    assert line == {
        "level": "info", "part": "wedsync.relay", "event": "relay_attached", "node": "n", "resumed": True,
    }  # fmt: skip


def test_secrets_are_not_written() -> None:
    for formatter in (JsonFormatter(), PlainFormatter()):
        line = formatter.format(record(token="hunter2", dsn="hunter2", password="hunter2", apikey="hunter2"))
        assert "hunter2" not in line
