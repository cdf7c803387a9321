"""What the inbox's API takes and answers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from insurenz.core import paging
from insurenz.core.edge import Out
from insurenz.deliveries.channels import CHOSEN
from insurenz.notifications.models import Choice, Hours

Category = Literal["action_needed", "progress", "decision", "message", "assignment"]
Word = Annotated[str, Field(max_length=64)]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]
# One of them: what is in a registry is no literal to a type checker.
if TYPE_CHECKING:
    Channel = str
else:
    Channel = Literal[CHOSEN]


class InboxAsked(BaseModel):
    """Which notifications are listed: without filters all that are not archived."""

    model_config = ConfigDict(extra="forbid")

    unread: bool | None = Field(None, description="Only unread ones, or only read ones")
    archived: bool = Field(False, description="Those put away, instead of the others")
    event_type: Word | None = Field(None, examples=["claim_qc_query"])
    claim_id: Word | None = Field(None, description="Id or number of a claim")
    status: Word | None = Field(
        None, description="Status of the claim after the event", examples=["qc_query"]
    )
    category: Category | None = None
    cursor: paging.Cursor = None
    limit: paging.Limit = paging.DEFAULT_LIMIT

    def filters(self) -> dict[str, Any]:
        """The filters by name, with what each compares with."""
        asked: dict[str, Any] = {"is_archived" if self.archived else "is_kept": True}
        if self.unread is not None:
            asked["is_unread" if self.unread else "is_read"] = True
        given = {"event_type": self.event_type, "status": self.status, "category": self.category}
        return asked | {name: value for name, value in given.items() if value is not None}


class UpTo(BaseModel):
    """Up to which change of the inbox; absent: up to now."""

    model_config = ConfigDict(extra="forbid")

    up_to_rev: int | None = Field(None, ge=0, le=2**31 - 1)


class RecipientOut(BaseModel):
    """Somebody who was told."""

    user_id: str
    user_email: str
    user_role: str
    user_name: str


class TriggeredBy(BaseModel):
    """Whose act it was; all null when it was the system's."""

    actor_id: str | None
    actor_role: str | None
    actor_name: str | None
    actor_email: str | None


class NotificationOut(BaseModel):
    """One notification in your inbox. `claim_id` is the claim's public number; `id` is the same for all recipients.

    `recipients`, `recipient_ids`, `recipient_roles` and `read_by` hold up to a hundred people for staff, yourself for
    others.
    """

    id: str
    claim_id: str | None
    claim_uuid: str
    event_type: str
    title: str
    message: str
    recipients: list[RecipientOut]
    recipient_ids: list[str]
    recipient_roles: list[str]
    metadata: dict[str, Any]
    triggered_by: TriggeredBy
    delivery_success: bool
    read_by: list[str]
    created_at: datetime
    updated_at: datetime
    link: str | None
    category: str
    rev: int
    read_at: datetime | None
    archived_at: datetime | None


class InboxOut(Out):
    """A page of your inbox, newest first, and its head: how many are unread, its last change, what you have seen."""

    items: list[NotificationOut]
    next_cursor: str | None
    unread: int
    rev: int
    seen_rev: int


class UnreadOut(Out):
    """The badge."""

    unread: int


class StateOut(Out):
    """The head of your inbox after a change: how many are unread, its last change, what you have seen."""

    unread: int
    rev: int
    seen_rev: int


class MarkOut(StateOut):
    """How one notification stands after a change, and your inbox with it; `item_rev` is the change of this item."""

    id: str
    item_rev: int
    read_at: datetime | None
    archived_at: datetime | None


class ChoiceIn(BaseModel):
    """Whether you want a category by a channel; your inbox has everything in any case."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    channel: Channel
    is_on: bool


class QuietHours(BaseModel):
    """When nothing but what is mandatory is sent: over midnight when `ends` is before `starts`."""

    model_config = ConfigDict(extra="forbid")

    starts: Time
    ends: Time
    zone: str = Field(max_length=64, description="Of the IANA list", examples=["Asia/Kolkata"])


class DefaultsIn(BaseModel):
    """All that is chosen; what is not named goes by the default."""

    model_config = ConfigDict(extra="forbid")

    preferences: list[ChoiceIn] = Field(max_length=100)

    def choices(self) -> list[Choice]:
        """What is chosen."""
        return [Choice(each.category, each.channel, each.is_on) for each in self.preferences]


class PreferencesIn(DefaultsIn):
    """All that you choose; what is not named goes by the defaults, and null hours are none."""

    quiet_hours: QuietHours | None

    def hours(self) -> Hours | None:
        """The quiet hours."""
        return Hours(**self.quiet_hours.model_dump()) if self.quiet_hours else None


class DefaultOut(BaseModel):
    """What applies where you choose nothing: to what concerns this organisation (its number), or (null) to all else."""

    organisation: str | None
    is_on: bool


class PreferenceOut(BaseModel):
    """One category by one channel. `chosen` is null where the defaults apply.

    `is_locked` are categories that nobody can switch off, and why; `is_configured` whether this install has the channel.
    """

    category: str
    channel: str
    is_on: bool
    chosen: bool | None
    defaults: list[DefaultOut]
    is_locked: bool
    locked_because: str | None
    is_configured: bool


class PreferencesOut(Out):
    """All that you may choose, as it is."""

    preferences: list[PreferenceOut]
    quiet_hours: QuietHours | None


class DefaultsOut(Out):
    """All that an organisation may choose for its people, as it is."""

    preferences: list[PreferenceOut]
