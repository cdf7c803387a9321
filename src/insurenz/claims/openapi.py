"""The bodies of routes that read them themselves, described for the OpenAPI document."""

from typing import Any

from insurenz.claims.schemas import ClaimIn

_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 20}


def _claim_schema() -> dict[str, Any]:
    schema = ClaimIn.model_json_schema()
    schema.pop("$defs", None)
    return schema


def _with_files(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "properties": {**schema.get("properties", {}), "files": _FILES}}


def _body(schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {
        "requestBody": {
            "required": required,
            "content": {
                "multipart/form-data": {"schema": _with_files(schema)},
                "application/json": {"schema": schema},
            },
        }
    }


CLAIM_BODY = _body(_claim_schema(), required=True)
ACTION_BODY = _body(
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
        },
    },
    required=False,
)
