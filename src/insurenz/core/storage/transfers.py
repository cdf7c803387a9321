"""Objects that others send to a bucket themselves, in parts: begun and completed here, each part by a link of its own."""

import http.client
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, unescape

from insurenz.core import clock
from insurenz.core.lines import verifying
from insurenz.core.storage.base import StoreFailed, checked
from insurenz.core.storage.signing import Signer

SECONDS = 20
# A service answers some requests slowly, with blanks to keep the line open.
LONGEST_ANSWER = 4 * 1024 * 1024
GONE = "NoSuchUpload"

_CODE = re.compile(r"<Code>(\w+)</Code>")


class SentPart(NamedTuple):
    """A part as the service has it."""

    number: int
    size: int
    etag: str


class Transfer(NamedTuple):
    """An object that is being sent: its key, the service's name for the sending, and since when."""

    key: str
    name: str
    begun_at: datetime


class Transfers:
    """Multipart uploads of one bucket. Everything but `part_link` asks the service, and raises StoreFailed."""

    def __init__(self, address: str, signer: Signer) -> None:
        self._address, self._signer = address, signer

    def begin(self, key: str) -> str:
        """Begin to take an object; gives the service's name for it."""
        return _field(self._ask("POST", key, {"uploads": ""}), "UploadId")

    def part_link(self, key: str, name: str, *, number: int, size: int, seconds: int) -> str:
        """The address that takes this part by PUT, of exactly this size, for so long."""
        query = {"partNumber": str(number), "uploadId": name}
        return self._signed("PUT", key, query, seconds=seconds, length=size)

    def parts(self, key: str, name: str) -> Sequence[SentPart] | None:
        """The parts that have come, in order; None when the service knows of no such sending any more."""
        found, after = list[SentPart](), ""
        while True:
            query = {"uploadId": name} | ({"part-number-marker": after} if after else {})
            try:
                text = self._ask("GET", key, query)
            except StoreFailed as failure:
                if failure.reason == GONE:
                    return None
                raise
            for part in _all(text, "Part"):
                found.append(
                    SentPart(int(_field(part, "PartNumber")), int(_field(part, "Size")), _field(part, "ETag"))
                )
            if not found or "<IsTruncated>true</IsTruncated>" not in text:
                return found
            after = str(found[-1].number)

    def complete(self, key: str, name: str, parts: Sequence[SentPart]) -> None:
        """Make the object of these parts."""
        listed = "".join(
            f"<Part><PartNumber>{part.number}</PartNumber><ETag>{escape(part.etag)}</ETag></Part>"
            for part in parts
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        answer = self._ask("POST", key, {"uploadId": name}, body)
        # It may begin with 200 and end with an error.
        if code := code_in(answer):
            raise StoreFailed(code)

    def abort(self, key: str, name: str) -> None:
        """Give it up with all its parts; nothing happens when there is none."""
        try:
            self._ask("DELETE", key, {"uploadId": name})
        except StoreFailed as failure:
            if failure.reason != GONE:
                raise

    def unfinished(self) -> Iterator[Transfer]:
        """What is being sent: of very much, the first page."""
        for upload in _all(self._ask("GET", "", {"uploads": ""}), "Upload"):
            since = datetime.fromisoformat(_field(upload, "Initiated"))
            yield Transfer(_field(upload, "Key"), _field(upload, "UploadId"), since)

    def _signed(
        self, method: str, key: str, query: Mapping[str, str], *, seconds: int, length: int | None = None
    ) -> str:
        url = f"{self._address}/{checked(key)}" if key else self._address
        return self._signer.request(method, url, at=clock.now(), seconds=seconds, query=query, length=length)

    def _ask(self, method: str, key: str, query: Mapping[str, str], body: bytes = b"") -> str:
        url = urlsplit(self._signed(method, key, query, seconds=60))
        try:
            line = _line(url.scheme, url.netloc)
            try:
                line.request(
                    method, f"{url.path}?{url.query}", body or None, {"Content-Length": str(len(body))}
                )
                answer = line.getresponse()
                text = answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
            finally:
                line.close()
        except (OSError, http.client.HTTPException) as error:
            raise StoreFailed("no answer") from error
        if answer.status >= 300:
            raise StoreFailed(code_in(text) or f"HTTP {answer.status}")
        return text


def code_in(text: str) -> str | None:
    """The service's own word for what it refuses, in an answer that has one."""
    found = _CODE.search(text)
    return found and found[1]


def _line(scheme: str, netloc: str) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=SECONDS)
    return http.client.HTTPSConnection(netloc, timeout=SECONDS, context=verifying())


def _all(text: str, name: str) -> Iterator[str]:
    yield from re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)


def _field(text: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    if found is None:
        raise StoreFailed(f"an answer without {name}")
    return unescape(found[1], {"&quot;": '"', "&#34;": '"'})
