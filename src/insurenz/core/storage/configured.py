"""The object store that the settings name."""

from insurenz.core.settings import Settings
from insurenz.core.storage.base import ObjectStore
from insurenz.core.storage.encrypted import EncryptedStore
from insurenz.core.storage.local import LocalStore
from insurenz.core.vault import Vault


def store_for(settings: Settings) -> ObjectStore:
    """The bucket when one is set, which encrypts by itself; else the folder `objects`, encrypted when there is a key."""
    if settings.s3_bucket_name:
        from insurenz.core.storage.s3 import S3Store  # noqa: PLC0415 - needs the extra [s3]

        return S3Store(settings)
    local = LocalStore(settings.data_dir / "objects")
    vault = Vault.of(settings.encryption_key.get_secret_value())
    return EncryptedStore(local, vault) if vault.is_on else local
