"""U-02 in the real browser: whatever way a file is opened, as it was sent or as what was made of it, no script of it runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.documents import corpus, samples
from tests.e2e import served
from tests.e2e.app import BUILT, NOT_BUILT
from tests.e2e.conftest import Elsewhere
from tests.installs import demo_server
from tests.server import Server

DATA = Path(__file__).resolve().parents[1] / "data"
SCRIPT = "<script>console.log('canary');alert('canary');fetch('http://127.0.0.1:9/canary')</script>"
HOSTILE = f"<!doctype html><html><body onload=\"alert('canary')\">{SCRIPT}<svg onload=\"alert('canary')\">"

needs_app = pytest.mark.skipif(not BUILT.is_file(), reason=NOT_BUILT)


@pytest.fixture
def patient_server(tmp_path: Path) -> Iterator[Server]:
    """A server whose links last as long as looking at all of them."""
    settings = {"INSURENZ_DOCUMENTS__PREVIEWS": "off", "INSURENZ_DOCUMENTS__LINK_SECONDS": "7200"}
    running = demo_server(tmp_path / "data", **settings)
    yield running.start()
    running.stop()


def hostile_files() -> list[tuple[str, bytes]]:
    """The samples of these tests, and what could be taken for a page: words in a picture, a document, before a PDF."""
    jpeg = samples.photo()
    # A comment right behind the first marker: whoever guesses by the first kilobyte reads a page.
    comment = HOSTILE.encode()
    polyglot = jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]
    words = samples.docx(
        words=samples.WORDS.replace(
            "/>",
            f"><w:body><w:p><w:r><w:t>{SCRIPT.replace('<', '&lt;')}</w:t></w:r></w:p></w:body></w:document>",
        )
    )
    pdf = (DATA / "bill.pdf").read_bytes()
    return [
        ("page.jpg", polyglot),
        ("page.docx", words),
        ("page.pdf", f"{HOSTILE}\n".encode() + pdf),
        ("acting.pdf", samples.pdf(catalogue={"/OpenAction": samples.script()})),
        *((path.name, path.read_bytes()) for path in sorted(DATA.glob("*.*")) if path.suffix != ".md"),
    ]


def in_every_way(
    chromium: Any, server: Server, elsewhere: Elsewhere, files: list[tuple[str, bytes]]
) -> tuple[served.Filed, list[str]]:
    """Open the files as pages and as parts of a foreign page; gives what there is, and what was shown as a page."""
    there = served.filed(server, files)
    with served.watched(chromium, server) as (page, canary):
        shown = served.open_links(page, server, there.links)
        assert canary.ran == []
    for start in range(0, len(there.links), 20):
        elsewhere.show("page", served.page_with(there.links[start : start + 20]))
        own = f"http://localhost:{elsewhere.port}/page"
        with served.watched(chromium, server, own) as (page, canary):
            page.goto(own, wait_until="load")
            assert canary.ran == []
    return there, shown


def test_a_page_that_acts_is_told_of(chromium: Any, server: Server, elsewhere: Elsewhere) -> None:
    elsewhere.show("acting", HOSTILE)
    with served.watched(chromium, server) as (page, canary):
        page.goto(f"http://127.0.0.1:{elsewhere.port}/acting", wait_until="load")
    kinds = {each.partition(" ")[0] for each in canary.ran}
    assert kinds == {"script", "request", "dialog", "console"}


@needs_app
def test_u02_no_sample_runs_a_script_however_it_is_opened(
    chromium: Any, server: Server, elsewhere: Elsewhere
) -> None:
    there, shown = in_every_way(chromium, server, elsewhere, hostile_files())
    assert {"page.jpg", "page.docx", "page.pdf"} <= set(there.names)
    # What is shown and not downloaded are previews.
    assert [link for link in shown if "preview=" not in link] == []
    with served.watched(chromium, server) as (page, canary):
        looked_at, blank = served.look_at_all(page, server, there.numbers)
        assert (looked_at >= 4, blank, canary.ran) == (True, [], [])


@needs_app
@pytest.mark.load
@pytest.mark.skipif(corpus.FOLDER is None, reason="the collection of files is not beside this checkout")
def test_u02_no_file_of_the_collection_runs_a_script_however_it_is_opened(
    chromium: Any, patient_server: Server, elsewhere: Elsewhere
) -> None:
    files = [(corpus.name_of(case), corpus.bytes_of(case)) for case in corpus.cases()]
    there, shown = in_every_way(chromium, patient_server, elsewhere, files)
    assert len(there.names) >= 308
    assert [link for link in shown if "preview=" not in link] == []
    with served.watched(chromium, patient_server) as (page, canary):
        looked_at, blank = served.look_at_all(page, patient_server, there.numbers)
        # Of a bomb the engine of PDFs draws nothing in any reasonable time, in a thread of its own.
        assert [each for each in blank if "bomb" not in each] == []
        assert (looked_at > 200, canary.ran) == (True, [])
