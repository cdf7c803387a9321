"""Notifications as the API answers them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from insurenz.notifications.messages import recipient, shape, told_to
from insurenz.notifications.models import State
from insurenz.notifications.preferences import LOCKED, Preferences, Preferred
from insurenz.notifications.queries import InboxPage, Item
from insurenz.notifications.schemas import (
    DefaultOut,
    DefaultsOut,
    MarkOut,
    PreferenceOut,
    PreferencesOut,
    QuietHours,
    StateOut,
)
from insurenz.notifications.service import Mark


def page_json(page: InboxPage, base_url: str) -> bytes:
    """A page of the reader's inbox, as InboxOut has it: written from what was read, for models would cost half of all."""
    people = {person.id: person for item in page.items for person in item.recipients}
    known = {user_id: recipient(person) for user_id, person in people.items()}
    items = [_item(item, [known[person.id] for person in item.recipients], base_url) for item in page.items]
    return to_json({"items": items, "next_cursor": page.next_cursor} | _head(page.state))


def _item(item: Item, recipients: Sequence[Mapping[str, str]], base_url: str) -> dict[str, Any]:
    """One notification of the reader's, as NotificationOut has it."""
    event, stands = item.found.event, _stands(item)
    shown = shape(
        event,
        title=event.title,
        message=event.message,
        texts=item.texts,
        recipients=recipients,
        read_by=item.read_by,
        is_delivered=not event.has_open_delivery,
        updated_at=stands.pop("updated_at"),
        base_url=base_url,
    )
    return shown | {"category": event.category} | stands


class Writer:
    """Writes notifications of many readers as JSON; what they have in common is written once for each event."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._common: dict[tuple[str, str, bool], str] = {}

    def json(self, item: Item, *, is_staff: bool) -> str:
        """The same as on a page; fields may come in another order."""
        own = _stands(item)
        if not is_staff:
            own |= told_to([recipient(person) for person in item.recipients]) | {"read_by": item.read_by}
        key = (item.found.event.id, item.found.event.audience, is_staff)
        if key not in self._common:
            out = _item(item, list(map(recipient, item.recipients)), self._base_url)
            common = {name: value for name, value in out.items() if name not in own}
            self._common[key] = to_json(common).decode().removesuffix("}")
        return f"{self._common[key]},{to_json(own).decode().removeprefix('{')}"


def _stands(item: Item) -> dict[str, Any]:
    """How it stands in the reader's inbox, and since when."""
    _, event, standing = item.found
    read_at, archived_at = standing.read_at, standing.archived_at
    return {
        "rev": standing.rev,
        "read_at": read_at,
        "archived_at": archived_at,
        "updated_at": max(event.occurred_at, read_at or event.occurred_at, archived_at or event.occurred_at),
    }


def state_out(state: State) -> StateOut:
    """The head of the reader's inbox."""
    return StateOut(**_head(state))


def mark_out(mark: Mark) -> MarkOut:
    """An item that was changed."""
    return MarkOut(
        id=mark.event_id,
        item_rev=mark.rev,
        read_at=mark.read_at,
        archived_at=mark.archived_at,
        **_head(mark.state),
    )


def preferences_out(preferences: Preferences, configured: Collection[str]) -> PreferencesOut:
    """What somebody may choose, as it is."""
    hours = preferences.hours
    return PreferencesOut(
        preferences=[_preference_out(each, configured) for each in preferences.matrix],
        quiet_hours=QuietHours(**hours._asdict()) if hours else None,
    )


def defaults_out(defaults: Sequence[Preferred], configured: Collection[str]) -> DefaultsOut:
    """What an organisation may choose for its people, as it is."""
    return DefaultsOut(preferences=[_preference_out(each, configured) for each in defaults])


def _preference_out(each: Preferred, configured: Collection[str]) -> PreferenceOut:
    return PreferenceOut(
        category=each.category,
        channel=each.channel,
        is_on=each.is_on,
        chosen=each.chosen,
        defaults=[DefaultOut(**default._asdict()) for default in each.defaults],
        is_locked=each.is_locked,
        locked_because=LOCKED if each.is_locked else None,
        is_configured=each.channel in configured,
    )


def _head(state: State) -> dict[str, int]:
    return {"unread": state.unread, "rev": state.last_rev, "seen_rev": state.seen_rev}
