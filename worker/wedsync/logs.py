"""Structured logs: a constant event name and fields, as one JSON object per line, or plain text on a terminal.

Event names never change with the data, so they can be counted and searched. Values of fields that
contain secrets are never written.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_SECRET_FIELDS = frozenset({"apikey", "dsn", "password", "secret", "token"})
_ROOT = "wedsync"


class EventLogger:
    """Writes events of one component of the worker. Field values must be JSON scalars."""

    def __init__(self, part: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{part}")

    def debug(self, event: str, **fields: object) -> None:
        """For debugging."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Something an operator may want to see afterwards."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """A problem that resolves itself."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """A problem that needs attention."""
        self._write(logging.ERROR, event, fields)

    def fault(self, event: str, **fields: object) -> None:
        """A bug: like `error`, with the traceback of the exception being handled."""
        self._write(logging.ERROR, event, fields, exc_info=True)

    def _write(self, level: int, event: str, fields: dict[str, object], *, exc_info: bool = False) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=exc_info, extra={"fields": fields})


def logger(part: str) -> EventLogger:
    """The event logger of one component, e.g. `relay`."""
    return EventLogger(part)


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
