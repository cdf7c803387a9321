"""A server under generated requests of every role: it answers as its OpenAPI document says, and tells nothing of its inside."""

import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.claims.stories import INCIDENT
from tests.installs import demo_server
from tests.server import Server, form

# A piece of a file (tus) is bytes like any other.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Who calls: their role, by which the document says what is open to them, and how they sign in.
CALLERS = {
    "nobody": ("", ""),
    "asha": ("policyholder", "asha@demo.example"),
    "desk": ("hospital_user", "desk@city.demo.example"),
    "arjun": ("claim_processor", "arjun@demo.example"),
    "priya": ("claim_processor", "priya@demo.example"),
    "admin": ("admin", "admin@demo.example"),
    "auditor": ("auditor", "auditor@demo.example"),
}
# These end the session they come with, so each comes with one of its own.
ENDING = {"logout", "end_other_sessions", "end_session"}
# What no refusal may show: traces, statements, files, products and their versions.
INSIDE = re.compile(
    r"Traceback|File \"|line \d+, in|site-packages|\.py\b|/usr/|/home/|/root/|/tmp/"
    r"|sqlalchemy|sqlite|psycopg|postgres|pydantic|starlette|fastapi|uvicorn|python"
    r"|SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|\b\d+\.\d+\.\d+\b",
    re.IGNORECASE,
)
DATA = Path(__file__).parent / "data"
FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "Fracture of the left wrist",
    "claim_amount": "18250",
}
SUBMISSION = {
    "hospital_id": "HOSP_001",
    "payer_id": "PAY_001",
    "form_data": {"patient_name": "Ravi Kumar", "claimed_amount": "45000", "payer_name": "Suraksha General"},
}
# Bodies that are often taken, in place of generated ones that seldom are.
LIKELY: dict[str, list[dict[str, Any]]] = {
    "file_claim": [FILING, FILING | {"claim_amount": "0.01"}, FILING | {"description": "\U0001f600" * 5000}],
    "file_hospital_claim": [
        SUBMISSION,
        SUBMISSION
        | {"payer_id": "PAY_002", "form_data": {**SUBMISSION["form_data"], "ward": [1, {"x": None}]}},  # type: ignore[dict-item]
    ],
    "verify_document": [
        {"verification": "verified"},
        {"verification": "rejected", "reason": "n"},
        {"verification": "rejected"},
        {"verification": "unverified", "reason": "\U0001f600"},
    ],
    "change_status": [
        {"status": "under_review"},
        {"status": "rejected", "status_notes": "n"},
        {"status": "approved", "approved_amount": "1", "status_notes": "n"},
        {"status": "completed"},
        {"status": "qc_clear"},
        {"status": "qc_query", "remarks": "r", "query_category": "billing", "missing_documents": ["Bill"]},
        {"status": "claim_denial", "remarks": "r", "rejection_reason": "w"},
    ],
    "act_on_claim": [
        {},
        {"status_notes": "n"},
        {"reason": "r"},
        {"approved_amount": "1", "status_notes": "n"},
        {"payment_reference": "p", "resolution": "paid"},
        {"remarks": "r"},
        {"remarks": "r", "query_category": "clinical", "due_at": "2999-01-01T00:00:00Z"},
        {
            "remarks": "r",
            "marks": [{"document_id": "d", "page": 1, "x": 0, "y": 0.5, "width": 1, "height": 0.5}],
        },
        {"query_response": "a"},
        {"response": "a"},
        {"remarks": "r", "rejection_reason": "w"},
        {"contest_reason": "c"},
    ],
    "send_message": [{"body": "m"}, {"body": "\U0001f600" * 5000}],
    "add_note": [{"body": "n"}],
    "assign_claim": [{}, {"user_id": None}],
    "take_next": [{}, {"workflow": "retail"}],
    "bulk_act": [
        {"action": "start_review", "claim_ids": ["CLM-20261102-ABCDEFGH", "x"]},
        {"action": "reject", "claim_ids": ["x"], "status_notes": "n", "approved_amount": {}},
    ],
}
# Where a message ends is between the client and the server, which refuses nonsense in plain text. Names of headers are
# made up from the words of the code, too.
FRAMING = {"transfer-encoding", "content-length", "connection", "upgrade", "expect"}
TAKES_UPLOADS = {"file_claim", "file_hospital_claim", "act_on_claim", "add_documents"}
FILES_CLAIMS = {"file_claim", "file_hospital_claim"}


