"""The facade for programs whose claims live elsewhere: what happened there is told here, by the same rules.

Each method records one event about a claim that this install does not keep, on the word of the program that calls it.
The relay of any server process tells everybody concerned. What goes wrong is logged and counted, never raised.
"""

import hashlib
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select

from insurenz.accounts.queries import known_as
from insurenz.core.db import Database, Session
from insurenz.core.metrics import ALERTS
from insurenz.core.permissions import Actor, Role
from insurenz.events import wake
from insurenz.events.chain import insert_if_absent
from insurenz.events.service import Subject, record
from insurenz.notifications import program
from insurenz.notifications.audiences import FIRST, HANDLES_HOSPITAL, WORKS_FOR_HOSPITAL, Audience, members
from insurenz.notifications.messages import recipient
from insurenz.notifications.models import TRIGGERS, ExternalTrigger
from insurenz.organisations import queries as organisations
from insurenz.organisations.models import Kind, Organisation

log = logging.getLogger("insurenz.notifications.client")

KIND = "external"
PAGE = 1000
# What each event says of the claim after it.
STATUSES = {
    "claim_pending": "qc_pending",
    "claim_qc_query": "qc_query",
    "claim_qc_answered": "qc_answered",
    "claim_need_more_info": "need_more_info",
    "claim_need_more_info_response": "need_more_info_submitted",
    "claim_contested": "claim_contested",
    "claim_qc_clear": "qc_clear",
    "claim_approved": "claim_approved",
    "claim_denied": "claim_denial",
}


class UnknownHospital(ValueError):
    """The claim's data names no hospital of this install."""


class _ToldBefore(Exception):
    """The key was used before: this unit is rolled back."""


@dataclass(frozen=True)
class _Happened:
    """What a method was called with."""

    event_type: str
    claim_id: str
    claim_data: Mapping[str, Any]
    actor: Actor
    texts: Mapping[str, str | None]
    data: Mapping[str, Any]
    key: str | None

    @property
    def trigger(self) -> str | None:
        """The key as it is kept: what was told under it, of which claim, belongs to it."""
        if self.key is None:
            return None
        return hashlib.sha256(repr((self.event_type, self.claim_id, self.key)).encode()).hexdigest()


