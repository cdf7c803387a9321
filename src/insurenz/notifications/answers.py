"""Notifications as the API answers them."""

from collections.abc import Collection, Sequence

from insurenz.notifications.messages import recipient, shape
from insurenz.notifications.models import State
from insurenz.notifications.preferences import LOCKED, Preferences, Preferred
from insurenz.notifications.queries import InboxPage, Item
from insurenz.notifications.schemas import (
    DefaultOut,
    DefaultsOut,
    InboxOut,
    MarkOut,
    NotificationOut,
    PreferenceOut,
    PreferencesOut,
    QuietHours,
    StateOut,
)
from insurenz.notifications.service import Mark


def page_out(page: InboxPage, base_url: str) -> InboxOut:
    """A page of the reader's inbox."""
    items = [item_out(item, base_url) for item in page.items]
    return InboxOut(items=items, next_cursor=page.next_cursor, **_head(page.state))


def item_out(item: Item, base_url: str) -> NotificationOut:
    """One notification of the reader's."""
    row = item.row
    times = [time for time in (row.occurred_at, row.read_at, row.archived_at) if time is not None]
    shown = shape(
        row,
        title=row.title,
        message=row.message,
        texts=item.texts,
        recipients=map(recipient, item.recipients),
        read_by=item.read_by,
        is_delivered=not row.has_open_delivery,
        updated_at=max(times),
        base_url=base_url,
    )
    standing = {name: getattr(row, name) for name in ("category", "rev", "read_at", "archived_at")}
    return NotificationOut(**shown, **standing)


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
