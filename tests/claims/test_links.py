"""Links over HTTP: good as they are and for whom they were made; kept nowhere."""

from typing import Any

import pytest
from sqlalchemy import select

import insurenz.models  # noqa: F401 - every table
from insurenz.core.db import Base, Database
from tests.actors import Api, Cast
from tests.claims.stories import act, add, file_claim, sample, verify

ALPHABET = "0f"


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """Asha's claim with a bill."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha), "bill.pdf").json()
    return filed


def path_of(api: Api, url: str) -> str:
    return url.removeprefix(api.app.state.settings.base_url)


def test_u08_a_link_with_any_character_changed_opens_nothing(api: Api, claim: dict[str, Any]) -> None:
    path, client = path_of(api, claim["documents"][0]["url"]), api.nobody
    assert client.get(path).content == sample("bill.pdf")[1]
    begins = len("/documents/")
    for at in range(begins, len(path)):
        changed = path[:at] + next(c for c in ALPHABET if c != path[at]) + path[at + 1 :]
        assert client.get(changed).status_code == 404, at
    for changed in (path[:-1], path + "0", path + "/", path[:begins] + "/" + path[begins:], path.upper()):
        assert client.get(changed, follow_redirects=False).status_code in (404, 307), changed


def test_u08_parts_of_two_links_make_no_third(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    links = [
        path_of(api, api.as_(who).get(f"/claims/{claim['id']}").json()["documents"][0]["url"])
        for who in (cast.asha, cast.arjun)
    ]
    first, second = (link.split("/") for link in links)
    assert [api.nobody.get(link).status_code for link in links] == [200, 200]
    for mixed in ([*first[:3], *second[3:5], first[5]], [*first[:5], second[5]], [*second[:5], first[5]]):
        assert api.nobody.get("/".join(mixed)).status_code == 404


def test_u08_no_link_lies_anywhere_in_the_database(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    given = [
        claim,
        add(asha, claim, "photo.jpg", headers={"Idempotency-Key": "a"}).json(),
        verify(arjun, claim, "verified", headers={"Idempotency-Key": "b"}).json(),
        act(arjun, claim, "start_review", headers={"Idempotency-Key": "c"}).json(),
        file_claim(asha, "bill.pdf", headers={"Idempotency-Key": "d"}).json(),
        {"documents": [asha.get(f"/claims/{claim['id']}/documents/{claim['documents'][0]['id']}").json()]},
    ]
    for each in given[1:5]:
        assert api.nobody.get(path_of(api, each["documents"][0]["url"])).status_code == 200
    api.app.state.access_log.flush()
    signatures = {d["url"].rpartition("/")[2] for each in given for d in each["documents"]}
    assert len(signatures) >= 4
    with database.read_unit() as session:
        for table in Base.metadata.sorted_tables:
            dump = str(session.execute(select(table)).all())
            assert [each for each in signatures if each in dump] == [], table.name
            assert "/documents/" not in dump, table.name
