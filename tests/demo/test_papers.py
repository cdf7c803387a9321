"""The papers of the demo world are real files: inspected like uploads, alike each time, and for what they are claimed."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from insurenz.demo.claims import Stay, Story
from insurenz.demo.papers import Photo, Sheet, drawn
from insurenz.demo.playing import STORIES
from insurenz.demo.scenes import SCENES
from insurenz.documents import sniff
from insurenz.documents.inspect import Findings
from tests.actors import INSPECTOR

DAY = date(2026, 11, 2)
BILL = Sheet(
    "bill.pdf",
    ("City (Hospital)", "14 Hill Road"),
    "Final bill",
    (("Room", 1200), ("Tests", 950)),
    ("Paid.",),
)


def findings(paper: Sheet | Photo, folder: Path) -> Findings:
    content = drawn(paper, person="Asha Nair", day=DAY)
    kind = sniff.agreed_type(content[: sniff.HEAD_BYTES], sniff.extension_of(paper.file_name))
    assert kind is not None
    (folder / paper.file_name).write_bytes(content)
    return INSPECTOR.inspect(folder / paper.file_name, kind.name)


def test_a_sheet_is_a_pdf_that_says_who_made_it_and_when(tmp_path: Path) -> None:
    assert findings(BILL, tmp_path) == Findings(
        pages=1,
        details={
            "pdf_version": "1.4",
            "title": "Final bill",
            "author": "City (Hospital)",
            "created": "2026-11-02T12:00:00+00:00",
        },
    )
    content = (tmp_path / "bill.pdf").read_bytes()
    for text in (b"(City \\(Hospital\\))", b"(Name: Asha Nair)", b"(Date: 02 Nov 2026)", b"2,150.00)"):
        assert text in content


def test_words_go_on_on_another_page(tmp_path: Path) -> None:
    sheet = Sheet("report.pdf", BILL.house, "Report", words=("One.", "\f", "Two.", "\f", "Three."))
    assert findings(sheet, tmp_path).pages == 3


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_a_scan_is_a_picture_of_the_sheet(tmp_path: Path, ending: str) -> None:
    scan = Sheet(f"bill.{ending}", BILL.house, BILL.title, BILL.items)
    assert findings(scan, tmp_path) == Findings(width=773, height=1094)


@pytest.mark.parametrize("scene", SCENES)
def test_a_photo_shows_its_scene(tmp_path: Path, scene: str) -> None:
    assert findings(Photo("photo.jpg", scene), tmp_path) == Findings(width=640, height=480)


def test_papers_are_alike_each_time_and_no_two_of_a_claim_the_same() -> None:
    def hashes(story: Story | Stay) -> list[str]:
        papers = (*story.papers, *story.later)
        return [hashlib.sha256(drawn(paper, person="Asha Nair", day=DAY)).hexdigest() for paper in papers]

    for story in STORIES:
        assert hashes(story) == hashes(story)
        assert len(set(hashes(story))) == len(story.papers) + len(story.later)


def test_everything_is_told_in_order_before_the_first_start() -> None:
    assert len(STORIES) >= 40
    assert len({story.name for story in STORIES}) == len(STORIES)
    for story in STORIES:
        times = [(-story.ago, story.at), *((-step.ago, step.at) for step in story.steps)]
        assert times == sorted(times), story.name
        assert min(story.incident - story.ago, *(-days for days, _ in times)) >= 0, story.name
        assert times[-1][0] <= -1, story.name
        names = [paper.file_name for paper in (*story.papers, *story.later)]
        assert len(set(names)) == len(names), story.name
