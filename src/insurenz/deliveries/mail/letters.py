"""Makes the letter of a notification when it is sent: from the facts in its delivery, and the words of its event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from insurenz.core.mail import Badge, Letter, Link, Mail, Quote
from insurenz.core.permissions import Role
from insurenz.core.secret import derived_key, server_secret
from insurenz.core.settings import Settings
from insurenz.deliveries.mail.unsubscribing import Unsubscribing
from insurenz.deliveries.mail.wording import CLAIMANT, HOSPITAL, STAFF, Words, wording
from insurenz.workflow.vocabulary import MANDATORY

# By which a receiver knows a mail again where its server gives each a Message-ID of its own.
KEY_HEADER = "Insurenz-Delivery"
READERS = {Role.POLICYHOLDER: CLAIMANT, Role.HOSPITAL_USER: HOSPITAL}
MOST_LINES = 60
# Where numbers are grouped by hundreds above a thousand: 18,25,000.
_BY_HUNDREDS = frozenset({"INR", "BDT", "LKR", "NPR", "PKR"})


@dataclass(frozen=True)
class Letters:
    """The mails about claims of one install; times are those of its `zone`."""

    unsubscribing: Unsubscribing
    zone: ZoneInfo

    def mail(self, to: str, body: Mapping[str, Any], *, user_id: str, category: str, key: str) -> Mail:
        """The mail to one person: `body` is a notification as in the API, with what else is told by mail in `about`."""
        is_free = category not in MANDATORY
        stop = self.unsubscribing.address(user_id, category) if is_free else None
        headers = {KEY_HEADER: key}
        if stop:
            headers |= {
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        base_url = self.unsubscribing.base_url
        return self._letter(body, stop).mail(to, base_url, key=key, headers=headers)

    def _letter(self, body: Mapping[str, Any], stop: str | None) -> Letter:
        about, reader = body["about"], _reader(body)
        words = wording().of(body["event_type"], about.get("action"), about.get("outcome"), reader)
        number, link = body["claim_id"], body["link"]
        return Letter(
            subject=f"{body['title']}: {number}" if number else body["title"],
            heading=body["title"],
            lines=[line for line in (body["message"], words.says) if line],
            badge=_badge(words, body["metadata"].get("status")),
            facts=list(self._facts(body, words)),
            quotes=list(_quotes(body["metadata"])),
            next_step=words.next_step,
            is_asked=words.is_asked,
            button=Link(words.button, link) if link else None,
            small=[wording().why[reader], *([] if stop else [wording().mandatory])],
            links=list(self._links(stop)),
            unbroken=number or "",
        )

    def _facts(self, body: Mapping[str, Any], words: Words) -> Iterable[tuple[str, str]]:
        shown = self._shown(body)
        for name in words.facts:
            if shown.get(name):
                yield wording().facts[name], shown[name]

    def _shown(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Every fact that a mail can show, in words."""
        about, told = body["about"], body["metadata"]
        currency = about.get("currency") or ""
        return {
            "claim_number": body["claim_id"] or "",
            "claim_type": _named(about.get("claim_type")),
            "incident_date": _day(about.get("incident_date")),
            "claim_amount": _amount(about.get("claim_amount"), currency),
            "approved_amount": _amount(told.get("approved_amount"), currency),
            "payment_reference": about.get("payment_reference") or "",
            "query_category": _named((told.get("qc_query_details") or {}).get("query_category")),
            "uploaded_files": str(len(told.get("uploaded_files") or ()) or ""),
            "due_at": self._moment(about.get("due_at")),
            "created_at": self._moment(body["created_at"]),
        }

    def _moment(self, text: str | None) -> str:
        if not text:
            return ""
        here = datetime.fromisoformat(text).astimezone(self.zone)
        return f"{here.day} {here:%B %Y, %H:%M} {here.tzname()}"

    def _links(self, stop: str | None) -> Iterable[Link]:
        if stop:
            yield Link(wording().unsubscribe, stop)
        yield Link(wording().preferences, f"{self.unsubscribing.base_url}/app/account")


def letters_of(settings: Settings) -> Letters:
    """The mails about claims of this install."""
    key = derived_key(server_secret(settings), "unsubscribe")
    return Letters(Unsubscribing(key, settings.base_url), ZoneInfo(settings.timezone))


def _badge(words: Words, status: str | None) -> Badge:
    """That of the event; of one that has no words here, where the claim stands now."""
    is_plain = words is wording().plain
    return Badge(_named(status), words.badge.tone) if is_plain and status else words.badge


def _reader(body: Mapping[str, Any]) -> str:
    """Who reads it: each mail has one recipient."""
    [recipient] = body["recipients"]
    return READERS.get(recipient["user_role"], STAFF)


def _quotes(told: Mapping[str, Any]) -> Iterable[Quote]:
    """What people wrote to be told."""
    missing = (told.get("qc_query_details") or {}).get("missing_documents") or ()
    for name, label in wording().texts.items():
        written = (
            [f"\u2022 {each}" for each in missing] if name == "missing_documents" else _lines(told.get(name))
        )
        if written:
            yield Quote(label, written[:MOST_LINES])


def _lines(text: str | None) -> Sequence[str]:
    return (text or "").strip().splitlines()


def _named(code: str | None) -> str:
    return (code or "").replace("_", " ").capitalize()


def _day(text: str | None) -> str:
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _amount(text: str | None, currency: str) -> str:
    """A decimal text with its currency, grouped as people of that currency do."""
    if not text:
        return ""
    whole, point, fraction = text.partition(".")
    grouped = f"{int(whole):,}"
    if currency in _BY_HUNDREDS and len(whole) > 3:
        head = whole[:-3]
        pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
        grouped = ",".join([*reversed(pairs), whole[-3:]])
    return f"{currency} {grouped}{point}{fraction}".strip()
