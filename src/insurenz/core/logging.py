"""JSON log lines with request and claim id. Never texts of claims, names, secrets or links."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from insurenz.core import context

_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {
    "message",
    "asctime",
    "taskName",
}
# Made once: a line for each request is written by it.
_ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)


class JsonFormatter(logging.Formatter):
    """One line of JSON per record; `extra=` fields become members."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in _ids().items() if value}
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD and not k.startswith("_")}
        if record.exc_info:
            line["error"] = _where(record.exc_info)
        return _ENCODER.encode(line)


def _ids() -> dict[str, str]:
    return {"request_id": context.request_id.get(), "claim_id": context.claim_id()}


def _where(exc_info: Any) -> dict[str, Any]:
    # The type and the places, never the text: an error's text can hold values of a claim.
    kind, _error, trace = exc_info
    frames = traceback.extract_tb(trace)[-8:]
    return {
        "type": kind.__name__,
        "at": [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames],
    }


def configure() -> None:
    """Send every log line of this process to standard error as JSON."""
    # What a line does not tell is not looked up for it (docs.python.org/3/howto/logging.html#optimization).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
