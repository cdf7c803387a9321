"""Plays the claims of the demo world by the product's own service functions, each at the time at which it is told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from insurenz.accounts import queries as accounts
from insurenz.claims import assignment, conversation, evidence, hospital, queries, service
from insurenz.claims.bodies import ClaimIn, MessageIn
from insurenz.claims.dossier import dossier_of
from insurenz.claims.forms import HospitalClaimIn
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.claims.submit import Filed, submit
from insurenz.core import clock
from insurenz.core.db import Again, Database, Session, after_commit
from insurenz.core.permissions import Actor
from insurenz.core.settings import Claims, Documents
from insurenz.core.storage import ObjectStore
from insurenz.demo import asha, city, claims, lakeside, vikram, world
from insurenz.demo.claims import Stay, Step, Story
from insurenz.demo.papers import Photo, Sheet, drawn
from insurenz.demo.people import ADMIN, COVERS, FIRMS, PEOPLE
from insurenz.documents.allowance import Allowance
from insurenz.documents.inspect import Inspector
from insurenz.documents.receiving import Receiver, StoredFile
from insurenz.events import service as events

# In the order of their filing, which is that of their ids.
STORIES: tuple[Story | Stay, ...] = tuple(
    sorted(
        (*asha.STORIES, *vikram.STORIES, *city.STAYS, *lakeside.STAYS),
        key=lambda story: (-story.ago, story.at),
    )
)
COVER = {cover.number: cover for cover in COVERS}
PAYERS = {firm.number: firm.name for firm in FIRMS}
HOSPITALS = {person.email: person.works_for[0] for person in PEOPLE if person.works_for}


@dataclass(frozen=True)
class Stage:
    """Where and when the stories are played: `began` is the start of the demo world, from which all days count back.

    The rules are those of a new install: limits and windows that were set since do not change the past.
    """

    database: Database
    store: ObjectStore
    inspector: Inspector
    rules: Rules
    actors: Mapping[str, Actor]
    began: datetime

    @property
    def today(self) -> date:
        """The day of the start."""
        return self.began.astimezone(ZoneInfo(self.rules.timezone)).date()

    def moment(self, ago: int, at: str) -> datetime:
        """A time of the day, so many days before the start."""
        day = self.today - timedelta(days=ago)
        return datetime.combine(day, time.fromisoformat(at), ZoneInfo(self.rules.timezone))


def load_claims(database: Database, *, rules: Rules, store: ObjectStore, inspector: Inspector) -> int:
    """File and work on every claim of the demo world that is not there yet; gives how many these were.

    Each is there as a whole or not at all: a load that was broken off goes on where it was. The people are there
    already. While it runs it moves the clock of the process. Raises what the store or the services refuse.
    """
    with database.read_unit() as session:
        there = world.marked(session)
        missing = [story for story in STORIES if world.mark_of(story.name).id not in there]
        stage = _stage(database, session, rules, store, inspector)
    played = sum(_play(stage, story) for story in missing)
    if world.mark_of(world.WHOLE).id not in there:
        with database.unit_of_work() as session:
            events.append(session, world.LOADED, subject=world.mark_of(world.WHOLE), actor=None)
    return played


def _stage(
    database: Database, session: Session, rules: Rules, store: ObjectStore, inspector: Inspector
) -> Stage:
    users = {person.email: accounts.by_email(session, person.email) for person in PEOPLE}
    found = {email: user for email, user in users.items() if user is not None}
    actors = {email: accounts.actor_of(user) for email, user in found.items()}
    as_new = replace(rules, settings=Claims(), documents=Documents())
    return Stage(database, store, inspector, as_new, actors, found[ADMIN].created_at)


def _play(stage: Stage, story: Story | Stay) -> bool:
    """Play one story in a unit of its own, with its objects stored before; False when it was there already."""
    with _stored(stage, story) as receiver:
        files = {file.file_name: file for file in receiver.files}

        def play(session: Session) -> bool:
            if world.mark_of(story.name).id in world.marked(session):
                return False
            _file(stage, session, story, files)
            mark = events.append(session, world.LOADED, subject=world.mark_of(story.name), actor=None)
            if mark.seq > 1:
                # Another process told it meanwhile.
                raise Again
            after_commit(session, receiver.keep)
            return True

        return stage.database.in_unit(play)


@contextmanager
def _stored(stage: Stage, story: Story | Stay) -> Iterator[Receiver]:
    """Every paper of a story as an object, inspected like an upload; those that no row came to use are removed."""
    allowance = Allowance(most=None, zone=stage.rules.timezone)
    receiver = Receiver(stage.store, stage.inspector, stage.rules.documents, allowance=allowance)
    try:
        for paper in (*story.papers, *story.later):
            incoming = receiver.open_file("files", paper.file_name)
            incoming.write(memoryview(_content(stage, story, paper)))
            incoming.close()
        receiver.complete()
        yield receiver
    finally:
        receiver.drop()


def _content(stage: Stage, story: Story | Stay, paper: Sheet | Photo) -> bytes:
    if isinstance(story, Stay):
        person = str(story.form["patient_name"])
    else:
        person = stage.actors[COVER[story.policy].holder].name
    return drawn(paper, person=person, day=stage.today - timedelta(days=story.incident))


def _file(stage: Stage, session: Session, story: Story | Stay, files: Mapping[str, StoredFile]) -> None:
    """The filing of a story, and every step after it."""
    sent = [files[paper.file_name] for paper in story.papers]
    with clock.standing_at(stage.moment(story.ago, story.at)):
        if isinstance(story, Stay):
            filed = _submit(stage, session, story, sent)
        else:
            filed = _file_retail(stage, session, story, sent)
    for step in story.steps:
        with clock.standing_at(stage.moment(step.ago, step.at)):
            _do(stage, session, filed.claim.id, step, files)


def _submit(stage: Stage, session: Session, stay: Stay, files: Sequence[StoredFile]) -> Filed:
    form = dict(stay.form) | {
        "claimed_amount": f"{stay.amount}.00",
        "payer_name": PAYERS[stay.payer],
        "admission_date": (stage.today - timedelta(days=stay.incident)).isoformat(),
    }
    data = HospitalClaimIn.model_validate(
        {"hospital_id": HOSPITALS[stay.desk], "payer_id": stay.payer, "form_data": form}
    )
    return hospital.submit(session, stage.actors[stay.desk], rules=stage.rules, data=data, files=files)


def _file_retail(stage: Stage, session: Session, story: Story, files: Sequence[StoredFile]) -> Filed:
    cover = COVER[story.policy]
    data = ClaimIn(
        workflow="retail",
        user_policy_id=story.policy,
        claim_type=cover.type.value,
        incident_date=stage.today - timedelta(days=story.incident),
        description=story.description,
        claim_amount=str(story.amount),
    )
    return submit(session, stage.actors[cover.holder], rules=stage.rules, data=data, files=files)


def _do(stage: Stage, session: Session, claim_id: str, step: Step, files: Mapping[str, StoredFile]) -> None:
    actor = stage.actors[step.who]
    claim = queries.claim_for(session, actor, claim_id, lock=True)
    match step.does:
        case claims.TAKE:
            assignment.assign(session, actor, claim, given={}, if_match=None)
        case claims.MESSAGE:
            message = MessageIn(body=step.fields["body"])
            conversation.send_message(session, actor, claim, data=message, rules=stage.rules)
        case claims.NOTE:
            conversation.add_note(session, actor, claim, body=step.fields["body"])
        case claims.VERIFICATION:
            _verify(session, actor, claim, step, files)
        case claims.DOCUMENT:
            _add(stage, session, actor, claim, step=step, files=files)
        case action:
            given = dict(step.fields)
            sent = [files[given.pop("paper").file_name]] if "paper" in given else []
            if "due_in" in given:
                given["due_at"] = stage.moment(step.ago - given.pop("due_in"), step.at).isoformat()
            dossier = dossier_of(session, actor, claim_id, lock=True)
            service.act(session, actor, dossier, action, rules=stage.rules, given=given, files=sent)


def _verify(
    session: Session, actor: Actor, claim: Claim, step: Step, files: Mapping[str, StoredFile]
) -> None:
    given = dict(step.fields)
    document_id = files[given.pop("file")].document_id
    document = queries.document_of(session, actor, claim, document_id).document
    evidence.verify(session, actor, claim, document, given=given, if_match=None)


def _add(
    stage: Stage,
    session: Session,
    actor: Actor,
    claim: Claim,
    *,
    step: Step,
    files: Mapping[str, StoredFile],
) -> None:
    new = files[step.fields["paper"].file_name]
    given = {"replaces": files[step.fields["file"]].document_id} if "file" in step.fields else {}
    evidence.add_documents(session, actor, claim, rules=stage.rules, given=given, files=[new], if_match=None)
