"""Where the bytes of documents lie: one `ObjectStore` protocol, a local folder behind it by default."""

from insurenz.core.storage.base import ObjectMissing, ObjectStore, ObjectWriter, new_key
from insurenz.core.storage.local import LocalStore

__all__ = ["LocalStore", "ObjectMissing", "ObjectStore", "ObjectWriter", "new_key"]
