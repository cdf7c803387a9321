"""The bodies of routes that read them themselves, described for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel

from insurenz.claims.schemas import ClaimIn, DocumentsIn
from insurenz.documents.openapi import body_with_files


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    schema.pop("$defs", None)
    return schema


CLAIM_BODY = body_with_files(_schema(ClaimIn), required=True)
DOCUMENTS_BODY = body_with_files(_schema(DocumentsIn), required=True)
ACTION_BODY = body_with_files(
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
            "upload_ids": {"type": "array", "items": {"type": "string", "maxLength": 64}, "maxItems": 100},
        },
    },
    required=False,
)