class NotificationClient:
    """Tells the inboxes of an install what happened to claims elsewhere. Threads may share one.

    `claim_id` is the claim's number as people know it; `claim_data` has `hospital_id` (row id or number, such as
    HOSP_001) or the exact `hospital_name`, may have `payer_id`, and `form_data`, of which `payer_name` alone is looked
    at: nothing of the patient is kept. `idempotency_key` makes a call that is repeated, at once or years later, the one
    event. Every method gives the event's id, or None when it could not be recorded.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def notify_pending(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        actor_id: str,
        actor_name: str,
        actor_email: str,
        idempotency_key: str | None = None,
    ) -> str | None:
        """A hospital submitted a claim: its processors are told."""
        actor = _desk(actor_id, actor_name, actor_email)
        return self._tell("claim_pending", claim_id, claim_data, actor, key=idempotency_key)

    def notify_qc_query(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        processor_id: str,
        processor_name: str,
        processor_email: str,
        remarks: str | None = None,
        qc_query_details: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> str | None:
        """A processor raised a query: the hospital is told. Details: `query_category` and `missing_documents`."""
        details = dict(qc_query_details or {})
        missing = [str(each) for each in details.get("missing_documents") or ()]
        texts = {"remarks": remarks, "missing_documents": "\n".join(missing) or None}
        data = {"query_category": str(details.get("query_category") or "other")}
        actor = _processor(processor_id, processor_name, processor_email)
        return self._tell(
            "claim_qc_query", claim_id, claim_data, actor, texts=texts, data=data, key=idempotency_key
        )

    def notify_qc_answered(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        hospital_user_id: str,
        hospital_user_name: str,
        hospital_user_email: str,
        query_response: str | None = None,
        uploaded_files: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> str | None:
        """The hospital answered a query: its processors are told. `uploaded_files` are ids, not names."""
        texts, data = {"query_response": query_response}, {"documents": list(uploaded_files)}
        actor = _desk(hospital_user_id, hospital_user_name, hospital_user_email)
        return self._tell(
            "claim_qc_answered", claim_id, claim_data, actor, texts=texts, data=data, key=idempotency_key
        )

    def notify_need_more_info(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        processor_id: str,
        processor_name: str,
        processor_email: str,
        remarks: str | None = None,
        idempotency_key: str | None = None,
    ) -> str | None:
        """A processor needs more information: the hospital is told."""
        actor = _processor(processor_id, processor_name, processor_email)
        texts = {"remarks": remarks}
        return self._tell(
            "claim_need_more_info", claim_id, claim_data, actor, texts=texts, key=idempotency_key
        )

    def notify_need_more_info_response(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        hospital_user_id: str,
        hospital_user_name: str,
        hospital_user_email: str,
        response: str | None = None,
        uploaded_files: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> str | None:
        """The hospital gave more information: its processors are told. `uploaded_files` are ids, not names."""
        texts, data = {"response": response}, {"documents": list(uploaded_files)}
        actor = _desk(hospital_user_id, hospital_user_name, hospital_user_email)
        event = "claim_need_more_info_response"
        return self._tell(event, claim_id, claim_data, actor, texts=texts, data=data, key=idempotency_key)

    def notify_claim_contested(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        hospital_user_id: str,
        hospital_user_name: str,
        hospital_user_email: str,
        contest_reason: str | None = None,
        uploaded_files: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> str | None:
        """The hospital contested a denial: its processors are told. `uploaded_files` are ids, not names."""
        texts, data = {"contest_reason": contest_reason}, {"documents": list(uploaded_files)}
        actor = _desk(hospital_user_id, hospital_user_name, hospital_user_email)
        return self._tell(
            "claim_contested", claim_id, claim_data, actor, texts=texts, data=data, key=idempotency_key
        )

    def notify_qc_clear(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        processor_id: str,
        processor_name: str,
        processor_email: str,
        remarks: str | None = None,
        idempotency_key: str | None = None,
    ) -> str | None:
        """A processor cleared the quality check: the hospital is told."""
        actor = _processor(processor_id, processor_name, processor_email)
        texts = {"remarks": remarks}
        return self._tell("claim_qc_clear", claim_id, claim_data, actor, texts=texts, key=idempotency_key)

    def notify_approved(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        processor_id: str,
        processor_name: str,
        processor_email: str,
        remarks: str | None = None,
        idempotency_key: str | None = None,
    ) -> str | None:
        """A processor approved a claim: the hospital is told."""
        actor = _processor(processor_id, processor_name, processor_email)
        texts = {"remarks": remarks}
        return self._tell("claim_approved", claim_id, claim_data, actor, texts=texts, key=idempotency_key)

    def notify_denial(
        self,
        *,
        claim_id: str,
        claim_data: Mapping[str, Any],
        processor_id: str,
        processor_name: str,
        processor_email: str,
        remarks: str | None = None,
        rejection_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> str | None:
        """A processor denied a claim: the hospital is told."""
        actor = _processor(processor_id, processor_name, processor_email)
        texts = {"remarks": remarks, "rejection_reason": rejection_reason}
        return self._tell("claim_denied", claim_id, claim_data, actor, texts=texts, key=idempotency_key)

    def get_hospital_users(self, hospital_id: str) -> list[dict[str, str]]:
        """The hospital users of a hospital (row id or number): user_id, user_email, user_role, user_name of each."""
        with self._database.read_unit() as session:
            hospital = _hospital(session, {"hospital_id": hospital_id})
            return _everybody(session, Audience(WORKS_FOR_HOSPITAL, hospital_id=hospital.id))

    def get_processors_for_claim(self, claim_id: str, claim_data: Mapping[str, Any]) -> list[dict[str, str]]:
        """The processors who would be told of a claim: user_id, user_email, user_role, user_name of each."""
        with self._database.read_unit() as session:
            subject = _subject(session, claim_id, claim_data, None)
            audience = Audience(HANDLES_HOSPITAL, hospital_id=subject.hospital_id, payer_id=subject.payer_id)
            return _everybody(session, audience)

    def _tell(
        self,
        event_type: str,
        claim_id: str,
        claim_data: Mapping[str, Any],
        actor: Actor,
        *,
        texts: Mapping[str, str | None] | None = None,
        data: Mapping[str, Any] | None = None,
        key: str | None,
    ) -> str | None:
        happened = _Happened(event_type, claim_id, claim_data, actor, texts or {}, data or {}, key)
        try:
            return self._recorded(happened)
        except Exception:
            # The task boundary: whoever calls has a claim of their own to go on with.
            log.exception("what happened elsewhere was not recorded", extra={"event_type": event_type})
            ALERTS.labels("facade").inc()
            return None

    def _recorded(self, happened: _Happened) -> str:
        try:
            with self._database.unit_of_work() as session:
                event_id = _record(session, happened)
        except _ToldBefore:
            with self._database.read_unit() as session:
                known = select(ExternalTrigger.event_id).where(ExternalTrigger.key == happened.trigger)
                return session.scalars(known).one()
        wake.ring_elsewhere(self._database)
        return event_id


@cache
def get_notification_client() -> NotificationClient:
    """The one client of this process, on the database that the settings of its environment name.

    Raises SettingsRefused when these cannot be used, NoDatabase when they lead to no database.
    """
    return NotificationClient(program.database())


def get_hospital_users(hospital_id: str) -> list[dict[str, str]]:
    """As `NotificationClient.get_hospital_users`, on this process's client."""
    return get_notification_client().get_hospital_users(hospital_id)


