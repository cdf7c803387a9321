"""Tries a bucket: whether all that is done with one can be done with these settings."""

import hashlib

from insurenz.core.findings import Finding
from insurenz.core.settings import Settings
from insurenz.core.storage.base import ObjectMissing, ObjectStore, StoreFailed, new_key
from insurenz.core.storage.configured import store_for

WORDS = b"insurenz check"

_REFUSED = {
    "NoSuchBucket": Finding(
        "s3_bucket_unknown",
        "error",
        "S3_BUCKET_NAME",
        "The service has no bucket of this name; make it there first.",
        "S3_BUCKET_NAME=insurenz-documents",
    ),
    "InvalidAccessKeyId": Finding(
        "s3_refused",
        "error",
        "AWS_ACCESS_KEY_ID",
        "The service does not know this key.",
        "AWS_ACCESS_KEY_ID=...",
    ),
    "SignatureDoesNotMatch": Finding(
        "s3_refused",
        "error",
        "AWS_SECRET_ACCESS_KEY",
        "The service says that this is not the secret of that key.",
        "AWS_SECRET_ACCESS_KEY=...",
    ),
    "AccessDenied": Finding(
        "s3_refused",
        "error",
        "AWS_ACCESS_KEY_ID",
        "This key may not write, read, delete and list in the bucket.",
        "AWS_ACCESS_KEY_ID=...",
    ),
    "PermanentRedirect": Finding(
        "s3_region_wrong",
        "error",
        "AWS_REGION",
        "The bucket lies in another region.",
        "AWS_REGION=ap-south-1",
    ),
}
_REFUSED["AuthorizationHeaderMalformed"] = _REFUSED["PermanentRedirect"]


def findings(settings: Settings) -> list[Finding]:
    """What keeps the bucket of the settings from working; nothing when none is set."""
    if not settings.s3_bucket_name:
        return []
    try:
        _try(store_for(settings))
    except (StoreFailed, ObjectMissing) as failure:
        reason = failure.reason if isinstance(failure, StoreFailed) else "it lost what was just written"
        return [_REFUSED.get(reason) or _unreachable(settings, reason)]
    return []


def _unreachable(settings: Settings, reason: str) -> Finding:
    variable, example = (
        ("S3_ENDPOINT_URL", "https://s3.example.org")
        if settings.s3_endpoint_url
        else ("AWS_REGION", "ap-south-1")
    )
    what = f"The bucket cannot be used ({reason})."
    return Finding("s3_unreachable", "error", variable, what, f"{variable}={example}")


def _try(store: ObjectStore) -> None:
    key = new_key()
    writer = store.create(key)
    try:
        writer.write([WORDS])
        writer.commit(hashlib.sha256(WORDS).hexdigest())
        list(store.read(key))
        next(store.entries(key[:10]), None)
        store.delete(key)
    finally:
        writer.abort()
