"""Devices and chats as the API takes and shows them: of an address no more than lets its owner know it again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from insurenz.core.edge import Out
from insurenz.deliveries.models import Target
from insurenz.deliveries.targets.chat import ChatRules
from insurenz.organisations.schemas import ONE_LINE

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=ONE_LINE)]
Language = Literal["en", "hi"]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class KeysIn(BaseModel):
    """The keys of a subscription, in base64url."""

    model_config = ConfigDict(extra="forbid")

    p256dh: Text
    auth: Text


class DeviceIn(BaseModel):
    """A browser's push subscription: what `PushSubscription.toJSON()` gives of it, and how its owner calls the device."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["Firefox on Android"])
    language: Language = "en"
    endpoint: Annotated[str, Field(max_length=2000)]
    keys: KeysIn


class DeviceOut(Out):
    """A device on which you are told. `fingerprint` is the SHA-256 of its endpoint, by which a browser knows itself."""

    id: str
    name: str
    language: Language
    fingerprint: str
    created_at: datetime

    @classmethod
    def of(cls, target: Target) -> Self:
        """The device as an answer."""
        return cls(
            id=target.id,
            name=target.name,
            language=target.language,  # type: ignore[arg-type]
            fingerprint=target.address_hash,
            created_at=target.created_at,
        )


class DeviceList(Out):
    """Your devices, oldest first. `server_key` is what browsers subscribe with, null where Web Push is not set up."""

    items: list[DeviceOut]
    next_cursor: None = None
    server_key: str | None


class ChatIn(BaseModel):
    """A chat or number: by one of the ways of this install, and what is its target there."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["My phone"])
    language: Language = "en"
    way: Annotated[str, Field(min_length=1, max_length=32, examples=["sms"])]
    to: Annotated[str, Field(min_length=1, max_length=600, examples=["+919800000000"])]


class CodeIn(BaseModel):
    """The code that came there."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{6}$")]


class ChatOut(Out):
    """A chat or number of yours; nothing is sent there before it is confirmed. `ends_with` are its last characters."""

    id: str
    name: str
    language: Language
    way: str
    ends_with: str
    is_confirmed: bool
    created_at: datetime

    @classmethod
    def of(cls, target: Target) -> Self:
        """The chat as an answer."""
        to = target.address["to"]
        return cls(
            id=target.id,
            name=target.name,
            language=target.language,  # type: ignore[arg-type]
            way=target.address["way"],
            ends_with=to[-min(4, len(to) // 2) :],
            is_confirmed=target.confirmed_at is not None,
            created_at=target.created_at,
        )


class WayOut(BaseModel):
    """A way by which you may be told; what is given for it is a whole address of Apprise, or a number or name."""

    name: str
    is_address: bool


class ChatList(Out):
    """Your chats and numbers, oldest first, and the ways that there are to add one."""

    items: list[ChatOut]
    next_cursor: None = None
    ways: list[WayOut]

    @classmethod
    def of(cls, targets: Sequence[Target], rules: ChatRules) -> Self:
        """The list as an answer."""
        ways = [WayOut(name=name, is_address=name not in rules.ways) for name in rules.names]
        return cls(items=[ChatOut.of(target) for target in targets], ways=ways)
