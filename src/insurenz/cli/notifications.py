"""`notifications`: what leaves the house and what became of it, and the clean-up of inboxes, at the machine."""

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings, reading, stopping, writing
from insurenz.cli.output import AsJson, print_json, print_rows, with_bar

if TYPE_CHECKING:
    from insurenz.core.db import Session
    from insurenz.deliveries.log import Entry
    from insurenz.deliveries.models import State

app = typer.Typer(help="Notifications and their deliveries.", no_args_is_help=True)


@app.callback()
def notifications() -> None:
    """Notifications and their deliveries."""


@app.command()
def deliveries(
    *,
    state: Annotated[str | None, typer.Option(help="due, delivered, dead or cancelled.")] = None,
    channel: Annotated[str | None, typer.Option(help="For example external.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many of the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest deliveries, below the counts of each channel that `channels` shows."""
    from insurenz.deliveries import queries

    filters = queries.Filters(state=_state(state), channel=channel)
    with reading() as session:
        entries, _ = queries.log(session, filters, limit=limit)
        counts = _counts(session)
    rows = [_row(entry) for entry in entries]
    if as_json:
        print_json({"channels": counts, "deliveries": rows})
    else:
        print_rows(counts, as_json=False)
        print()
        print_rows(rows, as_json=False, empty="No deliveries.")


@app.command()
def channels(*, as_json: AsJson = False) -> None:
    """Count of each channel what is due, since when the oldest, waits, was given up, was delivered in the last hour."""
    with reading() as session:
        counts = _counts(session)
    print_rows(counts, as_json=as_json)


@app.command()
def replay(
    delivery_id: Annotated[str | None, typer.Argument(help="Id of one delivery.", show_default=False)] = None,
    *,
    is_all: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    channel: Annotated[str | None, typer.Option(help="All of this channel that were given up.")] = None,
    webhook: Annotated[str | None, typer.Option(help="All of the webhook with this id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let deliveries that were given up be sent again, now and under the same key; a running server sends them."""
    from insurenz.deliveries import service
    from insurenz.deliveries.webhooks import queries as webhooks
    from insurenz.deliveries.webhooks.service import replay_dead

    if sum((is_all, delivery_id is not None, channel is not None, webhook is not None)) != 1:
        raise Stopped(
            "Name one delivery, a --channel, a --webhook, or say --all: "
            "insurenz notifications deliveries --state dead"
        )
    with writing() as session:
        if delivery_id is not None:
            service.replay(session, None, delivery_id)
            count = 1
        elif webhook is not None:
            count = replay_dead(session, None, webhooks.webhook_for(session, webhook, lock=True))
        else:
            count = service.replay_all(session, None, channel=_channel(channel) if channel else None)
    if as_json:
        print_json({"replayed": count})
    else:
        print(f"Due again: {count}.")


@app.command()
def pause(channel: Annotated[str, typer.Argument(help="For example email.", show_default=False)]) -> None:
    """Let all deliveries of a channel wait, until it is resumed."""
    _pause(channel, is_paused=True)
    print(f"Paused: {channel}. What is being sent at this moment is not called back.")


@app.command()
def resume(channel: Annotated[str, typer.Argument(help="For example email.", show_default=False)]) -> None:
    """Let a channel's deliveries go on."""
    _pause(channel, is_paused=False)
    print(f"Goes on: {channel}.")


@app.command()
def suppressions(
    *,
    lift: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Write to this user again, by every channel.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List who is not written to any more, because nobody is at their address or they complained; or end it for one."""
    from insurenz.deliveries import suppression

    if lift is not None:
        _lift(lift)
        print(f"Told again by every channel: {lift}. What was given up meanwhile can be replayed.")
        return
    rows: list[dict[str, Any]] = []
    with reading() as session:
        cursor = None
        while True:
            found, cursor = suppression.listing(session, cursor=cursor, limit=200)
            rows += [_suppressed(row) for row in found]
            if cursor is None:
                break
    print_rows(rows, as_json=as_json, empty="Everybody is written to.")


@app.command()
def cleanup(
    *,
    ttl_hours: Annotated[
        int | None,
        typer.Option(min=0, max=87600, help="Remove what is older (NOTIFICATION_TTL_HOURS)."),
    ] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove old notifications from all inboxes; a running server does so every hour.

    What happened, who was told and what was sent stays. Broken off, it goes on where it was when it is called again.
    """
    from insurenz.notifications import purge

    settings = open_settings()
    hours = settings.notification_ttl_hours if ttl_hours is None else ttl_hours
    with stopping(), closing(open_database(settings)) as database:
        count = purge.count_expired(database, ttl_hours=hours)
        if count and not is_dry:
            count = with_bar(
                "Cleaning up inboxes",
                count,
                lambda progress: purge.clean_up(database, ttl_hours=hours, progress=progress),
            )
    if as_json:
        print_json({"is_dry": is_dry, "ttl_hours": hours, "removed": count})
    else:
        print(f"{'Would remove' if is_dry else 'Removed'}: {count} notifications older than {hours} hours.")


@app.command()
def explain(
    *,
    claim: Annotated[str, typer.Argument(help="Id or number of a claim.", show_default=False)],
    action: Annotated[str, typer.Argument(help="An action of its workflow.", show_default=False)],
    by: Annotated[
        str | None, typer.Option("--as", help="E-mail of who would do it; nobody in particular.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="full, partial, paid, denied or withdrawn.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell who would be told of an action, by which channel, and who would not, and why; nothing is done."""
    from insurenz.cli.explaining import explained

    found = explained(claim, action, by=by, outcome=outcome)
    if as_json:
        print_json(found)
    else:
        told = [{"told": "yes", **each} for each in found["recipients"]]
        print_rows(
            told + [{"told": "no", **each} for each in found["excluded"]], as_json=False, empty="Nobody."
        )


def _state(text: str | None) -> "State | None":
    from insurenz.deliveries.models import State

    try:
        return State(text) if text else None
    except ValueError as error:
        raise Stopped(f"{text!r} is not a state; there are: {', '.join(State)}") from error


def _row(entry: "Entry") -> dict[str, Any]:
    row = entry.delivery
    return {
        "id": row.id,
        "event_id": row.event_id,
        "channel": row.channel,
        "target": row.target,
        "state": row.state,
        "attempts": row.attempts,
        "next_at": row.next_at.isoformat(timespec="seconds") if row.state == "due" else None,
        "last_error": row.last_error,
        "created_at": row.created_at.isoformat(timespec="seconds"),
    }


def _counts(session: "Session") -> list[dict[str, Any]]:
    from insurenz.deliveries import queries

    delivered = queries.delivered_lately(session)
    return [
        {
            "channel": name,
            **asdict(each),
            "oldest_due_seconds": int(each.oldest_due_seconds),
            "delivered_last_hour": delivered.get(name, 0),
        }
        for name, each in queries.backlog(session).items()
    ]


def _channel(name: str) -> str:
    from insurenz.deliveries.channels import NAMES

    if name not in NAMES:
        raise Stopped(f"{name!r} is not a channel; there are: {', '.join(NAMES)}")
    return name


def _pause(channel: str, *, is_paused: bool) -> None:
    from insurenz.deliveries import service

    known = _channel(channel)
    with writing() as session:
        service.pause(session, None, known, is_paused=is_paused)


def _lift(email: str) -> None:
    from insurenz.accounts import queries as accounts
    from insurenz.deliveries import suppression

    with writing() as session:
        user = accounts.by_email(session, email.strip().lower())
        if user is None:
            raise Stopped(f"Nobody has the address {email}.")
        suppression.lift(session, None, user.id)


def _suppressed(row: Any) -> dict[str, Any]:
    since = row.since.isoformat(timespec="seconds")
    return {
        "email": row.email,
        "name": row.name,
        "channel": row.channel,
        "reason": row.reason,
        "since": since,
    }
