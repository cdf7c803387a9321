"""Whole lives of claims, at random: whatever is tried by whom, cover, status and version stay what their events say."""

import random
from typing import NamedTuple

from sqlalchemy import select

from insurenz.claims import service
from insurenz.claims.dossier import dossier_of
from insurenz.claims.models import KIND, Claim
from insurenz.claims.rules import Rules
from insurenz.core.db import Database
from insurenz.core.errors import AppError
from insurenz.core.permissions import Actor
from insurenz.events.queries import moves_of
from insurenz.policies.models import Policy
from tests.actors import Api, Cast
from tests.claims.hospitals import NEEDS, submit
from tests.claims.stories import file_claim
from tests.conftest import Clock
from tests.events.folding import folded_status

STEPS = 70
NOTES = {"status_notes": "As agreed."}
FIELDS = NEEDS | {"reject": NOTES, "appeal": {"reason": "It is covered."}}
# About what a claim asks for, and about what its policy covers.
AMOUNTS = (None, None, None, "0", "200000", "300001")


class Stands(NamedTuple):
    """All that a refusal must leave: status, version and approved amount of each claim, and how much cover is used."""

    claims: dict[str, tuple[str, int, int | None]]
    used: int


def standing(database: Database) -> Stands:
    """How everything stands, which is as the events say and the policy allows."""
    with database.read_unit() as session:
        claims = session.scalars(select(Claim)).all()
        policy = session.scalars(select(Policy).where(Policy.number == "POL-DEMO-0001")).one()
        past = moves_of(session, KIND, [claim.id for claim in claims])
    for claim in claims:
        # Each version is one move here, and each move one event.
        assert (claim.status, claim.version) == (folded_status(past[claim.id]), len(past[claim.id]))
    approved = [claim.approved_amount or 0 for claim in claims if claim.policy_id == policy.id]
    assert policy.cover_used == sum(approved)
    assert 0 <= policy.cover_used <= policy.cover_amount
    return Stands({c.id: (c.status, c.version, c.approved_amount) for c in claims}, policy.cover_used)


def attempt(database: Database, rules: Rules, actor: Actor, claim_id: str, rng: random.Random) -> str:
    """Try something with a claim, mostly what is offered; gives where that led, or the code of the refusal."""
    try:
        with database.unit_of_work() as session:
            dossier = dossier_of(session, actor, claim_id, lock=True)
            offered = [each.action for each in service.offers(actor, dossier, rules)]
            lively = [action for action in offered if action not in ("complete", "withdraw")]
            if "approve" in lively and rng.random() < 0.7:
                lively = ["approve"]
            action = rng.choice((lively if rng.random() < 0.9 else offered) or ["approve", "appeal", "clear"])
            given = FIELDS.get(action, {})
            if action == "approve" and dossier.policy is not None:
                given = NOTES | {"approved_amount": rng.choice(AMOUNTS)}
            return service.act(session, actor, dossier, action, rules=rules, given=given).claim.status
    except AppError as refusal:
        return refusal.errors[0].code if refusal.errors else refusal.code


def test_d07_d08_whatever_is_tried_cover_and_status_are_what_the_events_say(
    api: Api, cast: Cast, database: Database, kavita: Actor, today: Clock
) -> None:
    asha, rng = api.as_(cast.asha), random.Random(0)
    # Two of them ask for more than the policy covers.
    claims = [file_claim(asha, claim_amount="300000").json()["id"] for _ in range(4)]
    claims.append(submit(api.as_(cast.lakeside_desk), hospital_id="HOSP_002").json()["id"])
    staff = (cast.arjun, kavita, cast.admin, cast.rahul)
    people = (*staff, *staff, cast.asha, cast.lakeside_desk)
    seen: set[str] = set()
    before = standing(database)
    for _ in range(STEPS):
        claim = rng.choice(claims)
        became = attempt(database, api.app.state.rules, rng.choice(people), claim, rng)
        after = standing(database)
        changed = {id_ for id_ in claims if before.claims[id_] != after.claims[id_]}
        assert changed <= {claim}
        assert changed or after == before
        assert bool(changed) == (became == after.claims[claim][0])
        seen |= {became, "given_back"} if after.used < before.used else {became}
        before = after
        today.move(days=rng.choice((0, 0, 0, 0, 20)))
    # It has come to what is hard: cover that is used up, given back, and a decision that needs another person.
    assert seen >= {"approved", "over_cover", "given_back", "another_person_needed", "out_of_range"}
