"""A place on a page that a query is about: its processor draws it, and the hospital sees the same box."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.app import AXE, BUILT, EACH_LOOK, LOOKS, NOT_BUILT, PHONE, opened, sign_in, violations
from tests.e2e.test_desk import DESK, NISHA, RAHUL, act, come_to, pdf, read, submitted
from tests.server import Server
from tests.waiting import soon

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

REMARKS = "What are these two for?"


def box_of(mark: dict[str, Any]) -> list[float]:
    """The box of a mark, as fractions of its page."""
    return [mark[name] for name in ("x", "y", "width", "height")]


def drawn(paper: Any) -> list[list[float]]:
    """The boxes on a page as they are drawn there, in fractions of it."""
    script = """spots => spots.map(({ style: { left, top, width, height } }) =>
        [left, top, width, height].map((share) => Number((parseFloat(share) / 100).toFixed(6))))"""
    boxes: list[list[float]] = paper.locator("[data-spot]").evaluate_all(script)
    return boxes


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a box between these two points of the sheet, which are shares of it."""
    sheet = page.get_by_role("application", name="Page 1: draw a box").bounding_box()
    (left, top), (right, bottom) = (
        (sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"]) for x, y in (start, end)
    )
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.mouse.move(right, bottom)
    page.mouse.up()


def turn(page: Any, times: int) -> None:
    """Turn the document to the right."""
    for _ in range(times):
        page.get_by_role("button", name="Turn to the right").click()


def mark_by_pointer(page: Any) -> list[float]:
    """Draw a box on the first page, which is the same however it is looked at; its fractions."""
    page.get_by_role("group", name="Page 1 of 3").locator("canvas").wait_for()
    page.keyboard.press("b")
    drag(page, (0.5, 0.3), (0.2, 0.1))
    page.get_by_role("form", name="Raise query").get_by_text("1 place marked").wait_for()
    paper = page.locator("[data-page='1']")
    (box,) = drawn(paper)
    turn(page, 1)
    # Its upper edge is now on the right.
    assert soon(lambda: drawn(paper) == [turned(box)]), "the box is not turned with its page"
    turn(page, 3)
    page.get_by_role("button", name="Larger").click()
    assert soon(lambda: drawn(paper) == [box]), "the box is not where it was"
    return box


def turned(box: list[float]) -> list[float]:
    x, y, width, height = box
    return [round(1 - y - height, 6), x, height, width]


def mark_by_keys(page: Any) -> list[float]:
    """Draw a box on the second page: down from where it begins, and larger; its fractions."""
    form = page.get_by_role("form", name="Raise query")
    page.locator("#viewer").focus()
    page.keyboard.press("PageDown")
    expect(page.get_by_label("Page", exact=True)).to_have_value("2")
    form.get_by_role("button", name="Mark a place").click()
    expect(page.get_by_role("application", name="Page 2: draw a box")).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    form.get_by_text("2 places marked").wait_for()
    expect(form.get_by_role("button", name="Mark a place")).to_be_focused()
    (box,) = drawn(page.locator("[data-page='2']"))
    return box


def test_a_processor_marks_places_and_asks_and_the_hospital_sees_the_same_boxes(
    server: Server, chromium: Any, tmp_path: Path
) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(pdf(3))
    number = submitted(server, str(report))
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, RAHUL)
        come_to(page, number)
        boxes = [mark_by_pointer(page), mark_by_keys(page)]
        form = page.get_by_role("form", name="Raise query")
        form.get_by_label("What the query is about").select_option("documentation")
        form.get_by_label("What is to be cleared up?").fill(REMARKS)
        form.get_by_role("button", name="Raise query").click()
        page.get_by_text("Nothing to do here until City Hospital has answered.").wait_for()
        expect(page.locator("[data-spot]")).to_have_count(0)
    (query,) = read(server, number, NISHA)["queries"]
    assert [(mark["page"], box_of(mark)) for mark in query["marks"]] == [(1, boxes[0]), (2, boxes[1])]
    assert boxes[0] == pytest.approx([0.2, 0.1, 0.3, 0.2], abs=0.01)
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, NISHA)
        page.goto(f"/app/claims/{number}")
        asked = page.get_by_role("region", name="Answer the query")
        asked.get_by_text(REMARKS).wait_for()
        for place in (2, 1):
            show(page, asked, f"Show place {place}: report.pdf, page {place}")
            assert drawn(page.get_by_role("dialog")) == [boxes[place - 1]]
            page.keyboard.press("Escape")
        asked.get_by_label("Your answer").fill("For the stent.")
        asked.get_by_role("button", name="Send the answer").click()
        page.get_by_text("You have answered.").wait_for()
        # Who reads it later finds it where it was asked.
        show(
            page, page.get_by_role("region", name="What happened so far"), "Show place 1: report.pdf, page 1"
        )
        assert drawn(page.get_by_role("dialog")) == [boxes[0]]


