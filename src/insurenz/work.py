"""What is done beside requests: events told, deliveries sent, and THE list of what is done on a schedule.

A server does all of it by itself. Where a broker is set, worker processes do it, and the servers only ring for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from insurenz import workflow
from insurenz.accounts import retention
from insurenz.claims import drafts
from insurenz.consumers import consumers, of_kinds
from insurenz.core import idempotency
from insurenz.core.background import Loop
from insurenz.core.chats import own_chats
from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore
from insurenz.definitions.service import Definitions, pin
from insurenz.deliveries.channels import CHOSEN, Channels
from insurenz.deliveries.lanes import DeliveryThreads, delivery_threads
from insurenz.documents import allowance, previews, scrub, sweep
from insurenz.documents.inspect import Inspector
from insurenz.documents.office import Office
from insurenz.documents.scanner import Scanner, scan_waiting
from insurenz.events import checking
from insurenz.events.threads import EventThreads, event_threads, recording_threads, relay_threads
from insurenz.notifications import purge
from insurenz.notifications.hints import Heard, Hints, hints
from insurenz.notifications.mirror import Mirror, mirror_of
from insurenz.notifications.telling import Telling


@dataclass(frozen=True)
class Work:
    """Everything that this work needs in one process, on one database."""

    settings: Settings
    database: Database
    store: ObjectStore
    previewer: Inspector
    office: Office | None
    registry: workflow.Registry
    definitions: Definitions
    channels: Channels
    hints: Hints
    telling: Telling
    mirror: Mirror | None

    @classmethod
    def of(
        cls, settings: Settings, database: Database, store: ObjectStore, heard: Heard | None = None
    ) -> "Work":
        """Of these settings; `heard` is called with whose inboxes have changed, in a process that keeps streams.

        Raises when a workflow definition cannot be used, or differs from the stored one of the same version.
        """
        registry = _registry(settings, database)
        definitions = Definitions(database, registry)
        channels = Channels.of(settings, database)
        told = hints(database, settings.redis, heard)
        with_text = settings.notification_text == "on"
        chats = own_chats(settings.chat.targets.get_secret_value())
        telling = Telling(
            definitions, settings.base_url, channels.configured, with_text, hint=told.tell, chats=chats
        )
        # One of its own: no filing waits for a preview.
        previewer = Inspector.of(settings.documents, processes=1)
        mirror = mirror_of(database, telling, channels)
        return cls(
            settings,
            database,
            store,
            previewer,
            Office.of(settings.documents),
            registry,
            definitions,
            channels,
            told,
            telling,
            mirror,
        )

    def close_office(self) -> None:
        """End what would keep a process that is asked to end waiting: a file in LibreOffice, which waits for the next."""
        if self.office:
            self.office.close()

    def close(self) -> None:
        """End the processes that make previews, also in the middle of a file."""
        self.close_office()
        self.previewer.close()

    def events_of_server(self) -> EventThreads:
        """The threads of a server: with a broker it records and rings, without one it relays, too."""
        url = self.settings.celery_broker_url
        if url is None:
            return event_threads(self.database, consumers(self.telling), of_kinds(self.telling))
        from insurenz.core import broker  # noqa: PLC0415 - needs the extra [celery]

        ring = broker.Ring(broker.celery_app(url, is_patient=False), self.database.bell.listen())
        return recording_threads(self.database, ring)

    def events_of_worker(self) -> EventThreads:
        """The threads of a worker."""
        return relay_threads(self.database, consumers(self.telling), of_kinds(self.telling))

    def deliveries(self, *, is_sending: bool = True) -> DeliveryThreads:
        """The threads that send, or the one that only measures what waits."""
        beside = self.mirror.loops() if self.mirror and is_sending else ()
        return delivery_threads(self.database, self.channels, is_sending=is_sending, beside=beside)

    def loops(self) -> list[Loop]:
        """The schedule as threads of this process, which has begun to answer before they begin."""
        return [Loop(job.name, self.job(job), interval=job.seconds, after=1) for job in SCHEDULE]

    def job(self, job: "Job") -> Callable[[], object]:
        """A job, to be called without anything."""
        return lambda: job.run(self)


@dataclass(frozen=True)
class Job:
    """One piece of work that is done every so many seconds, and may be done by several at once, or again."""

    name: str
    seconds: float
    run: Callable[[Work], object]


def _sweep(work: Work) -> None:
    grace = timedelta(hours=work.settings.documents.sweep_grace_hours)
    sweep.sweep_recent(work.database, work.store, grace=grace)


def _scrub(work: Work) -> None:
    # One piece at a time: what is left has time until the next turn.
    if days := work.settings.documents.scrub_days:
        scrub.check_some(work.database, work.store, days=days)
        scrub.tell_metrics(work.database)


def _scan(work: Work) -> None:
    scanner = Scanner.of(work.settings)
    if scanner.address:
        scan_waiting(work.database, work.store, scanner)


def _make_previews(work: Work) -> None:
    if work.settings.documents.previews == "on":
        previews.make_waiting(work.database, work.store, work.previewer, work.office)


def _clean_up(work: Work) -> None:
    hours = work.settings.notification_ttl_hours
    purge.clean_up(work.database, ttl_hours=hours, hint=work.telling.hint)


def _settle_mirror(work: Work) -> None:
    if work.mirror:
        work.mirror.settle()


def _clean_mirror(work: Work) -> None:
    if work.mirror:
        work.mirror.clean_up()


def _check(work: Work) -> None:
    # One piece at a time: what is left has time until the next turn.
    checking.check_some(work.database)


SCHEDULE = (
    Job("accounts.forget_sessions", 600, lambda work: retention.forget_old(work.database)),
    Job("core.forget_keys", 600, lambda work: idempotency.forget_expired(work.database)),
    Job("documents.sweep", 3600, _sweep),
    Job("documents.scrub", scrub.TURN.total_seconds(), _scrub),
    Job("documents.scan", 10, _scan),
    Job("documents.previews", 2, _make_previews),
    Job("documents.forget_days", 3600, lambda w: allowance.forget_past_days(w.database, w.settings.timezone)),
    Job(
        "claims.forget_drafts",
        3600,
        lambda w: drafts.forget_idle(w.database, days=w.settings.claims.draft_days),
    ),
    Job("events.check", 15, _check),
    Job("notifications.clean_up", 3600, _clean_up),
    Job("notifications.settle_mirror", 30, _settle_mirror),
    Job("notifications.clean_mirror", 600, _clean_mirror),
)


def _registry(settings: Settings, database: Database) -> workflow.Registry:
    own = [settings.workflows_dir] if settings.workflows_dir else []
    with database.unit_of_work() as session:
        return pin(session, workflow.load_registry(*own, channels=CHOSEN))
