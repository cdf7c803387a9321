"""Previews: made in the background, served by links like documents, gone with them, and never in a filing's way."""

import base64
import io
import struct
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.documents import previews
from insurenz.documents.inspect import Inspector, Refused
from insurenz.documents.sweep import sweep
from tests.actors import INSPECTOR, Api, Cast
from tests.claims.stories import sample
from tests.documents import samples
from tests.documents.test_served import filed, opened, seen_by, stored
from tests.stores import put

__all__ = ["stored"]


def make(api: Api) -> int:
    """What the job does, until nothing is left."""
    return previews.make_waiting(api.database, api.app.state.store, INSPECTOR)


def keys(api: Api) -> list[str]:
    """What is behind the day and the secret of each object."""
    return sorted(entry.key[54:] for entry in api.app.state.store.entries())


def test_a_picture_has_two_previews_that_tell_nothing_of_its_camera(
    stored: Api, cast: Cast, database: Database
) -> None:
    claim = filed(stored, cast, ("me.jpg", samples.photo()))
    first = claim["documents"][0]
    assert (first["preview_url"], first["thumbnail_url"]) == (None, None)
    assert (make(stored), make(stored)) == (1, 0)
    document = seen_by(stored, claim, cast.asha)
    large, small = (opened(stored, document[name]) for name in ("preview_url", "thumbnail_url"))
    for answer in (large, small):
        picture = Image.open(io.BytesIO(answer.content))
        # Upright: it was sent lying on its side.
        assert (picture.format, picture.size, len(picture.getexif())) == ("JPEG", (30, 40), 0)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == (
            "private, no-store",
            "nosniff",
        )
    stored.app.state.access_log.flush()
    with database.read_unit() as session:
        views = session.execute(text("SELECT what FROM access_log WHERE subject_kind = 'document'")).scalars()
        assert sorted(views) == ["large preview", "small preview", "viewed"]
    assert keys(stored) == ["", "-large", "-small"]


def test_a_scan_in_sixteen_bits_of_grey_is_as_grey_as_it_was(tmp_path: Path) -> None:
    scan = Image.frombytes("I;16", (3, 1), struct.pack("<3H", 0, 32_768, 65_535)).resize((60, 20))
    scan.save(tmp_path / "scan.png")
    made = Image.open(io.BytesIO(base64.b64decode(INSPECTOR.preview(tmp_path / "scan.png", "png")["large"])))
    assert [round(made.getpixel((x, 10))[0] / 64) for x in (5, 30, 55)] == [0, 2, 4]


def test_the_preview_of_a_doc_is_its_text(api: Api, cast: Cast, database: Database) -> None:
    claim = filed(
        api, cast, ("note.doc", samples.doc_of("Fracture", " of the ", "wrist\r\x13 PAGE \x141\x15"))
    )
    make(api)
    answer = opened(api, seen_by(api, claim, cast.asha)["preview_url"])
    assert answer.text == "Fracture of the wrist\n1"


def docx_of(*paragraphs: str) -> bytes:
    """A DOCX with these words, in a namespace as Word writes it."""
    body = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in paragraphs)
    return samples.docx(words=samples.WORDS.replace("/>", f"><w:body>{body}</w:body></w:document>"))


def test_the_text_of_a_docx_is_shown_as_plain_text_and_nothing_else(stored: Api, cast: Cast) -> None:
    claim = filed(stored, cast, ("note.docx", docx_of("Fracture &lt;script&gt;", "of the wrist")))
    make(stored)
    document = seen_by(stored, claim, cast.auditor)
    answer = opened(stored, document["preview_url"])
    assert (answer.text, document["thumbnail_url"]) == ("Fracture <script>\nof the wrist", None)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_stranger_has_no_preview_and_no_link_is_turned_into_one(api: Api, cast: Cast) -> None:
    claim = filed(api, cast, ("me.jpg", samples.photo()))
    make(api)
    document = seen_by(api, claim, cast.asha)
    altered = [f"{document['url']}?preview=small", document["thumbnail_url"].replace("small", "large")]
    altered += [f"{document['thumbnail_url']}&x=1", document["thumbnail_url"].replace("small", "other")]
    altered += [document["thumbnail_url"].replace(cast.asha.id, cast.vikram.id)]
    assert [opened(api, url).status_code for url in altered] == [404] * 5


