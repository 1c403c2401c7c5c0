"""Structured logs: a constant event name and fields, as one JSON object per line, or plain text on a terminal.

Event names never change with the data, so they can be counted and searched. Values of fields that
contain secrets are never written.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from functools import partialmethod

_SECRET_FIELDS = frozenset({"apikey", "dsn", "password", "secret", "token"})
_ROOT = "wedsync"


class EventLogger:
    """Writes events of one component of the worker, such as `relay`. Field values must be JSON scalars."""

    def __init__(self, part: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{part}")

    def _write(self, level: int, event: str, /, *, exc_info: bool = False, **fields: object) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=exc_info, extra={"fields": fields})

    debug = partialmethod(_write, logging.DEBUG)
    info = partialmethod(_write, logging.INFO)
    """Something an operator may want to see afterwards."""
    warning = partialmethod(_write, logging.WARNING)
    """A problem that resolves itself."""
    error = partialmethod(_write, logging.ERROR)
    """A problem that needs attention."""
    fault = partialmethod(_write, logging.ERROR, exc_info=True)
    """A bug: like `error`, with the traceback of the exception being handled."""


logger = EventLogger


def _fields(record: logging.LogRecord) -> dict[str, object]:
    fields = getattr(record, "fields", {})
    return {name: "***" if name in _SECRET_FIELDS else value for name, value in fields.items()}


class JsonFormatter(logging.Formatter):
    """One JSON object: time (UTC), level, part, event, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line without its newline."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class PlainFormatter(logging.Formatter):
    """For people: time, level, event, fields as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line without its newline."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        line = f"{time} {record.levelname.lower():7} {record.getMessage()} {fields}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure(level: str) -> None:
    """Send the worker's events of at least `level` (debug, info, warning, error) to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter() if sys.stderr.isatty() else JsonFormatter())
    root = logging.getLogger(_ROOT)
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    root.propagate = False
