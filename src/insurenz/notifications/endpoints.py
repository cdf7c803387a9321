"""Routes of one's own inbox, and of what one wants to be told by which channel."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from insurenz.accounts.auth import CurrentUser
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, deferred, json_answer
from insurenz.notifications import answers, preferences, queries, service
from insurenz.notifications.schemas import (
    DefaultsIn,
    DefaultsOut,
    InboxAsked,
    InboxOut,
    MarkOut,
    PreferencesIn,
    PreferencesOut,
    StateOut,
    UnreadOut,
    UpTo,
)
from insurenz.notifications.telling import Telling
from insurenz.organisations import queries as organisations

router = APIRouter(route_class=Route, tags=["notifications"])


@deferred(0)
def _telling(request: Request, _session: Session) -> Telling:
    telling: Telling = request.app.state.telling
    return telling


TellingNow = Annotated[Telling, Depends(_telling)]
# No body is needed, nor a content type: absent means up to now.
UpToGiven = Annotated[UpTo, Body(default_factory=UpTo)]


@router.get("/notifications", response_model=InboxOut)
def list_notifications(
    actor: CurrentUser, db: Db, telling: TellingNow, asked: Annotated[InboxAsked, Query()]
) -> Response:
    """Your inbox, newest first."""
    page = queries.page(
        db, actor, asked=asked.filters(), claim=asked.claim_id, cursor=asked.cursor, limit=asked.limit
    )
    return json_answer(answers.page_json(page, telling.base_url))


@router.get("/notifications/unread-count")
def count_unread(actor: CurrentUser, db: Db) -> UnreadOut:
    """Your badge: how many notifications you have not read."""
    return UnreadOut(unread=queries.state_of(db, actor.id).unread)


@router.post("/notifications/read-all")
def read_all_notifications(actor: CurrentUser, db: Db, telling: TellingNow, body: UpToGiven) -> StateOut:
    """Mark all as read: up to the change you saw last, or up to now."""
    return answers.state_out(service.read_all(db, actor, telling=telling, up_to_rev=body.up_to_rev))


@router.post("/notifications/seen")
def see_notifications(actor: CurrentUser, db: Db, telling: TellingNow, body: UpToGiven) -> StateOut:
    """Say that you have looked at your inbox; nothing becomes read by it."""
    return answers.state_out(service.see(db, actor, telling=telling, up_to_rev=body.up_to_rev))


@router.post("/notifications/{notification_id}/read")
def read_notification(notification_id: str, actor: CurrentUser, db: Db, telling: TellingNow) -> MarkOut:
    """Mark one as read."""
    return answers.mark_out(service.mark_read(db, actor, notification_id, telling=telling))


@router.post("/notifications/{notification_id}/unread")
def unread_notification(notification_id: str, actor: CurrentUser, db: Db, telling: TellingNow) -> MarkOut:
    """Mark one as not read."""
    return answers.mark_out(service.mark_unread(db, actor, notification_id, telling=telling))


@router.post("/notifications/{notification_id}/archive")
def archive_notification(notification_id: str, actor: CurrentUser, db: Db, telling: TellingNow) -> MarkOut:
    """Put one away."""
    return answers.mark_out(service.archive(db, actor, notification_id, telling=telling))


@router.get("/notifications/preferences")
def show_preferences(actor: CurrentUser, db: Db, telling: TellingNow) -> PreferencesOut:
    """What you are told by which channel, what you may change of it, and your quiet hours."""
    return answers.preferences_out(preferences.preferences_of(db, actor.id), telling.channels)


@router.put("/notifications/preferences")
def change_preferences(
    actor: CurrentUser, db: Db, telling: TellingNow, body: PreferencesIn
) -> PreferencesOut:
    """Replace all of your choices and your quiet hours; what is mandatory cannot be switched off."""
    preferences.choose(db, actor, choices=body.choices(), hours=body.hours())
    return answers.preferences_out(preferences.preferences_of(db, actor.id), telling.channels)


@router.get("/organisations/{organisation_id}/notification-preferences")
def show_organisation_preferences(
    organisation_id: str, actor: CurrentUser, db: Db, telling: TellingNow
) -> DefaultsOut:
    """What an organisation has chosen for its people, as long as they choose nothing themselves."""
    found = organisations.visible(db, actor, organisation_id)
    return answers.defaults_out(preferences.defaults_of(db, found), telling.channels)


@router.put("/organisations/{organisation_id}/notification-preferences")
def change_organisation_preferences(
    organisation_id: str, actor: CurrentUser, db: Db, telling: TellingNow, *, body: DefaultsIn
) -> DefaultsOut:
    """Replace what an organisation has chosen for its people."""
    found = organisations.visible(db, actor, organisation_id)
    preferences.choose_defaults(db, actor, found, choices=body.choices())
    return answers.defaults_out(preferences.defaults_of(db, found), telling.channels)