def get_processors_for_claim(claim_id: str, claim_data: Mapping[str, Any]) -> list[dict[str, str]]:
    """As `NotificationClient.get_processors_for_claim`, on this process's client."""
    return get_notification_client().get_processors_for_claim(claim_id, claim_data)


def _record(session: Session, happened: _Happened) -> str:
    event = record(
        session,
        happened.event_type,
        subject=_subject(session, happened.claim_id, happened.claim_data, STATUSES[happened.event_type]),
        actor=known_as(session, happened.actor),
        data={name: value for name, value in happened.data.items() if value},
        texts={name: body for name, body in happened.texts.items() if body},
    )
    if happened.trigger is not None:
        is_new = insert_if_absent(session, TRIGGERS, {"key": happened.trigger, "event_id": event.id})
        if not is_new:
            raise _ToldBefore
    return event.id


def _subject(session: Session, claim_id: str, claim_data: Mapping[str, Any], status: str | None) -> Subject:
    hospital = _hospital(session, claim_data)
    payer = _payer(session, claim_data)
    return Subject(
        KIND,
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:insurenz:external:{claim_id}")),
        claim_number=claim_id,
        hospital_id=hospital.id,
        payer_id=payer.id if payer else None,
        hospital_name=hospital.name,
        status=status,
    )


def _hospital(session: Session, claim_data: Mapping[str, Any]) -> Organisation:
    reference, name = claim_data.get("hospital_id"), claim_data.get("hospital_name")
    found = organisations.find(session, str(reference)) if reference else None
    if found is None and name and not reference:
        found = organisations.by_name(session, Kind.HOSPITAL, str(name))
    if found is None or found.kind != Kind.HOSPITAL:
        raise UnknownHospital("Give hospital_id, the id or number of a hospital, or its exact hospital_name.")
    return found


def _payer(session: Session, claim_data: Mapping[str, Any]) -> Organisation | None:
    """The payer as far as it can be told; processors who handle certain payers hear only of these."""
    reference = claim_data.get("payer_id")
    form = claim_data.get("form_data")
    name = form.get("payer_name") if isinstance(form, Mapping) else None
    found = organisations.find(session, str(reference)) if reference else None
    if found is None and name:
        found = organisations.by_name(session, Kind.PAYER, str(name))
    return found if found is not None and found.kind == Kind.PAYER else None


def _desk(id_: str, name: str, email: str) -> Actor:
    return Actor(id_, Role.HOSPITAL_USER, name, email)


def _processor(id_: str, name: str, email: str) -> Actor:
    return Actor(id_, Role.CLAIM_PROCESSOR, name, email)


def _everybody(session: Session, audience: Audience) -> list[dict[str, str]]:
    found, after = [], FIRST
    while page := members(session, audience, after=after, most=PAGE):
        found += [recipient(person) for person in page if person.is_active]
        after = page[-1].id
    return found