@dataclass
class Campaign:
    """Requests against one server, what came of them, and each kind of failure once."""

    server: Server
    schema: Any
    dice: random.Random
    web: requests.Session = field(default_factory=requests.Session)
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)

    def strike(self, case: Case, caller: str) -> None:
        """Send one request as a caller and judge the answer."""
        deepen(self, case, caller)
        try:
            answer = case.call(**self.call_kwargs(case, caller))
        except requests.RequestException as broken:
            self._note(name_of(case), type(broken).__name__, str(broken))
            return
        if answer.status_code == 401 and caller != "nobody":
            self.tokens.pop(caller, None)
        self.judge(case, answer)

    def call_kwargs(self, case: Case, caller: str) -> dict[str, Any]:
        """How a request is sent: where to, and with whose credentials."""
        headers = {}
        case.headers = {n: v for n, v in (case.headers or {}).items() if n.lower() not in FRAMING}
        if caller != "nobody":
            if caller not in self.tokens or name_of(case) in ENDING:
                self.tokens[caller] = self.server.sign_in(CALLERS[caller][1])
            headers = {"Authorization": f"Bearer {self.tokens[caller]}"}
        return {"base_url": self.server.base, "session": self.web, "headers": headers, "timeout": 30}

    def judge(self, case: Case, answer: Any) -> None:
        """Compare an answer with the document, and look for what it should not tell."""
        operation = name_of(case)
        self.statuses[operation, answer.status_code] += 1
        if answer.status_code >= 400 and (
            shown := set(INSIDE.findall(answer.text)) - set(INSIDE.findall(sent(answer)))
        ):
            self._note(operation, f"shows {sorted(shown)}", answer.text)
        if operation in FILES_CLAIMS and answer.status_code == 201:
            self.names["claim_id"].append(answer.json()["id"])
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(operation, type(failure).__name__, f"{failure}\n{answer.text[:500]}")
        except Failure as failure:
            self._note(operation, type(failure).__name__, f"{failure}\n{answer.text[:500]}")

    def _note(self, operation: str, kind: str, text: str) -> None:
        self.failures.setdefault((operation, kind), text[:1500])


def sent(answer: Any) -> str:
    """What was asked, in which words of the product's own inside may stand, and are told back then."""
    request = answer.request
    body = request.body if isinstance(request.body, bytes) else str(request.body).encode()
    return unquote(f"{request.url} {body.decode(errors='replace')}")


def name_of(case: Case) -> str:
    """The operation id of a request."""
    return str(case.operation.definition.raw["operationId"])


def deepen(campaign: Campaign, case: Case, caller: str) -> None:
    """Most of the time name things that exist and say what is taken, so that requests come past the front door."""
    operation, dice = name_of(case), campaign.dice
    path = case.path_parameters or {}
    for name in path:
        if name in campaign.names and dice.random() < 0.8:
            path[name] = dice.choice(campaign.names[name])
    if "/api-keys" in case.path and caller in campaign.ids and dice.random() < 0.8:
        path["user_id"] = campaign.ids[caller]
    if operation == "open_document" and dice.random() < 0.7:
        path.update(zip(path, dice.choice(campaign.links).split("/")[-4:], strict=True))
    if operation == "change_password" and isinstance(case.body, dict):
        case.body["new_password"] = "short"
    if operation in LIKELY and dice.random() < 0.6:
        case.body, case.media_type = dict(dice.choice(LIKELY[operation])), "application/json"
    if operation in TAKES_UPLOADS and isinstance(case.body, dict) and dice.random() < 0.5:
        # Sent ahead by several people: some are the caller's, and each is used only once.
        case.body = {**case.body, "upload_ids": [dice.choice(campaign.names["upload_id"])]}
    if case.method == "PATCH" and dice.random() < 0.7:
        case.headers = {**(case.headers or {}), "If-Match": "*"}


def begun(server: Server, seed: int) -> Campaign:
    """A campaign on a fresh server, with the names of some objects."""
    schema = schemathesis.openapi.from_dict(server.call("GET", "/openapi.json").json())
    campaign = Campaign(server, schema, random.Random(seed))
    campaign.tokens = {
        name: server.sign_in(email) for name, (_, email) in CALLERS.items() if name != "nobody"
    }
    for name, token in campaign.tokens.items():
        campaign.ids[name] = server.call("GET", "/auth/me", token=token).json()["id"]
    claims = []
    for _ in range(3):
        body, headers = form(FILING, [DATA / "photo.jpg"])
        filed = server.call("POST", "/claims", token=campaign.tokens["asha"], body=body, headers=headers)
        claims.append(filed.json())
    for _ in range(3):
        body, headers = form({"claim": json.dumps(SUBMISSION)}, [DATA / "photo.jpg"])
        token = campaign.tokens["desk"]
        submitted = server.call("POST", "/hospital-claims", token=token, body=body, headers=headers)
        claims.append(submitted.json())
    somebody = {"email": "fuzz@demo.example", "name": "Fuzz", "role": "claim_processor"}
    made = server.call("POST", "/users", token=campaign.tokens["admin"], json_body=somebody).json()
    photo = form({}, [DATA / "photo.jpg"])
    sent = [
        server.call("POST", "/uploads", token=campaign.tokens[who], body=photo[0], headers=photo[1]).json()
        for who in ("asha", "desk", "arjun", "admin") * 8
    ]
    campaign.links = [claim["documents"][0]["url"] for claim in claims]
    campaign.names = {
        "claim_id": [name for claim in claims for name in (claim["id"], claim["claim_number"])],
        "document_id": [claim["documents"][0]["id"] for claim in claims],
        "upload_id": [each["id"] for each in sent],
        "policy_id": ["POL-DEMO-0002", "POL-DEMO-0004"],
        "organisation_id": ["HOSP_002", "PAY_002"],
        "user_id": [made["id"]],
        "name": ["retail", "hospital"],
        "action": [
            *("start_review", "approve", "reject", "complete", "withdraw", "appeal"),
            *("raise_query", "answer_query", "request_info", "provide_info", "clear", "deny", "contest"),
        ],
    }
    return campaign


