"""Versions of objects and the If-Match that changes are based on (RFC 9110 section 13.1.1)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Header

from insurenz.core.errors import StaleVersion, VersionRequired

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description='The ETag the change is based on, e.g. `"3"`'),
]


def require_version(
    if_match: str | None, version: int, *, needed: bool = True, state: Mapping[str, Any] | None = None
) -> None:
    """Judge If-Match against the present version.

    Raises VersionRequired when it is missing though `needed`, StaleVersion (with the present `state`) when it names
    another version.
    """
    if if_match is None:
        if needed:
            raise VersionRequired(f'Send If-Match with the ETag you have read, e.g. If-Match: "{version}".')
        return
    if if_match.strip() != "*" and f'"{version}"' not in [tag.strip() for tag in if_match.split(",")]:
        raise StaleVersion(
            "It was changed after you read it; read it again.",
            extra={"current": {"version": version, **(state or {})}},
        )
