"""The object store that the settings name."""

from insurenz.core.settings import Settings
from insurenz.core.storage.base import ObjectStore
from insurenz.core.storage.local import LocalStore


def store_for(settings: Settings) -> ObjectStore:
    """The bucket when one is set, else the folder `objects` of the data folder."""
    if settings.s3_bucket_name:
        from insurenz.core.storage.s3 import S3Store  # noqa: PLC0415 - needs the extra [s3]

        return S3Store(settings)
    return LocalStore(settings.data_dir / "objects")
