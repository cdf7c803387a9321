"""Objects in a bucket of an S3 service: spooled to a local file, then sent up in one piece or in parts."""

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from insurenz.core import clock
from insurenz.core.faults import fault
from insurenz.core.settings import Settings
from insurenz.core.storage import spool
from insurenz.core.storage.base import CHUNK, Entry, ObjectMissing, StoreFailed, checked
from insurenz.core.storage.signing import Signer
from insurenz.core.storage.spool import Spool, disk_errors
from insurenz.core.storage.transfers import Transfers, code_in

if TYPE_CHECKING:
    from obstore import GetResult

log = logging.getLogger("insurenz.storage")

# The smallest part that S3 takes: larger files go up in parts of this size, so memory does not grow with them.
PART_BYTES = 5 * 1024 * 1024
# An answer, or the next bytes of one, has to come within this time.
READ_TIMEOUT = timedelta(seconds=20)
# What a presigned link may say about the answer.
LINK_HEADERS = ("Content-Type", "Content-Disposition", "Cache-Control")

_STATUS = re.compile(r"status code: (\d{3})")


class S3Store:
    """An object store in the bucket that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._spools = settings.data_dir.resolve() / "incoming"
        self._spools.mkdir(parents=True, exist_ok=True)
        region = settings.aws_region or "us-east-1"
        key_id, secret = settings.aws_access_key_id, settings.aws_secret_access_key.get_secret_value()
        endpoint = _origin(settings.s3_endpoint_url) or f"https://s3.{region}.amazonaws.com"
        self._address = f"{endpoint}/{settings.s3_bucket_name}"
        self._signer, self._hands_out = Signer(key_id, secret, region), settings.s3_direct_links == "on"
        takes_in = settings.s3_direct_uploads == "on"
        self.transfers = Transfers(self._address, self._signer) if takes_in else None
        self._bucket = Bucket(
            settings.s3_bucket_name,
            # Said in full, for obstore takes what is not said from the environment.
            endpoint=endpoint,
            aws_endpoint_url_s3=endpoint,
            region=region,
            access_key_id=key_id,
            secret_access_key=secret,
            skip_signature=False,
            unsigned_payload=False,
            virtual_hosted_style_request=False,
            # Every service has the deletion of one object; not every one has that of many.
            disable_bulk_delete=True,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=3),
                "read_timeout": READ_TIMEOUT,
                # Of a whole download, whose pace is the reader's.
                "timeout": timedelta(hours=1),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        )

    def create(self, key: str) -> "S3Writer":
        """Begin a new object."""
        return S3Writer(self._bucket, self._spools, checked(key))

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces of about 1 MiB; raises ObjectMissing."""
        with _s3_errors(key):
            found = obstore.get(self._bucket, checked(key))
        return _pieces(found)

    def has(self, key: str) -> bool:
        """Whether the object is there."""
        try:
            with _s3_errors(key):
                obstore.head(self._bucket, checked(key))
        except ObjectMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object. In a bucket with versions its earlier ones stay, as the bucket's rules say."""
        try:
            with _s3_errors(key):
                obstore.delete(self._bucket, checked(key))
        except ObjectMissing:
            # Some services answer 404, others do not say.
            return

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Every object, or those under whole leading parts of their keys."""
        with _s3_errors():
            for page in obstore.list(self._bucket, prefix or None, chunk_size=1000):
                for found in page:
                    yield Entry(found["path"], found["size"], found["last_modified"])

    def leftovers(self, older_than: datetime) -> Iterator[Path]:
        """Spools that nobody has written to since."""
        return spool.leftovers(self._spools, older_than)

    def link(self, key: str, *, seconds: int, headers: Mapping[str, str]) -> str | None:
        """A presigned address, when direct links are on."""
        if not self._hands_out:
            return None
        told = {name: headers[name] for name in LINK_HEADERS if name in headers}
        return self._signer.link(
            f"{self._address}/{checked(key)}", at=clock.now(), seconds=seconds, headers=told
        )


class S3Writer(Spool):
    """An object on its way in: a spool, sent up by `commit`."""

    def __init__(self, bucket: Bucket, spools: Path, key: str) -> None:
        super().__init__(spools)
        self._bucket, self._key = bucket, key

    def commit(self, sha256: str) -> None:
        """Send the spool up and remove it. Each request is signed with the hash of its bytes, which the service checks."""
        self._written()
        with disk_errors():
            size = self.path.stat().st_size
        with _s3_errors():
            obstore.put(
                self._bucket,
                self._key,
                _compared(self.path, sha256),
                use_multipart=size > PART_BYTES,
                chunk_size=PART_BYTES,
                max_concurrency=1,
            )
        fault("store.written")
        self.abort()


def _compared(file: Path, sha256: str) -> Iterator[bytes]:
    """The bytes of the file; raises StoreFailed instead of ending when they are not those of the hash."""
    sent = hashlib.sha256()
    with disk_errors(), file.open("rb", buffering=0) as opened:
        while piece := opened.read(CHUNK):
            sent.update(piece)
            yield piece
    if sent.hexdigest() != sha256:
        raise StoreFailed("the spooled file was changed")


def _pieces(found: "GetResult") -> Iterator[bytes]:
    with _s3_errors():
        yield from found.stream(min_chunk_size=CHUNK)


def _origin(address: str) -> str:
    """The address as clients name it in the header Host: without the port that goes without saying."""
    return re.sub(r"^(https(?=.*:443$)|http(?=.*:80$))(://.*):\d+$", r"\1\2", address.rstrip("/").lower())


@contextmanager
def _s3_errors(key: str = "") -> Iterator[None]:
    """What the service refuses as StoreFailed, and as ObjectMissing what is said to be missing under the key."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        text = str(error)
        reason = _reason(text)
        if key and isinstance(error, FileNotFoundError) and reason != "NoSuchBucket":
            raise ObjectMissing(key) from error
        # What follows quotes the request with its signature.
        cause = re.split("[<\n]", text, maxsplit=1)[0][:300]
        log.warning("object store failed", extra={"reason": reason, "cause": cause})
        raise StoreFailed(reason) from error


def _reason(text: str) -> str:
    """The service's own word, or what obstore says when there is none."""
    if "redirect without LOCATION" in text:
        return "PermanentRedirect"
    status = _STATUS.search(text)
    return code_in(text) or (f"HTTP {status[1]}" if status else "no answer")
