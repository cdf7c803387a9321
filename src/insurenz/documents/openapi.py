"""Bodies with files, described for the OpenAPI document: their routes read them themselves."""

from typing import Any

from insurenz.documents.schemas import DirectIn

FILE = {"type": "string", "format": "binary"}
FILES = {"type": "array", "items": FILE, "maxItems": 20}

UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {"file": FILE},
                }
            }
        },
    }
}

_HEADERS = {
    "Tus-Resumable": {"type": "string", "enum": ["1.0.0"]},
    "Upload-Offset": {"type": "integer", "minimum": 0},
}
PIECE = {
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": schema}
        for name, schema in _HEADERS.items()
    ],
    "requestBody": {"required": True, "content": {"application/offset+octet-stream": {"schema": FILE}}},
}

DIRECT_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": DirectIn.model_json_schema()}},
    }
}


def body_with_files(schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    """A body of these fields: JSON, or a form that can carry files too."""
    form = {**schema, "properties": {**schema.get("properties", {}), "files": FILES}}
    return {
        "requestBody": {
            "required": required,
            "content": {"multipart/form-data": {"schema": form}, "application/json": {"schema": schema}},
        }
    }
