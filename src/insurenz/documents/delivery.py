"""How a document is handed out: streamed through the server, or by a short link of the store itself."""

from collections.abc import Mapping

from fastapi import Response
from fastapi.responses import RedirectResponse, StreamingResponse

from insurenz.core.storage import ObjectStore
from insurenz.documents import previews, ranges
from insurenz.documents.inspect import Inspector
from insurenz.documents.links import ORIGINAL, PREVIEWS
from insurenz.documents.models import Document
from insurenz.documents.served import patched, patches_of, served_size
from insurenz.documents.service import content, download_headers, safe_headers

# Rights are checked when a link is opened; whoever holds the store's own link needs none, so its life is short.
MOST_SECONDS = 60


def deliver(
    store: ObjectStore,
    inspector: Inspector,
    document: Document,
    asked: str = "",
    *,
    seconds: int,
    headers: Mapping[str, str] | None = None,
    may_redirect: bool = True,
) -> Response:
    """The document for somebody whose right was checked, who may have it for so many seconds more.

    Of an image its served copy, unless the ORIGINAL is `asked` for; or one of its PREVIEWS. A redirect where the store
    hands out objects itself and the asker `may_redirect`, else the bytes, or the part that the request's `headers` ask
    for. Raises NotFound when they are not there, RangeNotSatisfiable.
    """
    if asked in PREVIEWS:
        return _preview(store, document, PREVIEWS[asked])
    patches = [] if asked == ORIGINAL else patches_of(store, inspector, document)
    size, tag = served_size(document, patches), f'"{document.sha256}{"-served" if patches else ""}"'
    told = download_headers(document, size) | {"Accept-Ranges": "bytes", "ETag": tag}
    # The store has only what was sent.
    most = min(seconds, MOST_SECONDS) if may_redirect and not patches else 0
    link = store.link(document.object_key, seconds=most, headers=told) if most else None
    if link is not None:
        return RedirectResponse(link, 307, headers={"Cache-Control": told["Cache-Control"]})
    span = ranges.asked(headers or {}, size=size, tag=tag)
    whole = patched(content(store, document), patches)
    if span is None:
        return StreamingResponse(whole, headers=told)
    return StreamingResponse(span.of(whole), 206, headers=told | span.headers(size))


def _preview(store: ObjectStore, document: Document, size: str) -> Response:
    made = previews.read(store, document, size)
    headers = safe_headers(previews.media_type(document.preview, size))
    return StreamingResponse(made, headers=headers | {"Content-Disposition": "inline"})
