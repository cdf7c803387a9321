"""Where the bytes of documents lie: one `ObjectStore` protocol; behind it a local folder, or a bucket of an S3 service."""

from insurenz.core.storage.base import (
    Entry,
    ObjectDamaged,
    ObjectMissing,
    ObjectStore,
    ObjectWriter,
    StoreFailed,
    new_key,
)
from insurenz.core.storage.configured import store_for
from insurenz.core.storage.local import LocalStore

__all__ = [
    "Entry",
    "LocalStore",
    "ObjectDamaged",
    "ObjectMissing",
    "ObjectStore",
    "ObjectWriter",
    "StoreFailed",
    "new_key",
    "store_for",
]
