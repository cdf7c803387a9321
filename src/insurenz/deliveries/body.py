"""The one spelling of a message's body, which is hashed, signed and sent."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def spelled(body: Mapping[str, Any]) -> bytes:
    """The body as JSON, the same whatever database has kept it meanwhile: they keep no order of names."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of what is sent, in hexadecimal: what stays of a body when it is gone."""
    return hashlib.sha256(spelled(body)).hexdigest()
