"""The generated pages of the documentation and the description for clients."""

import json
from pathlib import Path

from insurenz.workflow import describe
from insurenz.workflow.diagram import render_events, render_workflows, write_pages
from tests.workflow.story import HOSPITAL, REGISTRY, RETAIL

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_pages_are_as_the_definitions_say() -> None:
    again = "run `python -m insurenz.workflow.diagram docs`"
    assert (DOCS / "workflows.md").read_text() == render_workflows(REGISTRY), again
    assert (DOCS / "events.md").read_text() == render_events(REGISTRY), again


def test_both_pages_are_written_into_a_folder(tmp_path: Path) -> None:
    write_pages(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.md", "workflows.md"]


def test_a_description_is_plain_json_and_complete() -> None:
    for definition in (RETAIL, HOSPITAL):
        described = describe(definition)
        assert json.loads(json.dumps(described)) == described
        assert [state["code"] for state in described["states"]] == list(definition.states)
        assert [rule["event"] for rule in described["events"]][-2:] == ["claim_message", "claim_assigned"]


def test_a_client_reads_fields_kinds_and_suggestions() -> None:
    described = describe(HOSPITAL)
    assert described["suggests"] == {
        "query_category": ["documentation", "clinical", "billing", "identity", "other"],
        "rejection_reason": [
            "Waiting period",
            "Illness before the policy",
            "Stay not needed",
            "Treatment not covered",
            "Proof missing",
        ],
    }
    assert described["fields"]["remarks"] == "text"
    assert described["fields"]["due_at"] == "time"
    assert described["states"][1] == {
        "code": "qc_query",
        "phase": "waiting",
        "clock": "hospital_user",
        "labels": {"filer": "Query to answer", "staff": "Query with the hospital"},
    }


def test_every_claim_type_asks_for_documents_and_says_why() -> None:
    assert set(RETAIL.documents) == {"medical", "vehicle", "property", "travel", "other"}
    assert set(HOSPITAL.documents) == {"medical"}
    for asked in (*RETAIL.documents.values(), *HOSPITAL.documents.values()):
        assert any(document.required for document in asked)
        assert all(document.why.endswith(".") for document in asked)