def test_what_has_no_preview_is_tried_once(api: Api, cast: Cast, database: Database) -> None:
    locked = samples.pdf(encryption=samples.pikepdf.Encryption(owner="o", user="u"))
    claim = filed(api, cast, ("locked.pdf", locked), ("empty.docx", docx_of("")))
    assert (make(api), make(api)) == (2, 0)
    for place in (0, 1):
        document = seen_by(api, claim, cast.asha, place)
        assert (document["preview_url"], document["thumbnail_url"]) == (None, None)
    assert keys(api) == ["", ""]


def test_a_file_that_breaks_its_preview_stays_a_document_and_the_next_has_its_own(
    api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = filed(api, cast, ("a.jpg", samples.photo()), ("b.png", samples.photo("PNG")))
    preview = Inspector.preview

    def break_one(inspector: Inspector, path: Path, kind: str) -> dict[str, str]:
        if kind == "jpeg":
            raise Refused("bomb", "the process ended or was stopped")
        return preview(inspector, path, kind)

    monkeypatch.setattr(Inspector, "preview", break_one)
    assert make(api) == 2
    found = [seen_by(api, claim, cast.asha, place) for place in (0, 1)]
    assert [document["thumbnail_url"] is not None for document in found] == [False, True]
    assert opened(api, found[0]["url"]).status_code == 200


def test_the_sweep_leaves_previews_of_documents_and_takes_those_of_none(
    stored: Api, cast: Cast, database: Database
) -> None:
    filed(stored, cast, ("me.jpg", samples.photo()))
    make(stored)
    store = stored.app.state.store
    put(store, b"left", previews.key_of("2026/11/22/" + "x" * 43, "small"))
    later = clock.now() + clock.timedelta(hours=25)
    swept = sweep(database, store, grace=clock.timedelta(hours=24), now=later)
    assert (swept.objects, swept.orphans, swept.missing) == (4, 1, 0)
    assert keys(stored) == ["", "-large", "-small"]


def test_a_missing_document_is_found_beside_its_previews(stored: Api, cast: Cast, database: Database) -> None:
    filed(stored, cast, ("me.jpg", samples.photo()))
    make(stored)
    store = stored.app.state.store
    [key] = [entry.key for entry in store.entries() if len(entry.key) == 54]
    store.delete(key)
    swept = sweep(database, store, grace=clock.timedelta(hours=24), now=clock.now())
    assert (swept.missing, swept.orphans) == (1, 0)


def test_a_discarded_draft_takes_its_previews_along(api: Api, cast: Cast) -> None:
    asha = api.as_(cast.asha)
    upload = asha.post("/uploads", files=[("file", ("me.jpg", samples.photo()))]).json()
    draft = asha.post("/drafts", json={"content": {}, "upload_ids": [upload["id"]]})
    assert draft.status_code == 201, draft.text
    make(api)
    assert keys(api) == ["", "-large", "-small"]
    gone = asha.delete(f"/drafts/{draft.json()['id']}", headers={"If-Match": draft.headers["etag"]})
    assert (gone.status_code, keys(api)) == (204, [])


def test_u08_an_answer_given_again_has_links_of_its_own_to_previews_and_none_is_stored(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = filed(api, cast, ("me.jpg", samples.photo()))
    make(api)
    asha, path = api.as_(cast.asha), f"/claims/{claim['id']}/documents"
    sent = {"files": [("files", sample("bill.pdf"))], "headers": {"Idempotency-Key": "again-1"}}
    first, again = asha.post(path, **sent), asha.post(path, **sent)
    assert again.headers["idempotent-replay"] == "true"
    linked = [document for document in again.json()["documents"] if document["thumbnail_url"]]
    assert [opened(api, document["thumbnail_url"]).status_code for document in linked] == [200]
    assert first.status_code == 201
    with database.read_unit() as session:
        kept = session.execute(text("SELECT body FROM idempotency_keys")).scalar_one()
    assert ("thumbnail_url" in kept, "preview=" in kept) == (True, False)


@pytest.fixture
def with_pdfium() -> None:
    pytest.importorskip("pypdfium2", reason="the extra [previews] is not installed")


@pytest.mark.usefixtures("with_pdfium")
def test_with_the_extra_the_first_page_of_a_pdf_has_previews(stored: Api, cast: Cast) -> None:
    claim = filed(stored, cast, sample("bill.pdf"))
    make(stored)
    document = seen_by(stored, claim, cast.asha)
    sizes = [
        Image.open(io.BytesIO(opened(stored, document[name]).content)).size
        for name in ("preview_url", "thumbnail_url")
    ]
    assert [max(size) for size in sizes] == [1600, 320]
