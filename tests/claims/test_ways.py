"""However a list is read, it holds what it should: random claims and random questions, against plain Python."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.claims import listing
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from tests.actors import Api, Cast
from tests.claims.listed import NOON, add_claims, followed

# What decides how a page is read: as it is; never sort what an index finds; read all parts as one.
WAYS = {
    "as it is": {},
    "followed": {"MOST_SORTED": -1, "MOST_SORTED_OF_CLUSTER": -1},
    "one part": {"MOST_PARTS": 0},
    "one part, followed": {"MOST_PARTS": 0, "MOST_SORTED": -1, "MOST_SORTED_OF_CLUSTER": -1},
}
WORDS = ["fracture", "wrist", "Élan", "treatment", "कलाई", "x-ray"]
STATES = {
    "retail": [
        ("pending", "intake"),
        ("under_review", "review"),
        ("approved", "decided"),
        ("rejected", "decided"),
    ],
    "hospital": [("qc_pending", "intake"), ("qc_query", "waiting"), ("claim_contested", "disputed")],
}
COLUMNS = ("created_at", "updated_at", "claim_amount", "incident_date")
KOLKATA = ZoneInfo("Asia/Kolkata")


@dataclass(frozen=True)
class World:
    """All claims, and the people with what they are assigned to: hospitals and payers."""

    claims: list[dict[str, Any]]
    people: dict[str, tuple[Actor, set[str], set[str]]]
    numbers: dict[str, str]


@pytest.fixture
def world(database: Database, cast: Cast) -> World:
    """Claims of every kind, and a processor with hospitals and payers besides the demo's people."""
    dice = random.Random(7)
    with database.unit_of_work() as session:
        accounts.assign(session, None, user(session, cast.meera.id), cast.health)
        accounts.assign(session, None, user(session, cast.meera.id), cast.city)
    told = [_claim(cast, dice) for _ in range(70)]
    ids = add_claims(database, cast, *told)
    city, lakeside, suraksha, health = cast.city.id, cast.lakeside.id, cast.suraksha.id, cast.health.id
    people = {
        "asha": (cast.asha, set(), set()),
        "vikram": (cast.vikram, set(), set()),
        "city_desk": (cast.city_desk, {city}, set()),
        "rahul": (cast.rahul, {city, lakeside}, set()),
        "meera": (cast.meera, {city, lakeside}, {health}),
        "arjun": (cast.arjun, set(), {suraksha}),
        "admin": (cast.admin, set(), set()),
        "auditor": (cast.auditor, set(), set()),
    }
    numbers = {"HOSP_001": city, "HOSP_002": lakeside, "PAY_001": suraksha, "PAY_002": health}
    return World([one | {"id": made} for one, made in zip(told, ids, strict=True)], people, numbers)


def _claim(cast: Cast, dice: random.Random) -> dict[str, Any]:
    workflow = dice.choice(["retail", "hospital"])
    status, group = dice.choice(STATES[workflow])
    at_hospital = dice.choice([cast.city.id, cast.lakeside.id]) if workflow == "hospital" else None
    return {
        "user_id": dice.choice([cast.asha.id, cast.vikram.id]),
        "payer_id": dice.choice([cast.suraksha.id, cast.health.id]),
        "hospital_id": at_hospital,
        "workflow": workflow,
        "status": status,
        "status_group": group,
        "assignee_id": dice.choice([None, None, cast.arjun.id, cast.meera.id]),
        "claim_type": dice.choice(["medical", "travel"]),
        "claim_amount": dice.choice([100, 200, 300]),
        "incident_date": date(2026, 3, dice.randrange(1, 4)),
        "created_at": NOON + timedelta(hours=dice.randrange(-40, 40, 10)),
        "updated_at": NOON + timedelta(hours=dice.randrange(3)),
        "description": " ".join(dice.choices(WORDS, k=2)),
        "person_name": dice.choice(["Asha Nair", "Ravi Kumar"]),
    }