def show(page: Any, within: Any, place: str) -> None:
    """Open the document at a place; the whole box is in sight then."""
    within.get_by_role("button", name=place).click()
    spot = page.get_by_role("dialog").get_by_role("img", name="Marked place")
    expect(spot).to_be_in_viewport(ratio=1)


def test_a_picture_is_marked_on_a_telephone_and_what_was_marked_by_mistake_is_taken_away(
    server: Server, chromium: Any
) -> None:
    number = submitted(server, "letter.docx", "photo.jpg")
    with opened(chromium, server, viewport=PHONE, has_touch=True) as page:
        sign_in(page, server, RAHUL)
        come_to(page, number)
        page.get_by_role("button", name="Ask for information").click()
        form = page.get_by_role("form", name="Ask for information")
        for count in ("1 place marked", "2 places marked"):
            form.get_by_role("button", name="Mark a place").click()
            # The letter has no pages: the picture is shown in its stead.
            expect(page.get_by_role("application", name="Page 1: draw a box")).to_be_focused()
            page.keyboard.press("ArrowUp")
            page.keyboard.press("Shift+ArrowLeft" if count.startswith("2") else "ArrowLeft")
            page.keyboard.press("Enter")
            form.get_by_text(count).wait_for()
        form.get_by_role("button", name="Remove place 1, photo.jpg").click()
        form.get_by_text("1 place marked").wait_for()
        form.get_by_label("What do you need to know?").fill("Whose hand is this?")
        form.get_by_role("button", name="Ask for information").click()
        page.get_by_text("Nothing to do here until City Hospital has answered.").wait_for()
        page.get_by_role("tab", name="Queries").click()
        page.get_by_role("tabpanel", name="Queries").get_by_role(
            "button", name="Show the place: photo.jpg"
        ).click()
        expect(page.get_by_role("img", name="Marked place")).to_be_in_viewport(ratio=1)
        seen = drawn(page)
    (mark,) = read(server, number, NISHA)["queries"][0]["marks"]
    assert [box_of(mark)] == seen
    with opened(chromium, server, viewport=PHONE) as page:
        sign_in(page, server, NISHA)
        page.goto(f"/app/claims/{number}")
        show(page, page.get_by_role("region", name="Give the information"), "Show the place: photo.jpg")
        assert drawn(page) == seen


@pytest.mark.parametrize("look", EACH_LOOK)
def test_p08_axe_finds_nothing_where_places_are_marked_and_shown(
    server: Server, chromium: Any, look: str
) -> None:
    scheme, language = LOOKS[look]
    number = submitted(server, "bill.pdf")
    with opened(chromium, server, viewport=DESK, language=language, color_scheme=scheme) as page:
        sign_in(page, server, RAHUL)
        come_to(page, number)
        page.locator("[data-page='1'] canvas").wait_for()
        page.keyboard.press("b")
        expect(page.get_by_role("application")).to_be_focused()
        page.keyboard.press("ArrowDown")
        assert violations(page) == []
        page.keyboard.press("Enter")
        page.locator("[data-spot]").wait_for()
        assert violations(page) == []
    mark = {"document_id": read(server, number)["documents"][0]["id"], "page": 1, "x": 0.1, "y": 0.1}
    marks = [mark | {"width": 0.5, "height": 0.1}]
    act(server, RAHUL, number, "request_info", remarks="What is this?", marks=marks)
    with opened(chromium, server, viewport=DESK, language=language, color_scheme=scheme) as page:
        sign_in(page, server, NISHA)
        page.goto(f"/app/claims/{number}")
        page.locator("button", has_text="bill.pdf").first.click()
        page.locator("dialog [data-spot=shown]").wait_for()
        assert violations(page) == []
