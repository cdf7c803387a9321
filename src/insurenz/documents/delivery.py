"""How a document is handed out: streamed through the server, or by a short link of the store itself."""

from fastapi import Response
from fastapi.responses import RedirectResponse, StreamingResponse

from insurenz.core.storage import ObjectStore
from insurenz.documents.models import Document
from insurenz.documents.service import content, download_headers

# Rights are checked when a link is opened; whoever holds the store's own link needs none, so its life is short.
MOST_SECONDS = 60


def deliver(store: ObjectStore, document: Document, *, seconds: int, may_redirect: bool = True) -> Response:
    """The document for somebody whose right was checked, who may have it for so many seconds more.

    A redirect where the store hands out objects itself and the asker `may_redirect`, else the bytes. Raises NotFound when
    they are not there.
    """
    headers = download_headers(document)
    most = min(seconds, MOST_SECONDS)
    link = store.link(document.object_key, seconds=most, headers=headers) if may_redirect else None
    if link is not None:
        return RedirectResponse(link, 307, headers={"Cache-Control": headers["Cache-Control"]})
    return StreamingResponse(content(store, document), headers=headers)
