"""The bodies of routes that read them themselves, described for the OpenAPI document."""

from typing import Annotated, Any

from pydantic import BaseModel, WithJsonSchema

from insurenz.claims.bodies import ClaimIn, ClaimPatch, DocumentsIn, MarksIn, StatusIn
from insurenz.claims.forms import HospitalClaimIn, HospitalClaimPatch
from insurenz.documents.openapi import FILES, body_with_files

# The part of a form that holds the fields of a hospital claim as one JSON text.
CLAIM_PART = "claim"


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model with those of its parts in their places."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def placed(value: Any) -> Any:
        if isinstance(value, dict) and "$ref" in value:
            return placed(parts[value["$ref"].rpartition("/")[2]])
        if isinstance(value, dict):
            return {name: placed(each) for name, each in value.items()}
        return [placed(each) for each in value] if isinstance(value, list) else value

    placed_schema: dict[str, Any] = placed(schema)
    return placed_schema


def _with_claim_part(schema: dict[str, Any]) -> dict[str, Any]:
    """A body of these fields: JSON, or a form with them as one JSON text beside its files."""
    form = {
        "type": "object",
        "required": [CLAIM_PART],
        "additionalProperties": False,
        "properties": {CLAIM_PART: schema, "files": FILES},
    }
    as_json = {CLAIM_PART: {"contentType": "application/json"}}
    content = {
        "multipart/form-data": {"schema": form, "encoding": as_json},
        "application/json": {"schema": schema},
    }
    return {"requestBody": {"required": True, "content": content}}


def _also_as_json(body: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The same body with these fields, which a form cannot carry."""
    body["requestBody"]["content"]["application/json"]["schema"]["properties"] |= fields["properties"]
    return body


CLAIM_BODY = body_with_files(_schema(ClaimIn), required=True)
HOSPITAL_CLAIM_BODY = _with_claim_part(_schema(HospitalClaimIn))
DOCUMENTS_BODY = body_with_files(_schema(DocumentsIn), required=True)
# Judged after their claim, like other bodies; which of the two contents it is follows from the claim.
StatusLater = Annotated[dict[str, Any], WithJsonSchema(_schema(StatusIn))]
ClaimPatchLater = Annotated[
    dict[str, Any], WithJsonSchema({"anyOf": [_schema(ClaimPatch), _schema(HospitalClaimPatch)]})
]
_ACTION = body_with_files(
    {
        "type": "object",
        "description": "The fields that `allowed_actions` names for the action.",
        "additionalProperties": True,
        "properties": {
            "status_notes": {"type": "string", "maxLength": 5000},
            "approved_amount": {"type": "string", "examples": ["18250.00"]},
            "reason": {"type": "string", "maxLength": 5000},
            "resolution": {"type": "string"},
            "payment_reference": {"type": "string", "maxLength": 200},
            "remarks": {"type": "string", "maxLength": 5000},
            "query_category": {"type": "string", "maxLength": 200, "examples": ["documentation"]},
            "missing_documents": {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "maxLength": 200},
                "maxItems": 50,
            },
            "due_at": {"type": "string", "format": "date-time"},
            "query_response": {"type": "string", "maxLength": 5000},
            "response": {"type": "string", "maxLength": 5000},
            "rejection_reason": {"type": "string", "maxLength": 5000},
            "contest_reason": {"type": "string", "maxLength": 5000},
            "upload_ids": {"type": "array", "items": {"type": "string", "maxLength": 64}, "maxItems": 100},
        },
    },
    required=False,
)
ACTION_BODY = _also_as_json(_ACTION, _schema(MarksIn))
