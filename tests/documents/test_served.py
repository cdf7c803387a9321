"""Pictures as they are served: without what their camera wrote into them; as they were sent to auditors alone."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import text

from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from tests.actors import Api, Cast, make_api
from tests.claims.stories import FIELDS
from tests.documents.samples import image, photo
from tests.stores import ENCRYPTION_KEY, bucket_settings

Claim = dict[str, Any]
SETTINGS = {
    "local": dict,
    "encrypted": lambda: {"encryption_key": SecretStr(ENCRYPTION_KEY)},
    "s3": bucket_settings,
}


@pytest.fixture(params=SETTINGS)
def stored(database: Database, cast: Cast, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Api]:
    """The app with each kind of store."""
    made = make_api(database, tmp_path, **SETTINGS[request.param]())
    yield made
    made.app.state.gate.hasher.close()
    make_api(database, tmp_path).app.state.gate.hasher.close()


def filed(api: Api, cast: Cast, *pictures: tuple[str, bytes]) -> Claim:
    """A claim of Asha's with these pictures, in the order of their names."""
    answer = api.as_(cast.asha).post("/claims", data=FIELDS, files=[("files", each) for each in pictures])
    assert answer.status_code == 201, answer.text
    claim: Claim = answer.json()
    claim["documents"].sort(key=lambda document: document["file_name"])
    return claim


def seen_by(api: Api, claim: Claim, reader: Actor, place: int = 0) -> Claim:
    """One document of the claim as its reader sees it."""
    path = f"/claims/{claim['id']}/documents/{claim['documents'][place]['id']}"
    answer = api.as_(reader).get(path)
    assert answer.status_code == 200, answer.text
    document: Claim = answer.json()
    return document


def opened(api: Api, url: str) -> Any:
    """The answer to an opened link, itself."""
    path = url.removeprefix(api.app.state.settings.base_url)
    return api.nobody.get(path, follow_redirects=False)


