"""Parts of served files: what was broken off goes on, and whoever asks for what is not there is told how much is."""

import pytest
from sqlalchemy import text

from insurenz.core.db import Database
from insurenz.documents.errors import RangeNotSatisfiable
from insurenz.documents.ranges import Span, asked
from tests.actors import Api, Cast
from tests.documents import samples
from tests.documents.test_served import filed, seen_by

TAG = '"a"'


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=10-", Span(10, 100)),
        ("Bytes = 10 - 19", Span(10, 20)),
        ("bytes=90-1000", Span(90, 100)),
        ("bytes=-30", Span(70, 100)),
        ("bytes=-1000", Span(0, 100)),
        ("bytes=0-", Span(0, 100)),
        # All of it is an answer to each of these.
        ("", None),
        ("bytes=20-10", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("bytes=x-", None),
        ("bytes=²-", None),
        ("pages=1-2", None),
        (f"bytes=0-{'9' * 19}", None),
    ],
)
def test_a_header_asks_for_one_part_or_for_all(header: str, span: Span | None) -> None:
    assert asked({"range": header}, size=100, tag=TAG) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_what_lies_behind_the_end_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as caught:
        asked({"range": header}, size=100, tag=TAG)
    assert (caught.value.status, caught.value.headers) == (416, {"Content-Range": "bytes */100"})


def test_who_has_a_part_of_another_file_gets_all_of_this_one() -> None:
    given = {"range": "bytes=10-"}
    assert asked(given | {"if-range": TAG}, size=100, tag=TAG) == Span(10, 100)
    assert asked(given | {"if-range": '"b"'}, size=100, tag=TAG) is None


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_part_is_the_same_in_whatever_pieces_the_file_is_read(size: int) -> None:
    whole = bytes(range(100))
    for span in (Span(0, 1), Span(13, 14), Span(13, 77), Span(99, 100), Span(0, 100)):
        pieces = (whole[at : at + size] for at in range(0, 100, size))
        assert b"".join(span.of(pieces)) == whole[span.start : span.end]


def test_a_download_that_broke_off_goes_on_and_each_part_is_a_view(
    api: Api, cast: Cast, database: Database
) -> None:
    claim = filed(api, cast, ("me.jpg", samples.photo()))
    path = seen_by(api, claim, cast.asha)["url"].removeprefix(api.app.state.settings.base_url)
    whole = api.nobody.get(path)
    size, tag = len(whole.content), whole.headers["etag"]
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    rest = api.nobody.get(path, headers={"Range": "bytes=100-", "If-Range": tag})
    assert (rest.status_code, rest.headers["content-range"]) == (206, f"bytes 100-{size - 1}/{size}")
    assert (rest.content, rest.headers["content-length"]) == (whole.content[100:], str(size - 100))
    assert rest.headers["content-security-policy"] == "default-src 'none'; sandbox"
    beyond = api.nobody.get(path, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    api.app.state.access_log.flush()
    with database.read_unit() as session:
        views = session.execute(text("SELECT what FROM access_log WHERE what = 'opened'")).scalars().all()
    assert len(views) == 2
