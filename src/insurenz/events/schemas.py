"""Events as the API shows them to overseers."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from insurenz.core.edge import Out
from insurenz.events.models import Event


class EventActor(BaseModel):
    """Who acted, as they were then."""

    id: str
    role: str | None
    name: str | None
    email: str | None


class EventOut(BaseModel):
    """One event: what happened to what, by whom, with its place and hash in the chain. An erased text is null."""

    id: str
    type: str
    subject_kind: str
    subject_id: str
    seq: int
    claim_number: str | None
    version: int | None
    status: str | None
    hospital_id: str | None
    hospital_name: str | None
    payer_id: str | None
    claimant_id: str | None
    actor: EventActor | None
    data: dict[str, Any]
    texts: dict[str, str | None]
    occurred_at: datetime
    request_id: str | None
    prev_hash: str
    hash: str

    @classmethod
    def of(cls, event: Event, texts: dict[str, str | None]) -> Self:
        """The event as an answer."""
        actor = event.actor_id and EventActor(
            id=event.actor_id, role=event.actor_role, name=event.actor_name, email=event.actor_email
        )
        own = {name: getattr(event, name) for name in cls.model_fields if name not in ("actor", "texts")}
        return cls(**own, actor=actor or None, texts=texts)


class EventList(Out):
    """A page of events, newest first."""

    items: list[EventOut]
    next_cursor: str | None