def link_to_original(api: Api, claim: Claim, reader: Actor) -> Any:
    """The answer to a reader who asks for the picture as it was sent."""
    path = f"/claims/{claim['id']}/documents/{claim['documents'][0]['id']}/refresh-url?original=1"
    return api.as_(reader).get(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_u07_a_served_picture_has_no_place_no_camera_and_no_words_and_stays_upright(
    stored: Api, cast: Cast, kind: str
) -> None:
    sent = photo(kind)
    claim = filed(stored, cast, (f"me.{kind.lower()}", sent))
    for reader in (cast.asha, cast.admin, cast.auditor):
        answer = opened(stored, seen_by(stored, claim, reader)["url"])
        assert (answer.status_code, int(answer.headers["content-length"])) == (200, len(answer.content))
        picture = Image.open(io.BytesIO(answer.content))
        assert dict(picture.getexif()) == {0x0112: 6}
        assert [word for word in (b"Nokia", b"2026:11", b"At home") if word in answer.content] == []
        assert [word for word in (b"Nokia", b"2026:11", b"At home") if word not in sent] == []
        assert picture.tobytes() == Image.open(io.BytesIO(sent)).tobytes()


def test_u07_only_auditors_are_told_the_place(api: Api, cast: Cast) -> None:
    claim = filed(api, cast, ("me.jpg", photo()))
    told = {"camera": "Nokia N78", "taken_at": "2026-11-02T16:38:20", "orientation": "6"}
    assert claim["documents"][0]["metadata"] == told
    assert seen_by(api, claim, cast.asha)["metadata"] == told
    assert seen_by(api, claim, cast.admin)["metadata"] == told
    assert seen_by(api, claim, cast.auditor)["metadata"] == told | {"location": "12.97167 -77.50000"}


def test_u07_the_place_is_encrypted_where_there_is_a_key(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, encryption_key=SecretStr(ENCRYPTION_KEY))
    claim = filed(api, cast, ("me.jpg", photo()))
    with database.read_unit() as session:
        stored = session.execute(
            text("SELECT location FROM documents WHERE location IS NOT NULL")
        ).scalar_one()
    assert stored.startswith("\ninsurenz:")
    assert seen_by(api, claim, cast.auditor)["metadata"]["location"] == "12.97167 -77.50000"
    for made in (api, make_api(database, tmp_path)):
        made.app.state.gate.hasher.close()


def test_u07_an_auditor_opens_the_original_and_that_is_recorded(
    stored: Api, cast: Cast, database: Database
) -> None:
    claim = filed(stored, cast, ("me.jpg", photo()))
    link = link_to_original(stored, claim, cast.auditor).json()["url"]
    assert link.endswith("?original=1")
    answer = opened(stored, link)
    assert (answer.status_code, answer.content) == (200, photo())
    stored.app.state.access_log.flush()
    with database.read_unit() as session:
        views = session.execute(text("SELECT what FROM access_log WHERE subject_kind = 'document'"))
        assert list(views.scalars()) == ["original opened"]


def test_u07_nobody_else_gets_a_link_to_the_original(api: Api, cast: Cast) -> None:
    claim = filed(api, cast, ("me.jpg", photo()))
    for reader in (cast.asha, cast.arjun, cast.admin):
        refused = link_to_original(api, claim, reader)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    assert link_to_original(api, claim, cast.vikram).status_code == 404


def test_u07_no_link_is_turned_into_one_to_the_original_or_back(api: Api, cast: Cast) -> None:
    claim = filed(api, cast, ("me.jpg", photo()))
    plain = seen_by(api, claim, cast.auditor)["url"]
    original = link_to_original(api, claim, cast.auditor).json()["url"]
    altered = [f"{plain}?original=1", original.partition("?")[0], f"{original[:-1]}true", f"{original}1"]
    assert [opened(api, url).status_code for url in altered] == [404] * 4
    theirs = seen_by(api, claim, cast.asha)["url"]
    assert opened(api, f"{theirs}?original=1").status_code == 404


def test_u07_a_link_to_the_original_ends_with_the_role(api: Api, cast: Cast, database: Database) -> None:
    claim = filed(api, cast, ("me.jpg", photo()))
    link = link_to_original(api, claim, cast.auditor).json()["url"]
    with database.unit_of_work() as session:
        session.execute(text("UPDATE users SET role = 'admin' WHERE role = 'auditor'"))
    assert opened(api, link).status_code == 404


def test_u07_with_direct_links_the_bucket_never_hands_out_what_a_camera_wrote(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, **bucket_settings(s3_direct_links="on"))
    claim = filed(api, cast, ("clean.png", image("PNG")), ("me.jpg", photo()))
    answers = [opened(api, document["url"]) for document in claim["documents"]]
    assert [answer.status_code for answer in answers] == [307, 200]
    assert b"Nokia" not in answers[1].content
    api.app.state.gate.hasher.close()


def test_u07_a_picture_from_before_is_looked_into_when_it_is_served(
    stored: Api, cast: Cast, database: Database, tmp_path: Path
) -> None:
    claim = filed(stored, cast, ("me.jpg", photo()))
    with database.unit_of_work() as session:
        session.execute(text("UPDATE documents SET patches = NULL"))
    answer = opened(stored, claim["documents"][0]["url"])
    assert (answer.status_code, b"Nokia" in answer.content) == (200, False)
    assert dict(Image.open(io.BytesIO(answer.content)).getexif()) == {0x0112: 6}


def test_u07_a_picture_from_before_that_cannot_be_understood_is_not_served_but_to_auditors(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = filed(api, cast, ("me.jpg", photo()))
    with database.unit_of_work() as session:
        session.execute(text("UPDATE documents SET patches = NULL, file_type = 'png'"))
    refused = opened(api, claim["documents"][0]["url"])
    assert (refused.status_code, refused.json()["code"]) == (404, "damaged")
    assert opened(api, link_to_original(api, claim, cast.auditor).json()["url"]).content == photo()
