"""Logs: one JSON line for a request or a task; never a body, a query string or a token."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """The id that joins a request's log line, its audit entries, its history rows and its error page."""
    return request_id.get()


class Lines(logging.Formatter):
    """One JSON object a line. A traceback gives files and lines, without values or messages of exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        """Render a record; `extra={"fields": {…}}` adds fields."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request"] = str(request_id.get())
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-6:]
            line["where"] = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        return json.dumps(line, ensure_ascii=False, default=str)
