"""What belongs to the present request, for log lines and events."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
claim_id: ContextVar[str] = ContextVar("claim_id", default="")
