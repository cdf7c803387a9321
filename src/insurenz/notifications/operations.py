"""What admins are told of the install itself, which no workflow speaks of: one row for each type of event."""

from collections.abc import Mapping

from insurenz.workflow import EventRule, Tell
from insurenz.workflow.vocabulary import INBOX

ADMINS = "admins"


def _told(event: str, title: str, message: str) -> EventRule:
    tell = Tell(ADMINS, title, message, channels=(INBOX,), receipt=False, actions=(), outcomes=())
    return EventRule(event, "action_needed", (tell,))


# By event; a message may name the `organisation` that the event's data name by its number.
RULES: Mapping[str, EventRule] = {
    rule.event: rule
    for rule in (
        _told(
            "webhook_failing",
            "Webhook Failing",
            "Nothing has reached a webhook of {organisation} for a day. It is switched off after five.",
        ),
        _told(
            "webhook_disabled",
            "Webhook Switched Off",
            "A webhook of {organisation} was switched off: nothing reached it any more. What it did not get can be sent again.",
        ),
        _told(
            "login_burst",
            "Password Guessing",
            "Passwords are being tried, too many for one account or from one address. Further tries are refused for a while.",
        ),
        _told(
            "refresh_replayed",
            "Session Ended After Misuse",
            "A refresh token of an account was used a second time: somebody may have copied it. Its session was ended.",
        ),
        _told(
            "not_found_sweep",
            "Many Unknown Things Asked For",
            "One account or address asked for many things that are not there for it, as who guesses numbers does.",
        ),
        _told(
            "audit_check_failed",
            "Audit Check Failed",
            "What was recorded has been changed. Run insurenz audit verify, and keep the database as it is.",
        ),
        _told(
            "document_check_failed",
            "Documents Damaged",
            "Files of documents are missing or not what was sent. Run insurenz documents scrub, and take them from a backup.",
        ),
    )
}

# Those whose subjects are not told of otherwise.
ALERTS = ("login_burst", "refresh_replayed", "not_found_sweep", "audit_check_failed", "document_check_failed")
