"""Routes of one's own devices and chats."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from limits import RateLimitItemPerHour

from insurenz.core.caller import CurrentUser
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, deferred
from insurenz.deliveries.models import CHAT, PUSH, Target
from insurenz.deliveries.targets import queries, service
from insurenz.deliveries.targets.push import PushRules
from insurenz.deliveries.targets.removal import remove
from insurenz.deliveries.targets.schemas import (
    ChatIn,
    ChatList,
    ChatOut,
    CodeIn,
    DeviceIn,
    DeviceList,
    DeviceOut,
)

router = APIRouter(route_class=Route, prefix="/notifications", tags=["notifications"])


def _own(request: Request, session: Session, *, channel: str, named: str) -> Target:
    return queries.own_target(session, request.state.actor, channel, request.path_params[named])


OwnDevice = Annotated[Target, Depends(deferred(2)(partial(_own, channel=PUSH, named="device_id")))]
OwnChat = Annotated[Target, Depends(deferred(2)(partial(_own, channel=CHAT, named="chat_id")))]
# Messages that somebody can have sent to a number that may be a stranger's, and codes that they can guess.
SENT, TRIED = RateLimitItemPerHour(10), RateLimitItemPerHour(10)


@router.get("/devices")
def list_devices(request: Request, actor: CurrentUser, db: Db) -> DeviceList:
    """The devices on which you are told by Web Push, and the key that browsers subscribe with."""
    rules: PushRules | None = request.app.state.push_rules
    items = [DeviceOut.of(target) for target in queries.own(db, actor, PUSH)]
    return DeviceList(items=items, server_key=rules.public_key if rules else None)


@router.post("/devices", status_code=201)
def keep_device(request: Request, body: DeviceIn, actor: CurrentUser, db: Db) -> DeviceOut:
    """Be told on this device, as long as you are signed in on it; sent again, it is renewed."""
    kept = service.keep_device(
        db,
        actor,
        request.app.state.push_rules,
        name=body.name,
        language=body.language,
        endpoint=body.endpoint,
        keys=body.keys.model_dump(),
    )
    return DeviceOut.of(kept)


@router.delete("/devices/{device_id}", status_code=204)
def remove_device(device: OwnDevice, actor: CurrentUser, db: Db) -> None:
    """Be told on a device no more."""
    remove(db, actor, device)


@router.get("/chats")
def list_chats(request: Request, actor: CurrentUser, db: Db) -> ChatList:
    """The chats and numbers by which you are told, and the ways to add one."""
    return ChatList.of(queries.own(db, actor, CHAT), request.app.state.chat_rules)


@router.post("/chats", status_code=201)
def add_chat(request: Request, body: ChatIn, actor: CurrentUser, db: Db) -> ChatOut:
    """Have a code sent to a chat or number of yours; the same one again, a new code."""
    request.app.state.limiter.take(SENT, "chat_code", actor.id)
    given = body.model_dump()
    return ChatOut.of(service.add_chat(db, actor, request.app.state.chat_rules, **given))


@router.post("/chats/{chat_id}/confirm")
def confirm_chat(request: Request, body: CodeIn, chat: OwnChat, actor: CurrentUser, db: Db) -> ChatOut:
    """Give the code that came there: from now on you are told by it."""
    request.app.state.limiter.take(TRIED, "chat_code_tried", chat.id)
    service.confirm(db, actor, chat, body.code)
    return ChatOut.of(chat)


@router.post("/chats/{chat_id}/test", status_code=204)
def test_chat(request: Request, chat: OwnChat, actor: CurrentUser, db: Db) -> None:
    """Have a message sent there that tells of no claim."""
    request.app.state.limiter.take(SENT, "chat_test", actor.id)
    service.send_test(db, actor, chat)


@router.delete("/chats/{chat_id}", status_code=204)
def remove_chat(chat: OwnChat, actor: CurrentUser, db: Db) -> None:
    """Be told by a chat or number no more."""
    remove(db, actor, chat)