def _question(dice: random.Random) -> dict[str, Any]:
    """Two or three filters at random, and an order."""
    possible = {
        "status": dice.choice(["pending", "rejected", "qc_query"]),
        "status_group": dice.choice(["intake", "decided", "disputed"]),
        "workflow": dice.choice(["retail", "hospital"]),
        "hospital": dice.choice(["HOSP_001", "HOSP_002"]),
        "payer": dice.choice(["PAY_001", "PAY_002"]),
        "assignee": dice.choice(["me", "none"]),
        "claim_type": "travel",
        "created_from": f"2026-03-{dice.randrange(9, 12):02}",
        "created_to": f"2026-03-{dice.randrange(9, 12):02}",
        "incident_from": f"2026-03-0{dice.randrange(1, 4)}",
        "incident_to": f"2026-03-0{dice.randrange(1, 4)}",
        "amount_min": dice.choice(["1.5", "2"]),
        "amount_max": dice.choice(["2", "2.99"]),
        "text": dice.choice([*WORDS, "asha", "FRACTURE nair", "ray", "ÉLAN"]),
    }
    chosen = {name: possible[name] for name in dice.sample(sorted(possible), dice.randrange(4))}
    return chosen | {"sort": dice.choice(["", "-"]) + dice.choice(COLUMNS), "limit": dice.choice([3, 7, 50])}


def _sees(person: tuple[Actor, set[str], set[str]], claim: dict[str, Any]) -> bool:
    actor, hospitals, payers = person
    if actor.role in (Role.ADMIN, Role.AUDITOR):
        return True
    if actor.role is Role.POLICYHOLDER:
        return claim["user_id"] == actor.id and claim["hospital_id"] is None
    if claim["hospital_id"] is None:
        return claim["payer_id"] in payers
    return claim["hospital_id"] in hospitals and (not payers or claim["payer_id"] in payers)


def _fits(world: World, actor: Actor, claim: dict[str, Any], question: dict[str, Any]) -> bool:
    created: datetime = claim["created_at"].astimezone(KOLKATA)
    words = f"{claim['person_name']} {claim['description']}".lower().replace("-", " ").split()
    checks = {
        "assignee": lambda v: claim["assignee_id"] == (actor.id if v == "me" else None),
        "hospital": lambda v: claim["hospital_id"] == world.numbers[v],
        "payer": lambda v: claim["payer_id"] == world.numbers[v],
        "created_from": lambda v: created.date().isoformat() >= v,
        "created_to": lambda v: created.date().isoformat() <= v,
        "incident_from": lambda v: claim["incident_date"].isoformat() >= v,
        "incident_to": lambda v: claim["incident_date"].isoformat() <= v,
        "amount_min": lambda v: claim["claim_amount"] >= float(v) * 100,
        "amount_max": lambda v: claim["claim_amount"] <= float(v) * 100,
        "text": lambda v: all(word in words for word in v.lower().replace("-", " ").split()),
        "sort": lambda _: True,
        "limit": lambda _: True,
    }
    return all(checks.get(n, lambda v, n=n: claim[n] == v)(v) for n, v in question.items())


def _expected(world: World, name: str, question: dict[str, Any]) -> list[dict[str, Any]]:
    person = world.people[name]
    fitting = [c for c in world.claims if _sees(person, c) and _fits(world, person[0], c, question)]
    column = question["sort"].removeprefix("-")
    is_by_days = "created_from" in question or "created_to" in question
    # Newest first is by id; among some days it is by the time of filing.
    keys = ("id",) if column == "created_at" and not is_by_days else (column, "id")
    return sorted(fitting, key=lambda c: [c[k] for k in keys], reverse=question["sort"].startswith("-"))


@pytest.mark.parametrize(
    "way",
    ["as it is", *(pytest.param(way, marks=pytest.mark.load) for way in WAYS if way != "as it is")],
)
def test_every_list_and_its_counts_hold_what_a_plain_look_at_all_claims_finds(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(listing, name, value)
    dice, sizes = random.Random(way), []
    for turn in range(64):
        name = sorted(world.people)[turn % len(world.people)]
        question, client = _question(dice), api.as_(world.people[name][0])
        if world.people[name][0].side == "filer":
            question.pop("assignee", None)
        expected = _expected(world, name, question)
        assert followed(client, **question) == [claim["id"] for claim in expected], (name, question)
        filters = {n: v for n, v in question.items() if n not in ("sort", "limit")}
        counted = client.get("/claims/counts", params=filters).json()
        assert counted["total"] == len(expected)
        assert sum(item["count"] for item in counted["items"]) == len(expected)
        sizes.append(len(expected))
    assert len([size for size in sizes if size > 5]) > 20
