"""Who would be told of an action, as the command line asks it: of the install's database and settings, without a server."""

from contextlib import closing
from typing import Any

from insurenz import workflow
from insurenz.accounts import queries as accounts
from insurenz.claims import queries as claims
from insurenz.cli.opening import Stopped, open_database, open_settings, stopping
from insurenz.core.db import Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.definitions.service import Definitions
from insurenz.deliveries.channels import Channels
from insurenz.explain import answers, service
from insurenz.notifications.telling import Telling


def explained(reference: str, action: str, *, by: str | None, outcome: str | None) -> dict[str, Any]:
    """Recipients and excluded, as the API answers them. Raises Stopped."""
    settings = open_settings()
    own = [settings.workflows_dir] if settings.workflows_dir else []
    with stopping(), closing(open_database(settings)) as database:
        definitions = Definitions(database, workflow.load_registry(*own))
        telling = Telling(definitions, settings.base_url, Channels.of(settings, database).configured)
        with database.read_unit() as session:
            actor = _actor(session, by)
            claim = claims.claim_for(session, actor, reference)
            definition = definitions.pinned(claim.workflow, claim.workflow_version)
            found = service.recipients(
                session, actor, claim, action, outcome=outcome, definition=definition, telling=telling
            )
            return answers.recipients_out(found).model_dump()


def _actor(session: Session, by: str | None) -> Actor:
    if by is None:
        return Actor(new_id(), Role.ADMIN, "The operator", "")
    user = accounts.by_email(session, by.strip().lower())
    if user is None:
        raise Stopped(f"Nobody has the address {by}.")
    return accounts.actor_of(user)
