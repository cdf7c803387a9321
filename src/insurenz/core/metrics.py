"""Prometheus metrics of this process."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("insurenz_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "insurenz_request_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
OPEN_STREAMS = Gauge("insurenz_open_streams", "Live streams that are open")
ENDED_STREAMS = Counter("insurenz_streams_ended_total", "Live streams that have ended", ["reason"])
ALERTS = Counter("insurenz_alerts_total", "Things an operator should look at", ["kind"])
# Begun at nought, for a counter that appears with its first count has not grown. Besides there is one of each loop.
KINDS = (
    "access_log_full",
    "audit_check_failed",
    "broker_down",
    "document_check_failed",
    "document_infected",
    "events_wait",
    "facade",
    "hints_redis_down",
    "login_burst",
    "mail_not_sent",
    "no_worker",
    "not_found_sweep",
    "object_missing",
    "rate_limit_redis_down",
    "refresh_replayed",
    "scanner_away",
    "sweep_refused",
)
for _kind in KINDS:
    ALERTS.labels(_kind)
AUDIT_CHECKED = Gauge(
    "insurenz_audit_checked_timestamp_seconds", "When the last check of the whole trail by the schedule ended"
)
AUDIT_FAULTS = Gauge(
    "insurenz_audit_faults", "What the last check found, or the one that runs has found by now"
)
DOCUMENTS_CHECKED = Gauge(
    "insurenz_documents_checked_timestamp_seconds", "When the schedule had last read every document"
)
DOCUMENT_FAULTS = Gauge(
    "insurenz_document_faults", "Documents whose file is known to be missing, or not what was sent"
)
OPEN_EVENTS = Gauge("insurenz_open_events", "Events not yet taken by every consumer")
OLDEST_OPEN = Gauge(
    "insurenz_oldest_open_event_seconds",
    "How long the oldest event that nobody has taken was seen to wait, looked at every 15 seconds",
)
WORKERS = Gauge("insurenz_workers", "Worker processes that live; told by servers beside a broker")
RELAYED = Counter("insurenz_events_relayed_total", "Events taken by every consumer")
RELAY_FAILURES = Counter(
    "insurenz_relay_failures_total", "Consumer calls that failed and will be tried again", ["type"]
)
DELIVERY_ATTEMPTS = Counter(
    "insurenz_delivery_attempts_total",
    "Deliveries taken up: delivered, postponed, dead (given up) or cancelled (recipient no longer entitled)",
    ["channel", "outcome"],
)
OLDEST_DUE = Gauge(
    "insurenz_oldest_due_delivery_seconds", "How long the oldest delivery that is due has waited", ["channel"]
)
DEAD_DELIVERIES = Gauge(
    "insurenz_dead_deliveries", "Deliveries given up, to be replayed by hand", ["channel"]
)