def fuzz(campaign: Campaign, *, seconds: float, seed: int) -> int:
    """Round after round over every operation, as every caller, until the time is over; gives the requests sent."""
    ends_at = time.monotonic() + seconds
    attacks = [_attack(result.ok()) for result in campaign.schema.get_all_operations()]
    while time.monotonic() < ends_at:
        for attack in attacks:
            seed += 1
            _some(campaign, attack, seed)
            if time.monotonic() > ends_at:
                break
    return campaign.statuses.total()


def _attack(operation: Any) -> Any:
    """Right and wrong requests, each with a caller: mostly those whose role may do it."""
    raw = operation.definition.raw
    roles = raw.get("x-roles", [])
    open_to = [name for name, (role, _) in CALLERS.items() if role in roles] or ["nobody"]
    callers = st.one_of(st.sampled_from(open_to), st.sampled_from(open_to), st.sampled_from(list(CALLERS)))
    modes = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if raw.get("parameters") or raw.get("requestBody"):
        modes.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    return st.tuples(st.one_of(modes), callers)


def _some(campaign: Campaign, attack: Any, seed: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=15,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(attack)
    def strike(attempt: tuple[Case, str]) -> None:
        campaign.strike(*attempt)

    strike()


def walk(campaign: Campaign, *, walks: int, seed: int) -> None:
    """Follow links from answers to requests, as far as the document lets them be guessed, as an admin."""

    campaign.tokens.pop("admin", None)
    # Whoever asks for the next claim gets another one each time: no walk could be begun twice in the same way.
    repeatable = campaign.schema.exclude(operation_id="take_next")

    class Walk(repeatable.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return campaign.call_kwargs(case, "admin")

        def validate_response(self, response: Any, case: Case, **_: Any) -> None:
            if response.status_code == 401 or name_of(case) in ENDING:
                # Else all that follows would be refused alike, and prove nothing.
                campaign.tokens.pop("admin", None)
            campaign.judge(case, response)

    # Each a run of its own, of the plainest walk and a random one: within one run a walk may be begun again, and what
    # was made the first time is there already.
    steps = hypothesis.settings(
        max_examples=2,
        stateful_step_count=6,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for n in range(walks):
        hypothesis.seed(seed + n)(Walk).run(settings=steps)


# The other database with `./test --load`.
@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.load)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world, without rate limits."""
    running = demo_server(tmp_path / "data", request.param)
    # A live stream ends once it has told what there is.
    running.start(INSURENZ_LIMITS__STREAM_SECONDS="0")
    yield running
    running.kill()


def run(server: Server, *, seconds: float, walks: int, seed: int) -> None:
    """Fuzz, walk, and look once more at what the server wrote to its log meanwhile."""
    campaign = begun(server, seed)
    sent = fuzz(campaign, seconds=seconds, seed=seed)
    before = Counter(campaign.statuses)
    walk(campaign, walks=walks, seed=seed)
    walked = campaign.statuses - before
    assert sum(n for (_, status), n in walked.items() if status == 401) <= walked.total() / 4
    kinds = Counter(status // 100 for _, status in campaign.statuses.elements())
    print(f"{sent} requests, then {campaign.statuses.total() - sent} in walks: {dict(kinds)}")
    assert campaign.failures == {}
    assert set(kinds) == {2, 4}
    log = (server.folder.parent / f"{server.folder.name}.log").read_text(errors="replace")
    assert '"defect"' not in log


def test_p02_p03_the_server_answers_as_documented_and_tells_nothing_of_its_inside(server: Server) -> None:
    run(server, seconds=15, walks=15, seed=1)


@pytest.mark.full
def test_p02_p03_the_server_answers_as_documented_for_twenty_minutes(server: Server) -> None:
    run(server, seconds=570, walks=300, seed=time.time_ns())
