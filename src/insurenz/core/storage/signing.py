"""Links by which S3 itself hands out an object, or takes one in: AWS Signature Version 4 in the query. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Signer:
    """Signs with one key pair for one region."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str

    def link(self, url: str, *, at: datetime, seconds: int, headers: Mapping[str, str]) -> str:
        """The url of an object as a link that works from `at` for so long; the answer will have these headers.

        Every character is covered: path, headers, time and life.
        """
        told = {f"response-{name.lower()}": value for name, value in headers.items()}
        return self.request("GET", url, at=at, seconds=seconds, query=told)

    def request(
        self,
        method: str,
        url: str,
        *,
        at: datetime,
        seconds: int,
        query: Mapping[str, str] | None = None,
        length: int | None = None,
    ) -> str:
        """The url by which anybody may make this one request for so long; with a `length` only with a body of so many bytes."""
        place = urlsplit(url)
        signed_headers = "host" if length is None else "content-length;host"
        scope = f"{at:%Y%m%d}/{self.region}/s3/aws4_request"
        given = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{self.access_key_id}/{scope}",
            "X-Amz-Date": f"{at:%Y%m%dT%H%M%SZ}",
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": signed_headers,
            **(query or {}),
        }
        signed = urlencode(sorted(given.items()), quote_via=quote, safe="")
        lines = [*([] if length is None else [f"content-length:{length}"]), f"host:{place.netloc}", ""]
        request = (method, place.path, signed, *lines, signed_headers, "UNSIGNED-PAYLOAD")
        digest = hashlib.sha256("\n".join(request).encode()).hexdigest()
        text = "\n".join((ALGORITHM, given["X-Amz-Date"], scope, digest))
        return f"{url}?{signed}&X-Amz-Signature={_keyed(self._key(scope), text).hex()}"

    def _key(self, scope: str) -> bytes:
        key = f"AWS4{self.secret_access_key}".encode()
        for part in scope.split("/"):
            key = _keyed(key, part)
        return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
