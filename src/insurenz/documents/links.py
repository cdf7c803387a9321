"""Links to documents: our own signed route, naming the document, the user and the end; every character is signed."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from insurenz.core import clock
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id

# What follows in a link to the file as it was sent, and to what was made of it.
ORIGINAL = "original=1"
SMALL, LARGE, TEXT = "preview=small", "preview=large", "preview=text"
PREVIEWS = {SMALL: "small", LARGE: "large", TEXT: "text"}


@dataclass(frozen=True)
class Link:
    """A fresh link and when it ends."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class LinkSigner:
    """Makes and checks links with a key of its own."""

    key: bytes
    base_url: str
    seconds: int

    def sign(self, document_id: str, user_id: str, asked: str = "") -> Link:
        """A link for this user alone, good for the configured time; to ORIGINAL or one of PREVIEWS when that is asked."""
        ends = int((clock.now() + timedelta(seconds=self.seconds)).timestamp())
        path = f"{document_id}/{user_id}/{ends}"
        query = f"?{asked}" if asked else ""
        url = f"{self.base_url}/documents/{path}/{self._signature(path + query)}{query}"
        return Link(url, datetime.fromtimestamp(ends, UTC))

    def check(self, document_id: str, user_id: str, ends: str, signature: str, asked: str = "") -> int:
        """How many seconds the link is still good for; raises NotFound when it was altered or has ended."""
        path = f"{document_id}/{user_id}/{ends}"
        signed = self._signature(f"{path}?{asked}" if asked else path)
        if not hmac.compare_digest(signed.encode(), signature.encode()):
            raise NotFound
        # The letters are ours, but what was behind the question mark may stand before it now.
        left = int(ends) - clock.now().timestamp() if is_id(document_id) and ends.isdigit() else 0
        if left <= 0:
            raise NotFound
        return ceil(left)

    def _signature(self, path: str) -> str:
        return hmac.new(self.key, path.encode(), hashlib.sha256).hexdigest()
